"""Waking the log's readers of this process after a commit; PostgreSQL's NOTIFY wakes those of other processes."""

import threading

from services.events.contracts.position import Position


class LogSignal:
    """The newest committed position that this process knows of; threads wait for it to rise.

    A wake-up that is lost costs time only: every reader also looks by itself after `DWR_POLL_SECONDS`.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._position: Position | None = None

    def announce(self, position: Position) -> None:
        """Say that the log was committed up to this position."""
        with self._changed:
            if self._position is None or position > self._position:
                self._position = position
                self._changed.notify_all()

    def wait_beyond(self, position: Position, seconds: float) -> None:
        """Return when the log is known to be beyond the position, or when the seconds are over."""
        with self._changed:
            self._changed.wait_for(lambda: self._position is not None and self._position > position, seconds)
