"""Entries that come without their documents, because brokers refuse them, made whole from elsewhere."""

import threading
from collections.abc import Sequence

from services.events.contracts.cloudevents import DATAREF, entry_from
from services.events.contracts.entries import Entry, Json
from services.events.contracts.position import Position
from services.events.following.protocol import EntrySource, SourceUnavailable
from services.events.log.problems import PositionExpired


class WholeEntries:
    """Remembers which entries came without documents until they are wanted."""

    def __init__(self, elsewhere: EntrySource | None, stop: threading.Event) -> None:
        self._elsewhere = elsewhere
        self._stop = stop
        self._partial: set[str] = set()

    def read(self, attributes: dict[str, str], data: Json) -> Entry:
        """The entry that a record tells, as much of it as it tells. Raises ValueError for what is not one."""
        if DATAREF not in attributes:
            return entry_from(attributes, data)
        entry = entry_from(attributes, {"document": None, "changes": (), **data})
        self._partial.add(entry.event_id)
        return entry

    def of(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """The entries with their documents. Raises PositionExpired where nobody has them, or what `elsewhere` does."""
        if not self._partial:
            return entries
        return [self._whole(entry) if entry.event_id in self._partial else entry for entry in entries]

    def _whole(self, entry: Entry) -> Entry:
        before = Position(entry.position.generation, entry.position.number - 1)
        if self._elsewhere is None:
            raise PositionExpired(before, entry.position)
        for batch in self._elsewhere.follow(before, 0, self._stop):
            if batch:
                self._partial.discard(entry.event_id)
                return batch[0]
        raise SourceUnavailable(f"entry {entry.position} was not read elsewhere before the stop")
