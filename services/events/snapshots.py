"""Snapshots as NDJSON: a first line that says of which position, a line per public subject, a last line that ends it.

Everything is read in one transaction, which no writer waits for, and passed on as it comes. A snapshot without its last
line broke off and must not be used.
"""

import zlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing

import orjson
from sqlalchemy import Engine

from services.database import reading
from services.events.contracts.entries import Json
from services.events.contracts.vocabulary import View
from services.events.log.reading import CurrentText, Head, current_texts, read_head

MEDIA_TYPE = "application/x-ndjson"
_CHUNK_BYTES = 64 * 1024
_GZIP_LEVEL = 5
_GZIP_WINDOW = 31
"""zlib's number for the gzip format with the largest window."""


class SnapshotText:
    """A snapshot of now as bytes. Opening it fixes the position; `lines` can be read once."""

    def __init__(self, engine: Engine, view: View) -> None:
        self._lines = _read(engine, view)
        first = next(self._lines)
        assert isinstance(first, Head)  # noqa: S101 - the generator below begins so
        self.head = first
        self._view = view

    def lines(self) -> Iterator[bytes]:
        """Every line, with its end."""
        with closing(self._lines):
            yield _line(header(self.head, self._view))
            count = 0
            for line in self._lines:
                assert isinstance(line, bytes)  # noqa: S101 - as above
                count += 1
                yield line
            yield _line({"end": True, "count": count})

    def close(self) -> None:
        """Give the transaction back when nothing was read."""
        self._lines.close()


def header(head: Head, view: View) -> Json:
    """The first line, and the answer to who asks for the digest alone."""
    return {
        "generation": head.position.generation,
        "position": head.position.number,
        "published_ms": head.published_ms,
        "view": view.value,
        "digest": head.digests[view],
    }


def chunked(lines: Iterable[bytes], *, gzip: bool) -> Iterator[bytes]:
    """The lines in pieces that are worth sending, compressed if asked for."""
    compressor = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW) if gzip else None
    waiting: list[bytes] = []
    size = 0
    for line in lines:
        piece = compressor.compress(line) if compressor else line
        waiting.append(piece)
        size += len(piece)
        if size >= _CHUNK_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join([*waiting, compressor.flush() if compressor else b""])


def _read(engine: Engine, view: View) -> Generator[Head | bytes, None, None]:
    with reading(engine) as connection:
        yield read_head(connection)
        for told in current_texts(connection):
            yield _line(_record(told, view))


def _record(told: CurrentText, view: View) -> Json:
    record: Json = {
        "subject": {"kind": told.subject.kind, "id": told.subject.id},
        "version": told.version,
        "generation": told.position.generation,
        "position": told.position.number,
        "document": orjson.Fragment(told.document),
    }
    if view is View.INTERNAL:
        record["restricted"] = None if told.restricted is None else orjson.Fragment(told.restricted)
    return record


def _line(value: Json) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
