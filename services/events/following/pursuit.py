"""Keeping a reader in step with the log, in the caller's thread: a snapshot where one is needed, then the entries.

Whatever fails is tried again from where the reader stands.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.events.backoff import Backoff
from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.following.protocol import (
    EntrySource,
    Reader,
    SnapshotSource,
    SourceUnavailable,
    check_contiguous,
)
from services.events.log.problems import PositionAhead, PositionBeyondFork, PositionExpired

NEEDS_SNAPSHOT = (PositionAhead, PositionBeyondFork, PositionExpired)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The reader became a snapshot."""

    position: Position


@dataclass(frozen=True, slots=True)
class Begun:
    """The reader is about to follow from its position."""

    position: Position


@dataclass(frozen=True, slots=True)
class Applied:
    """The reader went on by entries; by none when nothing came for a while."""

    position: Position


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Something failed, and is tried again after a wait once the caller goes on."""

    error: Exception

    @property
    def needs_snapshot(self) -> bool:
        """Whether the reader's position is gone, so that it is loaded from a snapshot next."""
        return isinstance(self.error, NEEDS_SNAPSHOT)


Step = Loaded | Begun | Applied | Interrupted


class Pursuit:
    """Keeps `reader` in step with the log while somebody goes through `steps`."""

    def __init__(self, snapshots: SnapshotSource, entries: EntrySource, reader: Reader, stop: threading.Event) -> None:
        self._snapshots = snapshots
        self._entries = entries
        self._reader = reader
        self._stop = stop
        self._must_load = False
        self._backoff = Backoff(stop)

    def steps(self) -> Iterator[Step]:
        """Each step once it is done, until `stop` is set. Whatever fails is a step too, and no exception."""
        while not self._stop.is_set():
            try:
                yield from self._follow()
            except Exception as error:  # noqa: BLE001 - the reader's own included: it stands where it stood
                interrupted = Interrupted(error)
                self._must_load = self._must_load or interrupted.needs_snapshot
                yield interrupted
                self._backoff.wait(error.retry_after_seconds if isinstance(error, SourceUnavailable) else 0.0)

    def _follow(self) -> Iterator[Step]:
        if self._must_load or self._reader.position is None:
            yield self._load()
        position = self._reader.position
        if position is None:
            raise RuntimeError("the reader has no position after it was loaded")
        yield Begun(position)
        for batch in self._entries.follow(position, self._reader.published_ms, self._stop):
            position = self._apply(position, batch)
            self._backoff.reset()
            yield Applied(position)

    def _load(self) -> Step:
        with self._snapshots.snapshot() as snapshot:
            self._reader.load(snapshot)
        self._must_load = False
        return Loaded(snapshot.position)

    def _apply(self, position: Position, batch: Sequence[Entry]) -> Position:
        entries = [entry for entry in batch if entry.position > position]
        if entries:
            check_contiguous(position, entries)
            self._reader.apply(entries)
            position = entries[-1].position
        return position
