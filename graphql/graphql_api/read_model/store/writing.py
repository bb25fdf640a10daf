"""The file of records, written from its beginning to its end."""

import os
import tempfile
import zlib
from array import array
from pathlib import Path
from typing import IO

import numpy as np
import orjson

from graphql_api.read_model.store.blobs import Header, compressed, header_of
from graphql_api.read_model.store.compression import NOT_COMPRESSED, Dictionaries, Samples
from graphql_api.read_model.store.files import CHECKSUM, HEAD, MAGIC, RecordFile, prefix_of
from graphql_api.read_model.store.vocabulary import Vocabulary

_SAMPLED = 1_000
"""Blobs that are waited for before a dictionary is made of some of them."""
_RARER = 4
"""The next dictionary is made when there are so many times as many: later ones may be of other kinds."""
_BUFFER_BYTES = 1 << 20
_NOWHERE = 0


class FileWriter:
    """Takes blobs, and gives the file that has them. Without a folder it is a file that has no name."""

    def __init__(self, folder: Path | None, written_for: bytes, dictionaries: Dictionaries) -> None:
        """`dictionaries` are those of a file from which blobs may be copied as they lie."""
        self.path: Path | None = None
        """Its name for the time being."""
        self.places = array("Q")
        """Where the blob of each ordinal lies; 0 where it has none."""
        self._file = self._open(folder)
        self._written_for = written_for
        self._dictionaries = dictionaries
        self._samples = Samples()
        self._learning_at = _SAMPLED
        self._waiting: list[tuple[int, bytes, Header]] = []
        self._prefixes, self._places = array("Q"), array("Q")
        self._end = HEAD.size
        self._file.write(bytes(HEAD.size))

    def __len__(self) -> int:
        return len(self._places) + len(self._waiting)

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

    def finish(self, vocabulary: Vocabulary) -> RecordFile:
        """Write what all blobs together need, and map the file."""
        if self._waiting:
            self._dictionaries.learn(self._samples.kept)
            self._write_waiting()
        order = np.argsort(np.frombuffer(self._prefixes, np.uint64), kind="stable")
        tables = [np.frombuffer(table, np.uint64)[order].tobytes() for table in (self._prefixes, self._places)]
        terms = [(term.dimension, term.value) for term in vocabulary]
        dictionaries = [content.hex() for content in self._dictionaries.contents]
        tail = b"".join((*tables, orjson.dumps({"dictionaries": dictionaries, "terms": terms})))
        self._file.write(tail)
        self._file.seek(0)
        self._file.write(HEAD.pack(MAGIC, self._written_for, len(self._places), self._end, zlib.crc32(tail)))
        self._file.flush()
        with self._file:
            return RecordFile(self._file, self._written_for)

    def abandon(self) -> None:
        """Let go of the file."""
        self._file.close()
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _open(self, folder: Path | None) -> IO[bytes]:
        if folder is None:
            return tempfile.TemporaryFile(buffering=_BUFFER_BYTES)
        number, name = tempfile.mkstemp(".part", "records-", folder)  # readable by its owner alone
        self.path = Path(name)
        return os.fdopen(number, "w+b", _BUFFER_BYTES)

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
        if len(self.places) <= ordinal:
            self.places.extend([_NOWHERE] * (ordinal + 1 - len(self.places)))
        self.places[ordinal] = place
