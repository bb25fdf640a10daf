"""Waiting between attempts: longer each time, never at the same moment as others."""

import random
import threading


class Backoff:
    """Waits that double from `first` to `longest` seconds, less up to a half at random; `stop` ends one at once."""

    def __init__(self, stop: threading.Event, first: float = 0.2, longest: float = 5.0) -> None:
        self._stop = stop
        self._first = first
        self._longest = longest
        self._next = first

    def wait(self, at_least: float = 0.0) -> None:
        """Wait before the next attempt, so many seconds at least."""
        seconds = max(self._next * random.uniform(0.5, 1.0), at_least)  # noqa: S311 - spreads load, guards nothing
        self._next = min(self._next * 2, self._longest)
        self._stop.wait(seconds)

    def reset(self) -> None:
        """Something went well: the next wait is a short one again."""
        self._next = self._first
