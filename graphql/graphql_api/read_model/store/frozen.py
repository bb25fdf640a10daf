"""The records of a table as they were at one moment."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from mmap import mmap

from graphql_api.read_model.store.blobs import Header, header_of, id_of


@dataclass(frozen=True, slots=True)
class FrozenRecords:
    """Blobs never change, so it is enough to keep where they lie: later changes of the table are not seen here.

    It may be read by any thread, at any pace.
    """

    content: bytes | mmap
    places: "array[int]"
    changed: Mapping[int, bytes]

    def id_of(self, ordinal: int) -> str:
        """The id of the record."""
        return id_of(*self._place_of(ordinal))

    def header_of(self, ordinal: int) -> Header:
        """What the record's blob begins with: its hash and version."""
        return header_of(*self._place_of(ordinal))

    def _place_of(self, ordinal: int) -> tuple[bytes | mmap, int]:
        place = self.places[ordinal]
        return (self.content, place) if place else (self.changed[ordinal], 0)
