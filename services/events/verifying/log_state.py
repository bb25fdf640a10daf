"""The log's own tables as one side of a comparison: the state of a view now, or rewound to an older position.

The state now is kept with the log (`log_subject.hashes`, `log_head.digests`). What was changed since the position is
put back: the hash of a subject there is that of its last entry up to it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, or_, select

from services.database import reading
from services.events.contracts.entries import Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.log.digest import RunningDigest
from services.events.log.entry_rows import read_document
from services.events.log.hashes import hashes_of, read_hashes
from services.events.log.problems import PositionTooFarBack
from services.events.log.reading import Head, check_resumable, read_head
from services.events.log.tables import log_entry, log_subject
from services.events.verifying.holding import Digest, Held, Holding

_STREAMED = {"yield_per": 500}


class LogTables:
    """The log in its database, in one view. Each call reads one transaction, which no writer waits for."""

    def __init__(self, engine: Engine, view: View, *, most_back: int | None = None) -> None:
        """`most_back`: positions that lie more entries back are refused, since they cost more than a request may."""
        self._engine = engine
        self.view = view
        self._most_back = most_back

    def digest(self, *, at: Position | None = None) -> Digest:
        """The digest at the position; at the head unless one is given.

        Raises PositionAhead, PositionBeyondFork, PositionExpired or PositionTooFarBack.
        """
        with reading(self._engine) as connection:
            return self._digest(connection, at)

    @contextmanager
    def hashes(self, *, at: Position | None = None) -> Iterator[Holding]:
        """Every subject that the view had at the position, streamed. Raises as `digest` does."""
        with self.state(at) as (here, subjects):
            yield Holding("the log", self.view, here.position, here.digest, subjects)

    @contextmanager
    def state(self, at: Position | None = None) -> Iterator[tuple[Digest, Iterator[Held]]]:
        """The digest at the position, and every subject that the view had there."""
        with reading(self._engine) as connection:
            here = self._digest(connection, at)
            yield here, self._subjects(connection, here.position.number)

    def _digest(self, connection: Connection, at: Position | None) -> Digest:
        head = read_head(connection) if at is None else check_resumable(connection, at)
        if at is None or at.number == head.position.number:
            return Digest(head.position, head.published_ms, self.view, head.digests[self.view])
        self._check_distance(head, at)
        digest = RunningDigest(head.digests[self.view])
        for row in _changed_since(connection, at.number):
            digest.replace(_bytes(read_hashes(row.hashes).get(self.view)), _bytes(self._former_hash(row)))
        return Digest(at, _published_ms(connection, at), self.view, str(digest))

    def _check_distance(self, head: Head, at: Position) -> None:
        if self._most_back is not None and head.position.number - at.number > self._most_back:
            raise PositionTooFarBack(at, head.position, self._most_back)

    def _subjects(self, connection: Connection, number: int) -> Iterator[Held]:
        columns = (log_subject.c.kind, log_subject.c.id, log_subject.c.version, log_subject.c.hashes)
        unchanged = select(*columns).where(log_subject.c.hashes.is_not(None), log_subject.c.position <= number)
        for kind, identifier, version, hashes in connection.execute(unchanged, execution_options=_STREAMED):
            found = read_hashes(hashes).get(self.view)
            if found is not None:
                yield Held(Subject(kind, identifier), found, version)
        for row in _changed_since(connection, number):
            former = self._former_hash(row)
            if former is not None:
                yield Held(Subject(row.kind, row.id), former, row.version)

    def _former_hash(self, row: Row[Any]) -> str | None:
        """The hash that a changed subject had; none where the view did not hold it."""
        if row.document is None:
            return None
        documents = read_document(row.document), read_document(row.restricted)
        return hashes_of(Subject(row.kind, row.id), *documents).get(self.view)


def _changed_since(connection: Connection, number: int) -> Iterator[Row[Any]]:
    """Each subject that changed after the position: its hashes now, and what its last entry up to the position has."""
    later, former = log_entry.alias("later"), log_entry.alias("former")
    same = and_(log_subject.c.kind == later.c.subject_kind, log_subject.c.id == later.c.subject_id)
    is_first = or_(later.c.previous.is_(None), later.c.previous <= number)
    wanted = (
        select(log_subject.c.kind, log_subject.c.id, log_subject.c.hashes)
        .add_columns(former.c.version, former.c.document, former.c.restricted)
        .select_from(later)
        .join(log_subject, same)
        .outerjoin(former, former.c.position == later.c.previous)
        .where(later.c.position > number, is_first)
    )
    return iter(connection.execute(wanted, execution_options=_STREAMED))


def _published_ms(connection: Connection, at: Position) -> int:
    """Time of the entry at the position, or of the last one before it where that one is not kept; 0 without any."""
    until = select(log_entry.c.published_ms).where(log_entry.c.position <= at.number)
    return connection.execute(until.order_by(log_entry.c.position.desc()).limit(1)).scalar() or 0


def _bytes(digest: str | None) -> bytes | None:
    return None if digest is None else bytes.fromhex(digest)
