"""Blobs compressed and written one after the other: what takes longest of writing a file of records."""

import zlib
from array import array
from typing import IO, NamedTuple, Protocol

import numpy as np

from graphql_api.read_model.store.blobs import Header, compressed, header_of
from graphql_api.read_model.store.compression import NOT_COMPRESSED, Dictionaries, Samples
from graphql_api.read_model.store.files import CHECKSUM, prefix_of

_SAMPLED = 1_000
"""Blobs that are waited for before a dictionary is made of some of them."""
_RARER = 4
"""The next dictionary is made when there are so many times as many: later ones may be of other kinds."""
_NOWHERE = 0


class Packed(NamedTuple):
    """What is known of the blobs when all are written, in bytes of 64-bit numbers where it is of each."""

    places: bytes
    """Where the blob of each ordinal lies; 0 where it has none."""
    table_prefixes: bytes
    """Of their hashes, in the order in which they lie."""
    table_places: bytes
    end: int
    """Where the last one ends."""
    dictionaries: tuple[bytes, ...]


def joined(one: Packed, other: Packed) -> Packed:
    """What is known of the blobs of both; the other ones were written after the ones."""
    size = max(len(one.places), len(other.places))
    places = [np.frombuffer(part.places.ljust(size, b"\0"), np.uint64) for part in (one, other)]
    tables = one.table_prefixes + other.table_prefixes, one.table_places + other.table_places
    return Packed(np.maximum(*places).tobytes(), *tables, other.end, other.dictionaries)


class Packer(Protocol):
    """Takes blobs for a file, here or in another process."""

    def add(self, ordinal: int, blob: bytes) -> None:
        """Take a blob, compressed or not."""
        ...

    def finish(self) -> Packed:
        """Write what is waiting; what there is in the file."""
        ...

    def abandon(self) -> None:
        """Let go of the file."""
        ...


class Packing:
    """Takes blobs and writes them, from that place in the file on."""

    def __init__(self, file: IO[bytes], dictionaries: Dictionaries, begin: int) -> None:
        self._file = file
        self._dictionaries = dictionaries
        self._samples = Samples()
        self._learning_at = _SAMPLED
        self._waiting: list[tuple[int, bytes, Header]] = []
        self._by_ordinal, self._prefixes, self._places = array("Q"), array("Q"), array("Q")
        self._end = begin

    def add(self, ordinal: int, blob: bytes) -> None:
        """Take a blob, compressed or not."""
        header = header_of(blob, 0)
        self._waiting.append((ordinal, blob, header))
        if header.dictionary == NOT_COMPRESSED:
            self._samples.offer(blob[header.documents_at :])
            if self._samples.offered >= self._learning_at:
                self._learning_at *= _RARER
                self._dictionaries.learn(self._samples.kept)
        if len(self._dictionaries):
            self._write_waiting()

    def finish(self) -> Packed:
        """Write what is waiting; what there is in the file."""
        if self._waiting:
            self._dictionaries.learn(self._samples.kept)
            self._write_waiting()
        tables = self._by_ordinal.tobytes(), self._prefixes.tobytes(), self._places.tobytes()
        return Packed(*tables, self._end, tuple(self._dictionaries.contents))

    def abandon(self) -> None:
        """Nothing is kept but the file, which is another's."""

    def _write_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            self._write(*one)

    def _write(self, ordinal: int, blob: bytes, header: Header) -> None:
        if header.dictionary == NOT_COMPRESSED:
            blob = compressed(blob, header, self._dictionaries)
        self._file.write(CHECKSUM.pack(zlib.crc32(blob)) + blob)
        place = self._end + CHECKSUM.size
        self._prefixes.append(prefix_of(header.hash))
        self._places.append(place)
        self._end = place + len(blob)
        if len(self._by_ordinal) <= ordinal:
            self._by_ordinal.extend([_NOWHERE] * (ordinal + 1 - len(self._by_ordinal)))
        self._by_ordinal[ordinal] = place
