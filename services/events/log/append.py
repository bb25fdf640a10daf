"""Writing the log: positions are taken under the lock of the one-row `log_head`, in the transaction of the change.

A sequence leaves gaps and `max(id) + 1` does not follow the order of commits (decision 0001): a row lock does both.
SQLite has one writer at a time anyway; on PostgreSQL the lock makes it so.
"""

import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from services.database import dump_json
from services.events.contracts.catalogue import Event
from services.events.contracts.changes import changes_between
from services.events.contracts.entries import Entry, Json, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import Actor, Origin, Visibility
from services.events.log.digest import hash_of, replaced
from services.events.log.rows import insert_rows, update_rows
from services.events.log.tables import log_entry, log_head, log_subject

# Made once: SQLAlchemy takes longer to build such a statement than a database to carry it out.
_LOCK_HEAD = select(log_head).with_for_update()
_FIND_SUBJECTS = select(log_subject).where(
    log_subject.c.kind == bindparam("of_kind"), log_subject.c.id.in_(bindparam("of_ids", expanding=True))
)

Clock = Callable[[], int]
"""Milliseconds since 1970, UTC."""


def system_clock() -> int:
    """The machine's clock. It may jump: the log keeps its times rising all the same."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class State:
    """What the outlets may learn of a subject: its public document and its restricted part."""

    public: Json | None
    restricted: Json | None = None


NOTHING = State(None)
"""State of a subject before its first entry."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has a position."""

    event: Event
    subject: Subject
    before: State
    """What it was, as much of that as may still be told: changed values are told against it."""
    after: State
    origin: Origin
    actor: Actor
    author: str | None = None
    correlation_id: str | None = None
    redirect: str | None = None


@dataclass(frozen=True, slots=True)
class _Head:
    generation: int
    position: int
    published_ms: int
    public_digest: str
    internal_digest: str


@dataclass(frozen=True, slots=True)
class _SubjectRow:
    version: int
    position: int
    published_ms: int
    public_hash: str | None
    internal_hash: str | None


_NEW_SUBJECT = _SubjectRow(0, 0, 0, None, None)


class LogWriter:
    """The log within one writing transaction: locked from the first look to the commit.

    Entries are collected and written by `flush`, so that a batch of commands costs three statements; `checkpoint` and
    `back_to` take back the entries of a command that failed while the others of its batch go on.
    """

    def __init__(self, connection: Connection, clock: Clock = system_clock) -> None:
        self._connection = connection
        self._clock = clock
        self._head = self._lock()
        self._entries: list[tuple[Entry, str | None]] = []
        self._subjects: dict[Subject, _SubjectRow] = {}
        """As they are after the entries so far."""
        self._seen: dict[Subject, _SubjectRow] = {}
        """As the database has them: what is not taken back with entries."""

    def _lock(self) -> _Head:
        row = self._connection.execute(_LOCK_HEAD).one()
        return _Head(row.generation, row.position, row.published_ms, row.public_digest, row.internal_digest)

    @property
    def position(self) -> Position:
        """The position of the last entry so far, this transaction's included."""
        return Position(self._head.generation, self._head.position)

    def checkpoint(self) -> tuple[Any, ...]:
        """A mark to come back to."""
        return self._head, len(self._entries), dict(self._subjects)

    def back_to(self, mark: tuple[Any, ...]) -> None:
        """Forget the entries since the mark: their positions are given again."""
        self._head, length, self._subjects = mark
        del self._entries[length:]

    def preload(self, kind: str, identifiers: Iterable[str]) -> None:
        """Look up subjects that are about to change, all at once: those not named here are looked up one by one."""
        wanted = {identifier for identifier in identifiers if Subject(kind, identifier) not in self._seen}
        if not wanted:
            return
        self._seen |= {Subject(kind, identifier): _NEW_SUBJECT for identifier in wanted}
        for row in self._connection.execute(_FIND_SUBJECTS, {"of_kind": kind, "of_ids": sorted(wanted)}).all():
            self._seen[Subject(kind, row.id)] = _subject_row(row)

    def append(self, draft: Draft, *, is_new: bool = False) -> Entry:
        """Give the draft the next position, its subject's next version and a time, and keep it for `flush`.

        `is_new` says that the subject has no entry yet, which spares a look per subject in bulk: said falsely, `flush`
        fails at the primary key.
        """
        seen = self._subject(draft.subject, is_new=is_new)
        after = _SubjectRow(
            version=seen.version + 1,
            position=self._head.position + 1,
            published_ms=max(self._clock(), self._head.published_ms, seen.published_ms + 1),
            public_hash=_hash(draft.subject, draft.after, internal=False),
            internal_hash=_hash(draft.subject, draft.after, internal=True),
        )
        self._head = replace(
            self._head,
            position=after.position,
            published_ms=after.published_ms,
            public_digest=replaced(self._head.public_digest, seen.public_hash, after.public_hash),
            internal_digest=replaced(self._head.internal_digest, seen.internal_hash, after.internal_hash),
        )
        self._subjects[draft.subject] = after
        position = Position(self._head.generation, after.position)
        entry = _entry(draft, position, after, was_shown=seen.public_hash is not None)
        self._entries.append((entry, draft.author))
        return entry

    def flush(self) -> list[Entry]:
        """Write what was appended. Call it once, last, before the commit."""
        if self._entries:
            insert_rows(self._connection, log_entry, [_row(entry, author) for entry, author in self._entries])
            self._write_subjects()
            update_rows(self._connection, log_head, ("id",), [_columns(self._head) | {"id": 1}])
        return [entry for entry, _ in self._entries]

    def _subject(self, subject: Subject, *, is_new: bool) -> _SubjectRow:
        if subject in self._subjects:
            return self._subjects[subject]
        if is_new:
            return _NEW_SUBJECT
        self.preload(subject.kind, [subject.id])
        return self._seen[subject]

    def _write_subjects(self) -> None:
        new: list[dict[str, Any]] = []
        known: list[dict[str, Any]] = []
        for subject, row in self._subjects.items():
            is_new = self._seen.get(subject, _NEW_SUBJECT) is _NEW_SUBJECT
            (new if is_new else known).append(_columns(row) | {"kind": subject.kind, "id": subject.id})
        insert_rows(self._connection, log_subject, new)
        update_rows(self._connection, log_subject, ("kind", "id"), known)


