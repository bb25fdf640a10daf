"""Holdings as NDJSON: a first line that says of which position, a line per subject with its hash, a last line."""

from collections.abc import Iterator
from itertools import islice

import orjson

from services.events.contracts.entries import Json
from services.events.verifying.holding import Digest, Held

_AT_ONCE = 500
"""Lines that are sent together, about 80 KB."""


def header(of: Digest) -> Json:
    """The first line, and the answer to who asks for the digest alone."""
    return {
        "generation": of.position.generation,
        "position": of.position.number,
        "published_ms": of.published_ms,
        "view": of.view.value,
        "digest": of.digest,
    }


def hash_pieces(of: Digest, subjects: Iterator[Held]) -> Iterator[bytes]:
    """The text in pieces that are worth sending."""
    lines = _lines(of, subjects)
    while piece := b"".join(islice(lines, _AT_ONCE)):
        yield piece


def _lines(of: Digest, subjects: Iterator[Held]) -> Iterator[bytes]:
    yield _line(header(of))
    count = 0
    for count, held in enumerate(subjects, 1):  # noqa: B007 - the count is what the last line tells
        yield _line(_record(held))
    yield _line({"end": True, "count": count})


def _record(held: Held) -> Json:
    where = {"kind": held.subject.kind, "id": held.subject.id}
    return {"subject": where, "version": held.version, "hash": held.hash}


def _line(value: Json) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
