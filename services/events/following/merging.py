"""Entries that come from several partitions, each in order, put back into the one order of the log."""

import heapq
from collections.abc import Iterable

from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.log.problems import PositionBeyondFork, PositionExpired


class Merging:
    """Holds entries back until those before them have come; drops those that were passed on already."""

    def __init__(self, after: Position, gap_seconds: float) -> None:
        self._position = after
        self._gap_seconds = gap_seconds
        self._waiting: list[tuple[int, str, Entry]] = []
        self._gap_since: float | None = None

    def take(self, entries: Iterable[Entry], now: float) -> list[Entry]:
        """What can be passed on now that these came; `now` is a monotonic time in seconds.

        Raises PositionBeyondFork at the first entry of a newer generation, and PositionExpired when the next position
        has not come for `gap_seconds` although a later one has.
        """
        for entry in entries:
            self._hold(entry)
        ready = self._ready()
        if ready or not self._waiting:
            self._gap_since = None
        elif self._gap_since is None:
            self._gap_since = now
        elif now - self._gap_since > self._gap_seconds:
            raise PositionExpired(self._position, self._waiting[0][2].position)
        return ready

    def _hold(self, entry: Entry) -> None:
        here, there = self._position, entry.position
        if there.generation > here.generation:
            # Where exactly it forked is not told by the topic, and partitions come in any order: a snapshot is certain.
            raise PositionBeyondFork(here, there, there.number - 1)
        if there > here:
            heapq.heappush(self._waiting, (there.number, entry.event_id, entry))

    def _ready(self) -> list[Entry]:
        ready: list[Entry] = []
        while self._waiting and self._waiting[0][0] <= self._position.number + 1:
            _, _, entry = heapq.heappop(self._waiting)
            if entry.position > self._position:
                ready.append(entry)
                self._position = entry.position
        return ready
