"""Entries as rows of `log_entry`, and back."""

from collections.abc import Callable
from typing import Any
from zlib import crc32

import orjson
from sqlalchemy import Row

from services.database import dump_json
from services.events.contracts.entries import Entry, Json, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import Actor, Origin, Visibility

SLOTS = 256
"""Hash slots that subjects fall into: relays share the log by them."""


def slot_of(subject_id: str) -> int:
    """The subject's slot, 0 to 255, always the same."""
    return crc32(subject_id.encode()) % SLOTS


def row_of(entry: Entry, author: str | None, previous: int | None) -> dict[str, Any]:
    """The row of an entry. The author is kept beside it: no outlet shows who it was.

    `previous` is the position of the subject's entry before.
    """
    return {
        "position": entry.position.number,
        "generation": entry.position.generation,
        "event_id": entry.event_id,
        "event": entry.event,
        "published_ms": entry.published_ms,
        "subject_kind": entry.subject.kind,
        "subject_id": entry.subject.id,
        "slot": slot_of(entry.subject.id),
        "version": entry.version,
        "origin": entry.origin,
        "actor": entry.actor,
        "author": author,
        "correlation_id": entry.correlation_id,
        "causation_id": entry.causation_id,
        "visibility": entry.visibility,
        "document": _text(entry.document),
        "changes": dump_json(entry.changes),
        "restricted": _text(entry.restricted),
        "restricted_changes": dump_json(entry.restricted_changes),
        "redirect": entry.redirect,
        "previous": previous,
    }


def entry_of(row: Row[Any], read: Callable[[str], Any] = orjson.loads) -> Entry:
    """The entry of a row; `read` is what makes its documents and changes of the stored JSON."""
    return Entry(
        position=Position(row.generation, row.position),
        event_id=row.event_id,
        event=row.event,
        published_ms=row.published_ms,
        subject=Subject(row.subject_kind, row.subject_id),
        version=row.version,
        origin=Origin(row.origin),
        actor=Actor(row.actor),
        correlation_id=row.correlation_id,
        causation_id=row.causation_id,
        visibility=Visibility(row.visibility),
        document=None if row.document is None else read(row.document),
        changes=read(row.changes),
        restricted=None if row.restricted is None else read(row.restricted),
        restricted_changes=read(row.restricted_changes),
        redirect=row.redirect,
    )


def read_document(text: str | None) -> Json | None:
    """A stored document."""
    return None if text is None else orjson.loads(text)


def _text(document: Json | None) -> str | None:
    return None if document is None else dump_json(document)
