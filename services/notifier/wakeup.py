"""Waking workers of this process when there is something to do; those of other processes look by themselves."""

import threading


class Wakeup:
    """A bell that several threads listen to. A ring that nobody waits for is heard by who comes next."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rings = 0

    @property
    def rings(self) -> int:
        """How often it rang: ask before looking for work, and pass it to `wait`."""
        with self._condition:
            return self._rings

    def ring(self) -> None:
        """Wake every thread that waits."""
        with self._condition:
            self._rings += 1
            self._condition.notify_all()

    def wait(self, heard: int, seconds: float) -> None:
        """Return when it rang more than `heard` times, or when the seconds are over."""
        with self._condition:
            self._condition.wait_for(lambda: self._rings != heard, seconds)
