"""The file of records: opened, checked and searched.

    head | blobs, each after its checksum | tail: where each blob lies, by its hash; the terms; the dictionaries

The head tells for whom the file was written: the program, its tables and the view. A file of another one, one that is
cut off or damaged, and one that others may read or have written, is none of ours and is written anew. A blob is
checked when it is taken over; the file is never changed after that, only replaced by another one under its name.
"""

import mmap
import os
import struct
import zlib
from bisect import bisect_left
from pathlib import Path
from typing import IO

import orjson

from graphql_api.read_model.facts import Dimension, term_of
from graphql_api.read_model.store.blobs import Source, Stamp, header_of
from graphql_api.read_model.store.compression import Dictionaries
from graphql_api.read_model.store.vocabulary import Vocabulary

HEAD = struct.Struct("<8s32sQQI")
"""Magic, for whom, how many blobs, where the tail begins, and its checksum."""
MAGIC = b"DWRREC\x00\x01"
CHECKSUM = struct.Struct("<I")
PREFIX_BYTES = 8
"""Of a hash: what blobs are found by."""


class Unusable(Exception):  # noqa: N818 - the state of a file, not a defect
    """A file that is not taken; the text says why."""


class RecordFile:
    """A file that is mapped. It stays as it is while somebody holds it, also when another one took its name."""

    def __init__(self, file: IO[bytes], written_for: bytes) -> None:
        """Map the open file, which may be closed then. Raises Unusable."""
        self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.identity = _identity(os.fstat(file.fileno()))
        """Another file under the same name has another one."""
        count, tail_at = _checked_head(self._map, written_for)
        tables = memoryview(self._map)[tail_at : tail_at + 2 * PREFIX_BYTES * count].cast("Q")
        self._prefixes, self._places = tables[:count], tables[count:]
        told = orjson.loads(self._map[tail_at + 2 * PREFIX_BYTES * count :])
        self.dictionaries = Dictionaries(map(bytes.fromhex, told["dictionaries"]))
        self.vocabulary = Vocabulary([term_of(Dimension(dimension), value) for dimension, value in told["terms"]])
        self.source = Source(self._map, self.vocabulary, self.dictionaries)

    def __len__(self) -> int:
        return len(self._prefixes)

    @property
    def size_bytes(self) -> int:
        """Of the whole file."""
        return len(self._map)

    def find(self, stamp: Stamp) -> int | None:
        """Where the blob with this stamp lies, undamaged; none where it does not."""
        prefix = prefix_of(stamp.hash)
        at = bisect_left(self._prefixes, prefix)
        while at < len(self._prefixes) and self._prefixes[at] == prefix:
            if self._is_sound(self._places[at], stamp):
                return self._places[at]
            at += 1
        return None

    def blob(self, at: int) -> bytes:
        """The blob that begins there."""
        return self._map[at : at + header_of(self._map, at).size]

    def _is_sound(self, at: int, stamp: Stamp) -> bool:
        header = header_of(self._map, at)
        if header.stamp != stamp:
            return False
        (checksum,) = CHECKSUM.unpack_from(self._map, at - CHECKSUM.size)
        return bool(zlib.crc32(self._map[at : at + header.size]) == checksum)


def open_file(path: Path, written_for: bytes) -> RecordFile:
    """The file under that name. Raises Unusable, and OSError where there is none."""
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        if status.st_uid != os.geteuid() or status.st_mode & 0o077:
            raise Unusable("others may read it, or it is theirs")
        if status.st_size < HEAD.size:
            raise Unusable("it is cut off")
        return RecordFile(file, written_for)


def identity_of(path: Path) -> tuple[int, int] | None:
    """Which file has that name; none where none has."""
    try:
        return _identity(path.stat())
    except OSError:
        return None


def prefix_of(digest: bytes) -> int:
    """The part of a hash that blobs are found by."""
    return int.from_bytes(digest[:PREFIX_BYTES], "little")


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _checked_head(content: mmap.mmap, written_for: bytes) -> tuple[int, int]:
    magic, whose, count, tail_at, checksum = HEAD.unpack_from(content)
    if magic != MAGIC or whose != written_for:
        raise Unusable("it is of another version of the program, of other tables or of another view")
    if (
        not HEAD.size <= tail_at <= len(content) - 2 * PREFIX_BYTES * count
        or zlib.crc32(memoryview(content)[tail_at:]) != checksum
    ):
        raise Unusable("it is cut off or damaged")
    return count, tail_at
