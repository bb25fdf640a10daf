"""Texts of a line a record, as the registry sends them: a first line, a line per subject, a last line that ends it."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

import orjson

from services.events.contracts.entries import Current, Json, Subject
from services.events.contracts.position import Position
from services.events.following.protocol import SnapshotIncomplete, SourceUnavailable

_PIECE_BYTES = 1024 * 1024


def lines_of(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The lines without their ends, whatever pieces they come in; only a line feed ends one.

    Texts may have what Unicode calls line separators within.
    """
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
    if rest:
        yield rest


def pieces_of(text: BinaryIO) -> Iterator[bytes]:
    """The pieces of a file. Raises SnapshotIncomplete where it cannot be read on, as of one that is damaged."""
    try:
        while piece := text.read(_PIECE_BYTES):
            yield piece
    except Exception as error:  # each format of compression has its own for what is damaged
        raise SnapshotIncomplete(f"the file is damaged: {error}") from error


def first_line(lines: Iterator[bytes]) -> Json:
    """What the first line says of the whole. Raises SnapshotIncomplete."""
    try:
        header: Json = orjson.loads(next(lines, b""))
    except ValueError as error:
        raise SnapshotIncomplete("the text broke off in its first line") from error
    return header


def records(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of the records. Raises SnapshotIncomplete unless a last line comes and tells how many they are."""
    count, last = -1, b""
    try:
        for line in lines:
            if last:
                yield last
            count, last = count + 1, line
    except SourceUnavailable as error:
        raise SnapshotIncomplete(f"the text broke off after {max(count, 0)} records: {error}") from error
    _check_end(last, count)


def _check_end(last: bytes, count: int) -> None:
    """`count` is that of the records before the last line, -1 without any line."""
    try:
        told = orjson.loads(last)["count"] if b'"end"' in last[:8] else None
    except (ValueError, KeyError):
        told = None
    if told is None:
        raise SnapshotIncomplete(f"the text broke off after {count + 1} records")
    if told != count:
        raise SnapshotIncomplete(f"the text has {count} records and says it had {told}")


def read_current(line: bytes) -> Current:
    """The subject of a snapshot's line. Raises SnapshotIncomplete."""
    try:
        return current_of(orjson.loads(line))
    except (KeyError, TypeError, ValueError) as error:
        raise SnapshotIncomplete(f"the text has a line that is no record: {error}") from error


def current_of(record: Json) -> Current:
    """The subject that a record tells. Raises KeyError, TypeError or ValueError for what is none."""
    return Current(
        subject_of(record),
        int(record["version"]),
        dict(record["document"]),
        record.get("restricted"),
        position_of(record),
    )


def subject_of(told: Json) -> Subject:
    """The subject that a record or an event tells. Raises KeyError or TypeError where it has none."""
    return Subject(told["subject"]["kind"], told["subject"]["id"])


def position_of(told: Json) -> Position:
    """The position that an answer or a record tells. Raises KeyError, TypeError or ValueError where it has none."""
    return Position.parse(f"{told['generation']}-{told['position']}")
