"""Batches that are handed over and not yet acknowledged: one, and a second one while it is waited for."""

from functools import partial

from services.events.relay import metrics
from services.events.relay.batch import Batch
from services.events.relay.outlet import Outlet, Sent
from services.events.relay.progress import Progress

_FEW = 60
"""So few records come when the relay keeps up with the log: then they should be there soon."""


class UnderWay:
    """Hands batches over in order, and moves the marks when they are acknowledged, in the same order.

    What fails is raised: the one behind it is lost with it then, and both are to be read again from the marks.
    """

    def __init__(self, outlet: Outlet, progress: Progress) -> None:
        self._outlet = outlet
        self._progress = progress
        self._last: Sent | None = None

    def add(self, batch: Batch) -> None:
        """Hand a batch over and wait for the one before it, and for a small one itself. Raises PublishingFailed."""
        if batch.steps:
            before, self._last = self._last, self._outlet.send(batch)
            for step in batch.steps:
                self._progress.under_way(step.slots, step.mark)
            self._wait_for(before, is_last=False)
            if len(batch.records) <= _FEW:
                self.settle()

    def settle(self) -> bool:
        """Wait for what is under way; gives whether anything was. Raises PublishingFailed."""
        last, self._last = self._last, None
        self._wait_for(last, is_last=True)
        return last is not None

    def _wait_for(self, sent: Sent | None, *, is_last: bool) -> None:
        if sent is not None:
            self._outlet.settle(sent, partial(self._mark, sent.batch), is_last=is_last)

    def _mark(self, batch: Batch, acknowledged: int) -> None:
        """Move the marks, and write them when it is time to: records that go one by one take theirs."""
        for step in batch.reached(acknowledged):
            self._progress.reached(step.slots, step.mark)
        if acknowledged < len(batch.records):
            self._progress.keep()
        else:
            metrics.PUBLISHED.inc(len({entry.position for entry in batch.entries}))
