"""What the registry answers besides pages: where the log stands, and states of all subjects."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import orjson

from services.events.client.ndjson import first_line, lines_of, position_of, read_current, records, subject_of
from services.events.contracts.entries import Json
from services.events.contracts.vocabulary import View
from services.events.following.protocol import AnswerUnreadable, Lines, Snapshot, SnapshotIncomplete
from services.events.verifying.holding import Digest, Held, Holding, held_of

_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A snapshot that the registry keeps as a gzip file, which never changes and can be loaded in parts."""

    path: str
    """Its address at the registry."""
    bytes: int
    sha256: str
    """Checksum of the file, in hexadecimal digits."""


def kept_files_of(body: bytes, view: View) -> list[KeptFile]:
    """The files of a view that an index of snapshots offers, newest first. Raises AnswerUnreadable."""
    try:
        offers = [offer for offer in orjson.loads(body)["kept"] if offer["view"] == view]
        return [_kept_file(file) for offer in offers for file in offer["files"] if file["format"] == "gzip"]
    except _UNREADABLE as error:
        raise AnswerUnreadable(f"not an index of snapshots: {error}") from error


def _kept_file(told: Json) -> KeptFile:
    # The path alone: the address that the registry has for others may not be the one by which it is reached here.
    checksum = bytes.fromhex(told["sha256"]).hex()
    return KeptFile(urlsplit(told["address"]).path, int(told["bytes"]), checksum)


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
