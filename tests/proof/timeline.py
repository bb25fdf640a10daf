"""Where everything stood at each moment, and from it how long it took to catch up after a fault."""

import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.proof.checks import Line
from tests.proof.journal import Journal, Outcome, Write

EVERY_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Follows:
    """An outlet as the timeline sees it."""

    position: Callable[[], int]
    wants: Callable[[Line], bool] = lambda _: True
    """Which lines of the log it tells."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Where everything stood."""

    time: float
    head: int
    """Highest position that was acknowledged."""
    positions: Mapping[str, int]


class Timeline:
    """Looks ten times a second while the context is open; calls `also` each time."""

    def __init__(self, journal: Journal, outlets: Mapping[str, Follows], also: Callable[[], None]) -> None:
        self.moments: list[Moment] = []
        self.outlets = outlets
        self._journal = journal
        self._also = also
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="timeline")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def behind(self, numbers: Mapping[str, int]) -> list[str]:
        """The outlets that have not reached the position that is named for them."""
        return [name for name, outlet in self.outlets.items() if outlet.position() < numbers[name]]

    def goals(self, log: Iterable[Line]) -> dict[str, int]:
        """What each outlet is to reach of the log: the last line that it tells."""
        return {name: max(wanted, default=0) for name, wanted in _wanted(self.outlets, log).items()}

    def _run(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            positions = {name: outlet.position() for name, outlet in self.outlets.items()}
            self.moments.append(Moment(time.monotonic(), self._journal.head, positions))
            self._also()


@dataclass(frozen=True, slots=True)
class Lag:
    """The furthest that an outlet was behind."""

    entries: int
    seconds: float


class Recovery:
    """How long things took, by the moments of a timeline that has ended."""

    def __init__(self, timeline: Timeline, writes: Iterable[Write], log: Iterable[Line]) -> None:
        self._moments = timeline.moments
        self._times = [moment.time for moment in self._moments]
        self._wanted = _wanted(timeline.outlets, log)
        done = sorted(write_times(writes))
        self._sent = [sent for sent, _ in done]
        self._soonest = _soonest([answered for _, answered in done])

    def writes(self, began: float) -> float | None:
        """Seconds until a write that was sent after that moment was acknowledged."""
        index = bisect_left(self._sent, began)
        return self._soonest[index] - began if index < len(self._sent) else None

    def outlet(self, name: str, since: float) -> float | None:
        """Seconds until the outlet had everything that was acknowledged up to that moment; none where it never had."""
        index = min(bisect_left(self._times, since), len(self._moments) - 1)
        goal = self._head(name, self._moments[index])
        for moment in self._moments[index:]:
            if moment.positions[name] >= goal:
                return max(0.0, moment.time - since)
        return None

    def largest_lag(self, name: str) -> Lag:
        """Over all moments."""
        entries = max(self._head(name, moment) - moment.positions[name] for moment in self._moments)
        return Lag(max(0, entries), self._longest(name))

    def _longest(self, name: str) -> float:
        """The longest time between an acknowledgement and the moment when the outlet had it."""
        longest, reached = 0.0, 0
        for moment in self._moments:
            goal = self._head(name, moment)
            while reached < len(self._moments) and self._moments[reached].positions[name] < goal:
                reached += 1
            if reached == len(self._moments):
                return longest
            longest = max(longest, self._moments[reached].time - moment.time)
        return longest

    def _head(self, name: str, moment: Moment) -> int:
        wanted = self._wanted[name]
        return wanted[found - 1] if (found := bisect_right(wanted, moment.head)) else 0


def _wanted(outlets: Mapping[str, Follows], log: Iterable[Line]) -> dict[str, list[int]]:
    """The positions that each outlet tells, in order."""
    lines = list(log)
    return {name: [line.told.position for line in lines if outlet.wants(line)] for name, outlet in outlets.items()}


def write_times(writes: Iterable[Write]) -> list[tuple[float, float]]:
    """When each acknowledged write was sent and answered."""
    return [(write.sent, write.answered) for write in writes if write.outcome is Outcome.ACKNOWLEDGED]


def _soonest(answered: Sequence[float]) -> list[float]:
    """For each place the smallest value from there on."""
    soonest = list(answered)
    for index in range(len(soonest) - 2, -1, -1):
        soonest[index] = min(soonest[index], soonest[index + 1])
    return soonest
