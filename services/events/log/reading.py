"""Reading the log: its head, the entries after a position, and the present state of every subject."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from services.events.contracts.entries import Current, Entry, Json, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import Actor, Origin, View, Visibility
from services.events.log.problems import PositionAhead, PositionBeyondFork
from services.events.log.tables import log_entry, log_generation, log_head, log_subject


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log stands."""

    position: Position
    published_ms: int
    digests: dict[View, str]


def read_head(connection: Connection) -> Head:
    """The head as this transaction sees it."""
    row = connection.execute(select(log_head)).one()
    digests = {View.PUBLIC: row.public_digest, View.INTERNAL: row.internal_digest}
    return Head(Position(row.generation, row.position), row.published_ms, digests)


def check_resumable(connection: Connection, after: Position) -> Head:
    """The head, where a reader that stands at `after` may go on.

    Raises PositionAhead for a position that was never given, and PositionBeyondFork for one of an older generation
    whose number means something else now.
    """
    head = read_head(connection)
    here = head.position
    if after.generation > here.generation or (after.generation == here.generation and after.number > here.number):
        raise PositionAhead(after, here)
    if after.generation < here.generation:
        later = log_generation.c.generation > after.generation
        forks = select(log_generation.c.forked_at).where(later).order_by("forked_at")
        fork = connection.execute(forks).scalars().first()
        if fork is None or after.number > fork:
            raise PositionBeyondFork(after, here, fork or 0)
    return head


def entries_after(connection: Connection, number: int, limit: int) -> list[Entry]:
    """At most `limit` entries from position `number + 1` on, in order."""
    wanted = select(log_entry).where(log_entry.c.position > number).order_by(log_entry.c.position).limit(limit)
    return [_entry(row) for row in connection.execute(wanted)]


def current_state(connection: Connection) -> Iterator[Current]:
    """Every public subject, streamed: the content of a snapshot at the head that this transaction sees."""
    for told in current_texts(connection):
        documents = orjson.loads(told.document), _json(told.restricted)
        yield Current(told.subject, told.version, *documents, told.position)


@dataclass(frozen=True, slots=True)
class CurrentText:
    """A subject that is public now, with its documents as the JSON texts that are stored."""

    subject: Subject
    version: int
    document: str
    restricted: str | None
    position: Position


def current_texts(connection: Connection) -> Iterator[CurrentText]:
    """`current_state` without reading the documents, for those who only pass them on."""
    columns = (log_entry.c.subject_kind, log_entry.c.subject_id, log_entry.c.version)
    position = (log_entry.c.generation, log_entry.c.position)
    wanted = (
        select(*columns, log_entry.c.document, log_entry.c.restricted, *position)
        .join(log_subject, log_subject.c.position == log_entry.c.position)
        .where(log_subject.c.public_hash.is_not(None))
        .order_by(log_subject.c.position)
    )
    for row in connection.execution_options(yield_per=500).execute(wanted):
        kind, identifier, version, document, restricted, generation, number = row
        yield CurrentText(Subject(kind, identifier), version, document, restricted, Position(generation, number))


def _entry(row: Row[Any]) -> Entry:
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
        visibility=Visibility(row.visibility),
        document=_json(row.document),
        changes=orjson.loads(row.changes),
        restricted=_json(row.restricted),
        restricted_changes=orjson.loads(row.restricted_changes),
        redirect=row.redirect,
    )


def _json(text: str | None) -> Json | None:
    return None if text is None else orjson.loads(text)
