"""Following one source, and another one across its gaps: who reads for others may not leave anything out."""

import threading
from collections.abc import Iterator, Sequence

from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.following.protocol import EntrySource
from services.events.log.problems import PositionExpired

BRIDGE_SECONDS = 5.0
"""How long a gap in the topic is waited for where the feed can be asked: a relay that is slow, not one that died."""


class BridgedSource:
    """Entries from `entries`; those that are missing there from `elsewhere`, and then from `entries` again.

    A relay that died leaves a gap until another one has its slots. A snapshot would lead on too, but what changed on
    the way there would be told to nobody. Raises PositionExpired when the entries are not kept `elsewhere` either.
    """

    def __init__(self, entries: EntrySource, elsewhere: EntrySource) -> None:
        self._entries = entries
        self._elsewhere = elsewhere

    def follow(self, after: Position, since_ms: int, stop: threading.Event) -> Iterator[Sequence[Entry]]:
        """Batches of entries after a position; empty ones when nothing came for a while."""
        place = _Place(after, since_ms)
        while not stop.is_set():
            try:
                yield from place.going_on(self._entries, stop)
            except PositionExpired as gap:
                known = Position.parse(gap.members["first"])
                self.gap(place.position, known)
                yield from self._across(place, known, stop)

    def gap(self, after: Position, known: Position) -> None:
        """Entries from `after` to the position `known` are missing and are read elsewhere now."""

    def _across(self, place: "_Place", first: Position, stop: threading.Event) -> Iterator[Sequence[Entry]]:
        for batch in place.going_on(self._elsewhere, stop):
            yield batch
            if place.position >= first:
                return


class _Place:
    """Where the follower stands, whichever source brought it there."""

    def __init__(self, position: Position, published_ms: int) -> None:
        self.position = position
        self._published_ms = published_ms

    def going_on(self, source: EntrySource, stop: threading.Event) -> Iterator[Sequence[Entry]]:
        for batch in source.follow(self.position, self._published_ms, stop):
            if batch:
                self.position, self._published_ms = batch[-1].position, batch[-1].published_ms
            yield batch