def _subject_row(found: Row[Any]) -> _SubjectRow:
    return _SubjectRow(found.version, found.position, found.published_ms, found.public_hash, found.internal_hash)


def _hash(subject: Subject, state: State, *, internal: bool) -> str | None:
    if state.public is None:
        return None
    return hash_of(subject, state.public, state.restricted) if internal else hash_of(subject, state.public)


def _entry(draft: Draft, position: Position, row: _SubjectRow, *, was_shown: bool) -> Entry:
    before, after = draft.before, draft.after
    shown = after.public is not None
    hidden_before = before.public is None
    return Entry(
        position=position,
        event_id=str(uuid.uuid4()),
        event=draft.event,
        published_ms=row.published_ms,
        subject=draft.subject,
        version=row.version,
        origin=draft.origin,
        actor=draft.actor,
        correlation_id=draft.correlation_id,
        visibility=_visibility(was_shown=was_shown, is_shown=shown),
        document=after.public,
        changes=changes_between(before.public, after.public),
        restricted=after.restricted if shown else None,
        restricted_changes=changes_between(
            None if hidden_before else before.restricted, after.restricted if shown else None
        ),
        redirect=draft.redirect,
    )


def _visibility(*, was_shown: bool, is_shown: bool) -> Visibility:
    if is_shown:
        return Visibility.STAYED if was_shown else Visibility.ENTERED
    return Visibility.LEFT if was_shown else Visibility.HIDDEN


def _row(entry: Entry, author: str | None) -> dict[str, Any]:
    return {
        "position": entry.position.number,
        "generation": entry.position.generation,
        "event_id": entry.event_id,
        "event": entry.event,
        "published_ms": entry.published_ms,
        "subject_kind": entry.subject.kind,
        "subject_id": entry.subject.id,
        "version": entry.version,
        "origin": entry.origin,
        "actor": entry.actor,
        "author": author,
        "correlation_id": entry.correlation_id,
        "visibility": entry.visibility,
        "document": _text(entry.document),
        "changes": dump_json(entry.changes),
        "restricted": _text(entry.restricted),
        "restricted_changes": dump_json(entry.restricted_changes),
        "redirect": entry.redirect,
    }


def _text(document: Json | None) -> str | None:
    return None if document is None else dump_json(document)


def _columns(row: _Head | _SubjectRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}
