"""The file of records, written from its beginning to its end."""

import os
import tempfile
import zlib
from array import array
from pathlib import Path
from typing import IO

import numpy as np
import orjson
import structlog

from graphql_api.read_model.store.compression import Dictionaries
from graphql_api.read_model.store.files import HEAD, MAGIC, RecordFile
from graphql_api.read_model.store.packing import Packed, Packer, Packing, joined
from graphql_api.read_model.store.packing_apart import PackingApart
from graphql_api.read_model.store.vocabulary import Vocabulary

_BUFFER_BYTES = 1 << 20

log = structlog.get_logger(__name__)


class FileWriter:
    """Takes blobs, and gives the file that has them. Without a folder it is a file that has no name."""

    def __init__(
        self, folder: Path | None, written_for: bytes, dictionaries: Dictionaries, apart_from: int | None
    ) -> None:
        """`dictionaries` are those of a file from which blobs may be copied as they lie.

        With `apart_from` blobs or more another process packs them; None is for never.
        """
        self.path: Path | None = None
        """Its name for the time being."""
        self.places = array("Q")
        """Where the blob of each ordinal lies; 0 where it has none. Known when it is finished."""
        self._file = self._open(folder)
        self._written_for = written_for
        self._apart_from = apart_from
        self._taken = 0
        self._file.write(bytes(HEAD.size))
        self._packer: Packer = Packing(self._file, dictionaries, HEAD.size)
        self._packed: Packed | None = None
        """What was packed here before it was known that they are many."""

    def __len__(self) -> int:
        return self._taken

    def add(self, ordinal: int, blob: bytes) -> None:
        """Take a blob, compressed or not."""
        self._packer.add(ordinal, blob)
        self._taken += 1
        if self._taken == self._apart_from:
            self._packed = self._packer.finish()
            self._packer = self._apart(self._packed)

    def finish(self, vocabulary: Vocabulary) -> RecordFile:
        """Write what all blobs together need, and map the file."""
        packed = self._packer.finish()
        if self._packed is not None:
            packed = joined(self._packed, packed)
        self.places.frombytes(packed.places)
        tail = _tail(packed, vocabulary)
        self._file.seek(packed.end)
        self._file.write(tail)
        self._file.seek(0)
        count = len(packed.table_places) // self.places.itemsize
        self._file.write(HEAD.pack(MAGIC, self._written_for, count, packed.end, zlib.crc32(tail)))
        self._file.flush()
        with self._file:
            return RecordFile(self._file, self._written_for)

    def abandon(self) -> None:
        """Let go of the file."""
        self._packer.abandon()
        self._file.close()
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _open(self, folder: Path | None) -> IO[bytes]:
        if folder is None:
            return tempfile.TemporaryFile(buffering=_BUFFER_BYTES)
        number, name = tempfile.mkstemp(".part", "records-", folder)  # readable by its owner alone
        self.path = Path(name)
        return os.fdopen(number, "w+b", _BUFFER_BYTES)

    def _apart(self, packed: Packed) -> Packer:
        """One that goes on after what is packed."""
        dictionaries = Dictionaries(packed.dictionaries)
        try:
            return PackingApart(self._file, dictionaries, packed.end)
        except OSError as error:
            log.warning("records_not_packed_apart", cause=str(error))
            return Packing(self._file, dictionaries, packed.end)


def _tail(packed: Packed, vocabulary: Vocabulary) -> bytes:
    tables = [np.frombuffer(table, np.uint64) for table in (packed.table_prefixes, packed.table_places)]
    order = np.argsort(tables[0], kind="stable")
    terms = [(term.dimension, term.value) for term in vocabulary]
    dictionaries = [content.hex() for content in packed.dictionaries]
    told = orjson.dumps({"dictionaries": dictionaries, "terms": terms})
    return b"".join((*(table[order].tobytes() for table in tables), told))
