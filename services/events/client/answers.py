"""What the registry answers besides pages: where the log stands, and states of all subjects."""

from collections.abc import Iterable, Iterator

import orjson

from services.events.client.ndjson import first_line, lines_of, position_of, read_current, records, subject_of
from services.events.contracts.entries import Json
from services.events.contracts.vocabulary import View
from services.events.following.protocol import AnswerUnreadable, Lines, Snapshot, SnapshotIncomplete
from services.events.verifying.holding import Digest, Held, Holding, held_of

_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)


def digest_of(body: bytes) -> Digest:
    """The digest that an answer tells. Raises AnswerUnreadable."""
    try:
        return _digest(orjson.loads(body))
    except _UNREADABLE as error:
        raise AnswerUnreadable(f"not a digest: {error}") from error


def snapshot_of(pieces: Iterable[bytes]) -> Snapshot:
    """The snapshot whose text comes in pieces. Raises SnapshotIncomplete; its records do so when the text breaks off.

    Raises AnswerUnreadable for what is no snapshot.
    """
    lines = lines_of(pieces)
    header = _header(lines)
    return Snapshot(header.position, header.published_ms, header.digest, Lines(records(lines), read_current))


def hashes_of(pieces: Iterable[bytes], name: str) -> Holding:
    """The holding whose subjects and hashes come in pieces, under that name. Raises as `snapshot_of` does."""
    lines = lines_of(pieces)
    header = _header(lines)
    return Holding(name, header.view, header.position, header.digest, map(_held, records(lines)))


def state_of(pieces: Iterable[bytes], name: str) -> Holding:
    """The holding that the text of a snapshot is, with hashes made of its documents. Raises as `snapshot_of` does."""
    lines = lines_of(pieces)
    header = _header(lines)
    subjects = (held_of(read_current(line), header.view) for line in records(lines))
    return Holding(name, header.view, header.position, header.digest, subjects)


def _header(lines: Iterator[bytes]) -> Digest:
    first = first_line(lines)
    try:
        return _digest(first)
    except _UNREADABLE as error:
        raise AnswerUnreadable(f"not the first line of a state: {error}") from error


def _digest(told: Json) -> Digest:
    if "after" in told:
        raise ValueError("it is a delta, which tells what changed and not the state")
    digest = told["digest"]
    if len(bytes.fromhex(digest)) != 32:  # noqa: PLR2004 - bytes of a digest
        raise ValueError(f"{digest!r} is not a digest")
    return Digest(position_of(told), int(told["published_ms"]), View(told["view"]), digest)


def _held(line: bytes) -> Held:
    try:
        told = orjson.loads(line)
        return Held(subject_of(told), told["hash"], told["version"])
    except _UNREADABLE as error:
        raise SnapshotIncomplete(f"the text has a line that is no hash: {error}") from error
