"""Reading the log: its head, the entries after a position, and the present state of every subject."""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, select

from services.events.contracts.entries import Current, Entry, Subject
from services.events.contracts.position import Position
from services.events.log.entry_rows import entry_of, read_document
from services.events.log.hashes import Hashes, read_hashes
from services.events.log.problems import PositionAhead, PositionBeyondFork, PositionExpired
from services.events.log.tables import log_entry, log_generation, log_head, log_subject


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log stands."""

    position: Position
    published_ms: int
    digests: Hashes
    first: int
    """From this position on every entry is kept."""


def read_head(connection: Connection) -> Head:
    """The head as this transaction sees it."""
    row = connection.execute(select(log_head)).one()
    return Head(Position(row.generation, row.position), row.published_ms, read_hashes(row.digests), row.first)


def check_resumable(connection: Connection, after: Position) -> Head:
    """The head, where a reader that stands at `after` may go on.

    Raises PositionAhead for a position that was never given, PositionBeyondFork for one of an older generation whose
    number means something else now, and PositionExpired where entries after it are not kept any more.
    """
    head = read_head(connection)
    here = head.position
    if after.generation > here.generation or (after.generation == here.generation and after.number > here.number):
        raise PositionAhead(after, here)
    shared = last_shared(connection, after.generation, head)
    if after.number > shared:
        raise PositionBeyondFork(after, here, shared)
    if after.number < head.first - 1:
        raise PositionExpired(after, Position(here.generation, head.first))
    return head


def last_shared(connection: Connection, generation: int, head: Head) -> int:
    """The last position that the present history and that generation have in common."""
    if generation == head.position.generation:
        return head.position.number
    later = log_generation.c.generation > generation
    forks = select(log_generation.c.forked_at).where(later).order_by("forked_at")
    return connection.execute(forks).scalars().first() or 0


def entries_after(connection: Connection, number: int, limit: int) -> list[Entry]:
    """At most `limit` entries from position `number + 1` on, in order."""
    wanted = select(log_entry).where(log_entry.c.position > number).order_by(log_entry.c.position).limit(limit)
    return [entry_of(row) for row in connection.execute(wanted)]


def current_state(connection: Connection) -> Iterator[Current]:
    """Every public subject, streamed: the content of a snapshot at the head that this transaction sees."""
    for told in current_texts(connection):
        documents = orjson.loads(told.document), read_document(told.restricted)
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
        .where(log_subject.c.hashes.is_not(None))
        .order_by(log_subject.c.position)
    )
    for row in connection.execute(wanted, execution_options={"yield_per": 500}):
        kind, identifier, version, document, restricted, generation, number = row
        yield CurrentText(Subject(kind, identifier), version, document, restricted, Position(generation, number))
