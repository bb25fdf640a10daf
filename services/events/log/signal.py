"""Waking the log's readers of this process after a commit; PostgreSQL's NOTIFY wakes those of other processes."""

import threading
from collections.abc import Callable

from services.events.contracts.position import Position

_LAST_TURN_SECONDS = 0.1
Listener = Callable[[], None]


class LogSignal:
    """The newest committed position that this process knows of; threads wait for it to rise.

    A wake-up that is lost costs time only: every reader also looks by itself after `DWR_POLL_SECONDS`.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._position: Position | None = None
        self._closed = False
        self._listeners: set[Listener] = set()

    def announce(self, position: Position) -> None:
        """Say that the log was committed up to this position."""
        with self._changed:
            if self._position is not None and position <= self._position:
                return
            self._position = position
        self.nudge()

    def nudge(self) -> None:
        """Let every waiter look again: something else than the position changed."""
        with self._changed:
            self._changed.notify_all()
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()

    def close(self) -> None:
        """The process is about to end: whoever waits returns at once, and streams end."""
        self._closed = True
        self.nudge()

    @property
    def closed(self) -> bool:
        """Whether the process is about to end."""
        return self._closed

    def is_beyond(self, position: Position) -> bool:
        """Whether the log is known to be beyond the position."""
        return self._position is not None and self._position > position

    def wait_beyond(self, position: Position, seconds: float, stop: threading.Event | None = None) -> None:
        """Return when the log is known to be beyond the position, or when the seconds are over.

        Also when `stop` is set, if whoever sets it calls `nudge`.
        """

        def over() -> bool:
            return self.is_beyond(position) or self._closed or (stop is not None and stop.is_set())

        with self._changed:
            self._changed.wait_for(over, seconds)
        if self._closed and stop is not None:
            stop.wait(min(seconds, _LAST_TURN_SECONDS))  # it is about to be set: do not make the caller spin

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call the listener, in whichever thread, at every announcement; the function returned ends that."""
        with self._changed:
            self._listeners.add(listener)

        def forget() -> None:
            with self._changed:
                self._listeners.discard(listener)

        return forget
