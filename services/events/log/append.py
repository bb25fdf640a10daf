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

from services.events.contracts.changes import changes_between
from services.events.contracts.entries import Entry, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View, Visibility
from services.events.log.drafts import Draft
from services.events.log.entry_rows import row_of
from services.events.log.guard import HistoryGuard
from services.events.log.hashes import NO_HASHES, Hashes, hashes_of, moved, read_hashes, stored_hashes
from services.events.log.rows import insert_rows, update_rows
from services.events.log.tables import log_entry, log_head, log_subject
from services.problems import Unavailable

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
class _Head:
    generation: int
    position: int
    published_ms: int
    digests: Hashes


@dataclass(frozen=True, slots=True)
class _SubjectRow:
    version: int
    position: int
    published_ms: int
    hashes: Hashes
    """Of each view that holds the subject."""


_NEW_SUBJECT = _SubjectRow(0, 0, 0, NO_HASHES)


class LogWriter:
    """The log within one writing transaction: locked from the first look to the commit.

    Entries are collected and written by `flush`, so that a batch of commands costs three statements; `checkpoint` and
    `back_to` take back the entries of a command that failed while the others of its batch go on.
    """

    def __init__(self, connection: Connection, clock: Clock = system_clock, guard: HistoryGuard | None = None) -> None:
        """Lock the log. Raises FormerGeneration where the guard knows another history."""
        self._connection = connection
        self._clock = clock
        self._head = self._lock()
        if guard is not None:
            guard.check(self.position)
        self._entries: list[tuple[Entry, str | None, int | None]] = []
        """Each with its author, and with the position of its subject's entry before."""
        self._subjects: dict[Subject, _SubjectRow] = {}
        """As they are after the entries so far."""
        self._seen: dict[Subject, _SubjectRow] = {}
        """As the database has them: what is not taken back with entries."""

    def _lock(self) -> _Head:
        row = self._connection.execute(_LOCK_HEAD).one()
        digests = read_hashes(row.digests)
        if len(digests) != len(View):
            raise Unavailable("The log has no digest of a view that was declared since: run dwr migrate.")
        return _Head(row.generation, row.position, row.published_ms, digests)

    @property
    def position(self) -> Position:
        """The position of the last entry so far, this transaction's included."""
        return Position(self._head.generation, self._head.position)

    @property
    def published_ms(self) -> int:
        """Time of that entry; 0 before the first one."""
        return self._head.published_ms

    def checkpoint(self) -> tuple[Any, ...]:
        """A mark to come back to."""
        return self._head, len(self._entries), dict(self._subjects)

    def back_to(self, mark: tuple[Any, ...]) -> None:
        """Forget the entries since the mark: their positions are given again."""
        self._head, length, self._subjects = mark
        del self._entries[length:]

    def begin_generation(self, generation: int) -> None:
        """Give the entries from here on positions of a higher generation."""
        self._head = replace(self._head, generation=generation)

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
            hashes=hashes_of(draft.subject, draft.after.public, draft.after.restricted),
        )
        self._head = replace(
            self._head,
            position=after.position,
            published_ms=after.published_ms,
            digests=moved(self._head.digests, seen.hashes, after.hashes),
        )
        self._subjects[draft.subject] = after
        position = Position(self._head.generation, after.position)
        entry = _entry(draft, position, after, was_shown=View.PUBLIC in seen.hashes)
        self._entries.append((entry, draft.author, seen.position or None))
        return entry

    def flush(self) -> list[Entry]:
        """Write what was appended. Call it once, last, before the commit."""
        if self._entries:
            insert_rows(self._connection, log_entry, [row_of(*written) for written in self._entries])
            self._write_subjects()
            update_rows(self._connection, log_head, ("id",), [_head_row(self._head) | {"id": 1}])
        return [entry for entry, _, _ in self._entries]

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
    return _SubjectRow(found.version, found.position, found.published_ms, read_hashes(found.hashes))


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
        causation_id=draft.causation_id,
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


def _head_row(head: _Head) -> dict[str, Any]:
    return {
        "generation": head.generation,
        "position": head.position,
        "published_ms": head.published_ms,
        "digests": stored_hashes(head.digests),
    }


def _columns(row: _SubjectRow) -> dict[str, Any]:
    return {
        "version": row.version,
        "position": row.position,
        "published_ms": row.published_ms,
        "hashes": stored_hashes(row.hashes),
    }
