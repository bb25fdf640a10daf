"""Which record an ordinal has."""

from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from mmap import mmap
from weakref import WeakValueDictionary

import structlog

from graphql_api.keeping import Recent
from graphql_api.read_model.facts import Facts
from graphql_api.read_model.records import Record
from graphql_api.read_model.store.blobs import Source, hash_of, id_of, keys_of, sections_in
from graphql_api.read_model.store.compression import Dictionaries
from graphql_api.read_model.store.files import RecordFile
from graphql_api.read_model.store.filling import NOWHERE, Filling
from graphql_api.read_model.store.folder import RecordFolder
from graphql_api.read_model.store.frozen import FrozenRecords
from graphql_api.read_model.store.renewing import Renewal
from graphql_api.read_model.store.sections import Sections, facts_beside
from graphql_api.read_model.store.vocabulary import Vocabulary
from services.events.contracts.vocabulary import View

_LATELY = 4_000
"""Records that were asked for lately: objects of some 150 bytes, what they tell stays where it is."""
_MOST_CHANGED_PART = 4
"""One changed record in so many is kept in memory of this process; with more another file is worth writing."""

log = structlog.get_logger(__name__)


class RecordTable:
    """The records by their ordinals: in the file, or changed since and then in memory of this process."""

    def __init__(self, folder: RecordFolder, view: View) -> None:
        self._folder = folder
        self._view = view
        self._file: RecordFile | None = None
        self._content: bytes | mmap = b""
        """Of the file."""
        self.vocabulary = Vocabulary()
        self._places = array("Q")
        """In the file, by ordinal."""
        self._changed: dict[int, bytes] = {}
        self._dictionaries = Dictionaries()
        self._free: list[int] = []
        self._lately: Recent[int, Record | None] = Recent(_LATELY)
        self._renewal: Renewal | None = None
        self._most_changed = folder.fewest_changed
        self._alive: WeakValueDictionary[int, Record] = WeakValueDictionary()
        """Whoever keeps something of a record finds that it is still the same."""

    def __len__(self) -> int:
        return len(self._places)

    @contextmanager
    def filling(self) -> Iterator[Filling]:
        """Take a snapshot, into a table that is empty: its records are there at the end."""
        filling = Filling(self._folder, self._view)
        try:
            yield filling
            self._file, self._places, self._changed = filling.finish()
        except BaseException:
            filling.abandon()
            raise
        self.vocabulary = filling.vocabulary
        if self._file is not None:
            self._content, self._dictionaries = self._file.source.content, self._file.dictionaries
        self._allow_changes()

    def get(self, ordinal: int) -> Record | None:
        """The record under the ordinal; none where an organisation is gone."""
        found: Record | None = self._lately.get(ordinal)
        if found is None:
            found = self._alive.get(ordinal) or self._made(ordinal)
            if found is not None:
                self._remember(found)
        return found

    def id_of(self, ordinal: int) -> str:
        """The id of the record that the ordinal has."""
        return id_of(*self._place_of(ordinal))

    def keys_of(self, ordinal: int) -> tuple[str, ...]:
        """The sort keys of the record that the ordinal has."""
        return keys_of(*self._place_of(ordinal))

    def mark_of(self, ordinal: int, order: int) -> tuple[str, str]:
        """Its sort key in the order of that place, and its id: by both it is sorted."""
        content, at = self._place_of(ordinal)
        return keys_of(content, at)[order], id_of(content, at)

    def hash_of(self, ordinal: int) -> bytes:
        """What the record that the ordinal has adds to the digest of the view."""
        return hash_of(*self._place_of(ordinal))

    def frozen(self) -> FrozenRecords:
        """The records as they are now, for whoever reads them all while they change."""
        return FrozenRecords(self._content, self._places[:], dict(self._changed))

    def facts_beside(self, ordinal: int, facts: Facts, parts: Sections) -> Facts:
        """The facts of the record that the ordinal has, from those of the record that takes its place."""
        return facts_beside(facts, parts, sections_in(*self._place_of(ordinal)), self.vocabulary)

    def put(self, ordinal: int, blob: bytes) -> None:
        """Let the ordinal have that record."""
        self._forget(ordinal)
        self._changed[ordinal] = blob

    def remove(self, ordinal: int) -> None:
        """Let the ordinal have no record, and be given again."""
        self._forget(ordinal)
        self._changed.pop(ordinal, None)
        self._free.append(ordinal)

    def new_ordinal(self) -> int:
        """One that no record has."""
        if self._free:
            return self._free.pop()
        self._places.append(NOWHERE)
        return len(self._places) - 1

    def all(self, ordinals: Iterable[int]) -> Iterator[Record]:
        """The records of these ordinals, which have one, made for the moment."""
        return (record for ordinal in ordinals if (record := self._made(ordinal)))

    def copy(self, most: int) -> bool:
        """Go on to copy the records into another file, if many have changed since this one; whether all are copied.

        For the thread that changes records: it may read them while others do, and `take_copy` is theirs then.
        """
        if self._renewal is None:
            if len(self._changed) <= self._most_changed:
                return False
            self._renewal = Renewal(self._folder.writer(self._view, self._dictionaries))
        renewal = self._renewal
        try:
            for ordinal in range(renewal.copied, min(renewal.copied + most, len(self))):
                renewal.add(self._blob(ordinal))
            if renewal.copied == len(self):
                renewal.finish(self.vocabulary)
                self._folder.publish(renewal.writer, self._view)
        except OSError as error:
            log.warning("records_not_copied", cause=str(error))
            renewal.writer.abandon()
            self._renewal, self._most_changed = None, 2 * len(self._changed)
            return False
        return renewal.file is not None

    def take_copy(self) -> None:
        """Let the copy be where the records are. Between two answers: what is held of records goes on to be true."""
        if self._renewal is None or self._renewal.file is None:
            return
        self._file, self._places = self._renewal.file, self._renewal.places
        self._content = self._file.source.content
        self._changed = {ordinal: blob for ordinal, blob in self._changed.items() if not self._places[ordinal]}
        self._renewal = None
        self._allow_changes()
        for ordinal, record in list(self._alive.items()):
            if place := self._places[ordinal]:
                record.lie_in(self._file.source, place)

    def _allow_changes(self) -> None:
        self._most_changed = max(self._folder.fewest_changed, len(self) // _MOST_CHANGED_PART)

    def _blob(self, ordinal: int) -> bytes | None:
        if self._file is not None and (place := self._places[ordinal]):
            return self._file.blob(place)
        return self._changed.get(ordinal)

    def _forget(self, ordinal: int) -> None:
        if self._renewal is not None:
            self._renewal.changed.add(ordinal)
        self._places[ordinal] = NOWHERE
        self._lately.put(ordinal, None)
        self._alive.pop(ordinal, None)

    def _place_of(self, ordinal: int) -> tuple[bytes | mmap, int]:
        place = self._places[ordinal]
        return (self._content, place) if place else (self._changed[ordinal], 0)

    def _remember(self, record: Record) -> None:
        self._lately.put(record.ordinal, record)
        self._alive[record.ordinal] = record

    def _made(self, ordinal: int) -> Record | None:
        if not self._places[ordinal] and ordinal not in self._changed:
            return None
        if self._file is not None and (place := self._places[ordinal]):
            return Record(ordinal, self._file.source, place)
        return Record(ordinal, Source(self._changed[ordinal], self.vocabulary, self._dictionaries))
