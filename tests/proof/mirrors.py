"""Mirrors of the registry, made with the follower that every reader uses: over HTTP and over Kafka."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from hashlib import blake2b
from types import TracebackType
from typing import Any, Self

import orjson

from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.follower import Follower
from services.events.following.protocol import EntrySource, Snapshot, SnapshotSource
from tests.proof.told import Told, told_by_entry

_MODULUS = 1 << 256


class Copy:
    """A reader that keeps the hash of each organisation, as docs/events.md says, and everything that it was given."""

    def __init__(self, view: View) -> None:
        self.position: Position | None = Position(1, 0)
        self.published_ms = 0
        self.told: list[Told] = []
        self.loaded: list[int] = []
        """Positions of the snapshots that it had to take."""
        self.view = view
        self._hashes: dict[str, int] = {}

    def load(self, snapshot: Snapshot) -> None:
        """Become the snapshot."""
        self._hashes = {
            str(record.subject): self._hash(str(record.subject), record.document, record.restricted)
            for record in snapshot.records
        }
        self.position, self.published_ms = snapshot.position, snapshot.published_ms
        self.loaded.append(snapshot.position.number)

    def apply(self, entries: Sequence[Entry]) -> None:
        """Go on by these entries."""
        for entry in entries:
            self.told.append(told_by_entry(entry))
            subject = str(entry.subject)
            self._hashes.pop(subject, None)
            if entry.document is not None:
                self._hashes[subject] = self._hash(subject, entry.document, entry.restricted)
            self.position, self.published_ms = entry.position, entry.published_ms

    @property
    def digest(self) -> str:
        """What proves that it has the same organisations with the same documents."""
        return f"{sum(self._hashes.values()) % _MODULUS:064x}"

    def _hash(self, subject: str, document: Any, restricted: Any) -> int:
        seen = [document, restricted] if self.view is View.INTERNAL else [document]
        text = orjson.dumps([*subject.split("/", 1), *seen], option=orjson.OPT_SORT_KEYS)
        return int.from_bytes(blake2b(text, digest_size=32).digest(), "big")


class Mirror(AbstractContextManager["Mirror"]):
    """A copy that is kept in step while the context is open."""

    def __init__(self, name: str, copy: Copy, snapshots: SnapshotSource, entries: EntrySource) -> None:
        self.name = name
        self.copy = copy
        self._follower = Follower(snapshots, entries, self.copy, name)

    def __enter__(self) -> Self:
        self._follower.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._follower.stop()

    def position(self) -> int:
        """Where it stands."""
        return self.copy.position.number if self.copy.position else 0
