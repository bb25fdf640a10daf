"""Subjects in the tables of a mirror: putting, removing, comparing. All within the caller's transaction."""

from collections.abc import Iterator
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

import orjson

from services.events.contracts.entries import Current, Json, Subject
from services.events.contracts.position import Position
from services.events.contracts.views import Shown, shown
from services.events.contracts.vocabulary import View
from services.events.log.digest import hashed

_DIFFERENT = """
SELECT new.kind, new.id, old.hash IS NOT NULL FROM new_subject AS new
LEFT JOIN subject AS old ON old.kind = new.kind AND old.id = new.id
WHERE old.hash IS NULL OR old.hash <> new.hash OR old.version <> new.version
"""
_GONE = """
SELECT old.kind, old.id FROM subject AS old
LEFT JOIN new_subject AS new ON new.kind = old.kind AND new.id = old.id WHERE new.id IS NULL
"""


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of the mirror, or those of a snapshot that is not in place yet."""

    connection: Connection
    view: View
    prefix: str = ""

    def put(self, told: Current) -> tuple[bytes | None, bytes]:
        """Put a subject in the place of what is there; the hash that it had, and the one that it has now."""
        documents = shown(self.view, told.document, told.restricted)
        if documents is None:
            raise ValueError(f"the view {self.view} does not hold {told.subject}")
        before, after = self.hash_of(told.subject), hashed(told.subject, *documents)
        self._insert(told, after, documents)
        self._redirect(told.subject.id, told.document.get("merged_from", ()))
        return before, after

    def remove(self, subject: Subject, redirect: str | None) -> bytes | None:
        """Remove a subject; `redirect` stands for it from now on. The hash that it had."""
        before = self.hash_of(subject)
        where = (subject.kind, subject.id)
        self.connection.execute(f"DELETE FROM {self.prefix}subject WHERE kind = ? AND id = ?", where)  # noqa: S608
        if redirect:
            self._redirect(redirect, (subject.id,))
        return before

    def hash_of(self, subject: Subject) -> bytes | None:
        """The hash of a subject that is there."""
        query = f"SELECT hash FROM {self.prefix}subject WHERE kind = ? AND id = ?"  # noqa: S608 - a name of ours
        found = self.connection.execute(query, (subject.kind, subject.id)).fetchone()
        return None if found is None else found[0]

    def _insert(self, told: Current, digest: bytes, documents: Shown) -> None:
        position = told.position or Position(0, 0)
        texts = [None if document is None else orjson.dumps(document).decode() for document in documents]
        document, restricted = (*texts, None)[:2]
        row = (told.subject.kind, told.subject.id, told.version, position.generation, position.number, digest)
        self.connection.execute(
            f"INSERT OR REPLACE INTO {self.prefix}subject VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - as above
            (*row, document, restricted),
        )

    def _redirect(self, target: str, identifiers: Any) -> None:
        rows = [(identifier, target) for identifier in identifiers]
        self.connection.executemany(f"INSERT OR REPLACE INTO {self.prefix}redirect VALUES (?, ?)", rows)  # noqa: S608


def different(connection: Connection) -> Iterator[tuple[Subject, bool]]:
    """Subjects that the snapshot has and the mirror has not, or has otherwise; whether the mirror has them at all."""
    for kind, identifier, known in connection.execute(_DIFFERENT):
        yield Subject(kind, identifier), bool(known)


def gone(connection: Connection) -> Iterator[Subject]:
    """Subjects that the mirror has and the snapshot has not."""
    for kind, identifier in connection.execute(_GONE):
        yield Subject(kind, identifier)


def read_json(text: str | None) -> Json | None:
    """A stored document."""
    return None if text is None else orjson.loads(text)
