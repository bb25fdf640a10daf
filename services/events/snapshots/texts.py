"""Snapshots and deltas as NDJSON: a first line that says of which position, a line per subject, a last line.

A text without its last line broke off and must not be used.
"""

from collections.abc import Iterable, Iterator

import orjson
from sqlalchemy import Connection

from services.events.contracts.entries import Json
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.log.reading import Head
from services.events.snapshots.records import present, removed


def header(head: Head, view: View) -> Json:
    """The first line, and the answer to who asks for the digest alone."""
    return {
        "generation": head.position.generation,
        "position": head.position.number,
        "published_ms": head.published_ms,
        "view": view.value,
        "digest": head.digests[view],
    }


def snapshot_lines(connection: Connection, head: Head, view: View) -> Iterator[bytes]:
    """The lines of a snapshot at the head that this transaction sees."""
    return _framed(header(head, view), present(connection, view))


def delta_lines(connection: Connection, head: Head, view: View, after: Position) -> Iterator[bytes]:
    """The lines that bring a mirror from any position since `after` to the head.

    They tell the present state of what changed, never a former one: what was withdrawn meanwhile is in none of them.
    """
    first = header(head, view) | {"after": after.number}
    return _framed(first, _changed(connection, view, after.number))


def _changed(connection: Connection, view: View, after: int) -> Iterator[bytes]:
    yield from removed(connection, view, after)
    yield from present(connection, view, after)


def _framed(first: Json, records: Iterable[bytes]) -> Iterator[bytes]:
    yield _line(first)
    count = 0
    for count, line in enumerate(records, 1):  # noqa: B007 - the count is what the last line tells
        yield line
    yield _line({"end": True, "count": count})


def _line(value: Json) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def blocks(lines: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The lines together in blocks of at least that many bytes, the last one less."""
    waiting: list[bytes] = []
    length = 0
    for line in lines:
        waiting.append(line)
        length += len(line)
        if length >= size:
            yield b"".join(waiting)
            waiting, length = [], 0
    yield b"".join(waiting)
