"""A snapshot on its way into records: what the file has is taken from it, the rest is written to another one."""

from array import array
from typing import NamedTuple

from graphql_api.read_model.facts import Facts
from graphql_api.read_model.store.blobs import Stamp, facts_in, header_of, recoded
from graphql_api.read_model.store.compression import Dictionaries
from graphql_api.read_model.store.files import RecordFile
from graphql_api.read_model.store.folder import RecordFolder
from graphql_api.read_model.store.vocabulary import Vocabulary
from graphql_api.read_model.store.writing import FileWriter
from services.events.contracts.vocabulary import View

_FEW = 8
"""One in so many that is not in the file is no reason to write it anew; nor is half of it that nobody needs."""
NOWHERE = 0


class Filled(NamedTuple):
    """Where the records of a snapshot are."""

    file: RecordFile | None
    places: "array[int]"
    """In the file, by ordinal."""
    others: dict[int, bytes]
    """Blobs that the file does not have."""


class Filling:
    """Takes one organisation after the other. Used once."""

    def __init__(self, folder: RecordFolder, view: View) -> None:
        self._folder = folder
        self._view = view
        self._file = folder.open(view)
        self._places = array("Q")
        self._taken = 0
        self._dictionaries = Dictionaries() if self._file is None else self._file.dictionaries
        self._writer: FileWriter | None = None
        self.vocabulary = Vocabulary() if self._file is None else self._file.vocabulary

    @property
    def apart_from(self) -> int | None:
        """After how many organisations another process makes the rest; none where a file has them."""
        return self._folder.apart_from if self._file is None else None

    def take(self, stamp: Stamp) -> Facts | None:
        """Give the next ordinal to this state of an organisation, if the file has it: its facts."""
        place = None if self._file is None else self._file.find(stamp)
        if self._file is None or place is None:
            return None
        self._places.append(place)
        self._taken += 1
        return facts_in(self._file.source, place)

    def add(self, blob: bytes) -> None:
        """Give the next ordinal to an organisation that the file does not have."""
        if self._writer is None:
            self._writer = self._folder.writer(self._view, self._dictionaries, self._folder.apart_from)
        self._writer.add(len(self._places), blob)
        self._places.append(NOWHERE)

    def finish(self) -> Filled:
        """Write what is to be written; where the records are."""
        file, writer = self._file, self._writer
        if file is not None and self._taken * 2 >= len(file):
            if writer is None:
                return Filled(file, self._places, {})
            if len(writer) * _FEW <= self._taken:
                return Filled(file, self._places, self._read_back(writer))
        return self._written() if self._places else Filled(None, self._places, {})

    def _read_back(self, writer: FileWriter) -> dict[int, bytes]:
        written = writer.finish(self.vocabulary)
        writer.abandon()
        return {ordinal: written.blob(place) for ordinal, place in enumerate(writer.places) if place}

    def _written(self) -> Filled:
        writer = self._writer or self._folder.writer(self._view, self._dictionaries)
        if self._file is not None:
            for ordinal, place in enumerate(self._places):
                if place:
                    writer.add(ordinal, self._file.blob(place))
        written = writer.finish(self.vocabulary)
        theirs = self._folder.replaced_since(self._file, self._view)
        adopted = None if theirs is None else _adopted(theirs, written, writer.places)
        if theirs is not None and adopted is not None:
            writer.abandon()
            self.vocabulary = theirs.vocabulary
            return adopted
        self._folder.publish(writer, self._view)
        return Filled(written, writer.places, {})

    def abandon(self) -> None:
        """Leave no half of a file behind."""
        if self._writer is not None:
            self._writer.abandon()


def _adopted(theirs: RecordFile, mine: RecordFile, places: "array[int]") -> Filled | None:
    """The same records in the file that another process has put there meanwhile; none if it lacks more than a few.

    Processes that are started together share a file then.
    """
    found, others = array("Q"), {}
    for ordinal, place in enumerate(places):
        at = theirs.find(header_of(mine.source.content, place).stamp)
        found.append(at or NOWHERE)
        if at is None:
            others[ordinal] = recoded(mine.source, place, theirs.vocabulary)
            if len(others) * _FEW > len(places):
                return None
    return Filled(theirs, found, others)
