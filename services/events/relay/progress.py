"""How far one turn of the relay has come: its mark, kept in the lease's row."""

import time
from collections.abc import Sequence

from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.relay import metrics
from services.events.relay.lease import Lease, LeaseLost

MARK_SECONDS = 0.25
"""The mark is written so often at most: each write waits for the disk, and a mark that lags only repeats records."""
_RENEWALS = 6
"""How often a lease is renewed in its time."""


class Progress:
    """The mark of a relay that holds the lease."""

    def __init__(self, lease: Lease, mark: Position) -> None:
        self.mark = mark
        self._lease = lease
        self._written = mark
        self._written_at = time.monotonic()

    def keep(self) -> None:
        """Write the mark and renew the lease when it is time to.

        Raises LeaseLost when it is another's, or when half of it is over without a renewal: what is published now must
        be acknowledged or given up before the lease ends.
        """
        if self._is_due:
            self._lease.renew(self.mark)
            self._written, self._written_at = self.mark, time.monotonic()
        if self._lease.seconds_left < self._lease.seconds / 2:
            raise LeaseLost("the lease was not renewed in time")

    def patience(self, poll_seconds: float) -> float:
        """Seconds that may pass until `keep` is called again, when nothing happens."""
        until_mark = MARK_SECONDS if self.mark != self._written else poll_seconds
        return min(until_mark, poll_seconds, self._lease.seconds / _RENEWALS)

    def acknowledged(self, entries: Sequence[Entry]) -> None:
        """The broker has these entries, and all before them."""
        self.mark = entries[-1].position
        metrics.PUBLISHED.inc(len(entries))

    def go_back(self) -> None:
        """Begin at the first entry again, and so does any relay after this one."""
        self.mark = Position(self.mark.generation, 0)
        self._lease.renew(self.mark)

    def end(self) -> None:
        """Write the mark and let another relay take over. Raises LeaseLost when one already did."""
        self._lease.release(self.mark)

    @property
    def _is_due(self) -> bool:
        moved = self.mark != self._written and time.monotonic() - self._written_at >= MARK_SECONDS
        return moved or self._lease.age > self._lease.seconds / _RENEWALS
