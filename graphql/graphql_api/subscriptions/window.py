"""The newest entries of the log, in memory, for all subscribers of the process that keep up."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from graphql_api.subscriptions.steps import Step
from services.events.contracts.entries import Entry
from services.events.contracts.position import Position


class Window:
    """Entries without gap up to where the read model stands; `most` of them at least, twice as many at most.

    It belongs to the event loop on which the read model changes, and is used on its thread alone.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._start: Position | None = None
        self._steps: list[Step] = []
        self._moved = asyncio.Event()

    @property
    def end(self) -> Position | None:
        """The position of the newest entry; none before the read model has a state."""
        return self._steps[-1].position if self._steps else self._start

    @property
    def start(self) -> Position | None:
        """The position before the oldest entry that is kept."""
        return self._start

    def loaded(self, position: Position) -> None:
        """Begin anew: the read model became the snapshot of this position, and did not see how it came about."""
        self._start, self._steps = position, []
        self.wake()

    def applied(self, entries: Sequence[Entry]) -> None:
        """Take the entries that the read model went on by."""
        if not entries:
            return
        self._steps.extend(map(Step, entries))
        if len(self._steps) >= 2 * self._most:
            kept = len(self._steps) - self._most
            self._start = self._steps[kept - 1].position
            del self._steps[:kept]
        self.wake()

    def after(self, position: Position, limit: int) -> Sequence[Step] | None:
        """At most `limit` steps after the position; none at all where the position is not within the window."""
        if self._start is None:
            return None
        index = position.number - self._start.number
        if not 0 <= index <= len(self._steps):
            return None
        # The same number in another generation is another place.
        here = self._steps[index - 1].position if index else self._start
        return self._steps[index : index + limit] if here == position else None

    async def moves(self, seconds: float) -> None:
        """Return when something changes here, or after the seconds."""
        moved = self._moved
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await moved.wait()

    def wake(self) -> None:
        """Let everyone who waits look again."""
        self._moved.set()
        self._moved = asyncio.Event()
