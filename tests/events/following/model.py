"""A reader that is nothing but a copy of the state, with the digest that proves it."""

from collections.abc import Sequence
from typing import Any

from services.events.contracts.entries import Entry, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.protocol import Snapshot
from services.events.log.digest import EMPTY, hash_of, replaced


class Mirror:
    """Keeps the documents of a view; counts how it came by them."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.position: Position | None = None
        self.published_ms = 0
        self.documents: dict[Subject, tuple[Any, ...]] = {}
        self.snapshots = 0
        self.applied: list[Position] = []
        self.failures_to_come = 0

    def load(self, snapshot: Snapshot) -> None:
        documents = {record.subject: self._seen(record.document, record.restricted) for record in snapshot.records}
        self.documents, self.position, self.published_ms = documents, snapshot.position, snapshot.published_ms
        self.snapshots += 1

    def apply(self, entries: Sequence[Entry]) -> None:
        if self.failures_to_come:
            self.failures_to_come -= 1
            raise RuntimeError("the mirror was told to fail")
        for entry in entries:
            if entry.document is None:
                self.documents.pop(entry.subject, None)
            else:
                self.documents[entry.subject] = self._seen(entry.document, entry.restricted)
            self.position, self.published_ms = entry.position, entry.published_ms
            self.applied.append(entry.position)

    @property
    def digest(self) -> str:
        digest = EMPTY
        for subject, documents in self.documents.items():
            digest = replaced(digest, None, hash_of(subject, *documents))
        return digest

    def _seen(self, document: Any, restricted: Any) -> tuple[Any, ...]:
        return (document, restricted) if self.view is View.INTERNAL else (document,)
