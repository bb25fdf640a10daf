"""The interfaces between what brings the log and what reads it."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from services.events.contracts.entries import Current, Entry
from services.events.contracts.position import Position


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of every public subject at exactly one position."""

    position: Position
    published_ms: int
    """Time of the entry at that position: what a Kafka reader seeks by."""
    digest: str | None
    """Of the view at that position; none where nobody knows it, as of records that were made up."""
    records: Iterable[Current]
    """Readable once. Raises SnapshotIncomplete when what carries it breaks off before its end."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Records of a snapshot as text. Who has many of them may let another process read them."""

    texts: Iterable[bytes]
    read: Callable[[bytes], Current]
    """A function of a module, by whose name another process finds it. Raises SnapshotIncomplete for what is none."""

    def __iter__(self) -> Iterator[Current]:
        return map(self.read, self.texts)


class SourceUnavailable(Exception):  # noqa: N818 - the state of things, not a defect
    """A source does not answer, or refuses; the text has the cause."""

    def __init__(self, cause: str, *, retry_after_seconds: float = 0.0) -> None:
        super().__init__(cause)
        self.retry_after_seconds = retry_after_seconds
        """How long the source asks to be left alone; 0 when it does not say."""


class Refused(SourceUnavailable):
    """The registry refuses for a reason that asking again does not mend: a missing right, a wrong address."""

    def __init__(self, status: int, cause: str) -> None:
        super().__init__(cause)
        self.status = status


class AnswerUnreadable(SourceUnavailable):
    """What answered is no registry, or something between garbled what it said."""


class SnapshotIncomplete(SourceUnavailable):
    """The snapshot broke off before its end: what was read of it is not the state of any position."""


class SnapshotDiffers(SourceUnavailable):
    """The snapshot came to its end and is not what the log holds: documents are missing, too many or others."""

    def __init__(self, position: Position, told: str, found: str) -> None:
        super().__init__(f"the snapshot of {position} says that its digest is {told}, and its documents have {found}")


class GapInEntries(SourceUnavailable):
    """A source skipped a position: what follows must not be applied."""

    def __init__(self, position: Position, following: Position) -> None:
        super().__init__(f"after {position} came {following}: entries between them are missing")


class SnapshotSource(Protocol):
    """Where snapshots come from."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Open a snapshot of now; its records stream while the context is open."""
        ...

    def head(self) -> Position:
        """Where the log stands now."""
        ...


class EntrySource(Protocol):
    """Where entries come from: the database, the HTTP feed, Kafka. Each delivers the same ones in the same order."""

    def follow(self, after: Position, since_ms: int, stop: threading.Event) -> Iterator[Sequence[Entry]]:
        """Batches from the entry after `after` on, contiguous and in order, until `stop` is set.

        An empty batch says that nothing came for a while. `since_ms` is the time of the entry at `after` (0 when not
        known). Raises PositionAhead, PositionBeyondFork or PositionExpired where the reader must take a snapshot.
        """
        ...


class Reader(Protocol):
    """What is kept in step with the log."""

    @property
    def position(self) -> Position | None:
        """Where the reader stands; none before its first snapshot."""
        ...

    @property
    def published_ms(self) -> int:
        """Time of the entry at `position`, 0 when not known."""
        ...

    def load(self, snapshot: Snapshot) -> None:
        """Become the snapshot, whatever was held before."""
        ...

    def apply(self, entries: Sequence[Entry]) -> None:
        """Go on by these entries. One that was applied before has no effect."""
        ...


def check_contiguous(position: Position, entries: Sequence[Entry]) -> None:
    """Raise GapInEntries unless the entries follow on the position, one on the other."""
    for entry in entries:
        if entry.position.number != position.number + 1 or entry.position.generation < position.generation:
            raise GapInEntries(position, entry.position)
        position = entry.position
