"""The thread that keeps a reader in step with the log: a snapshot where one is needed, then entry after entry."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

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
from services.telemetry.metrics import FOLLOWER_ERRORS

log = structlog.get_logger(__name__)

_NEEDS_SNAPSHOT = (PositionAhead, PositionBeyondFork, PositionExpired)
_HEAD_SECONDS = 2.0
"""How often the follower asks where the log stands, for its lag."""
_HEAD_UNKNOWN_SECONDS = 10.0
"""How long it does without when nobody answers."""


@dataclass(frozen=True, slots=True)
class FollowerState:
    """How a follower does; a new one replaces it at each step."""

    position: Position | None = None
    head: Position | None = None
    """The newest position of the log that it knows of."""
    caught_up: bool = False
    """Whether it has reached the head that it found when it started, once."""
    error: str | None = None
    """Why it does not get on just now."""

    @property
    def lag_entries(self) -> int:
        """Entries that it knows of and has not applied."""
        if self.head is None or self.position is None:
            return 0
        return max(0, self.head.number - self.position.number)


class Follower:
    """Keeps `reader` in step with the log.

    Whatever fails (the source, the reader itself) is logged and tried again from where the reader stands. A reader
    whose position is gone, or of a history that was given up, is loaded from a snapshot.
    """

    def __init__(self, snapshots: SnapshotSource, entries: EntrySource, reader: Reader, name: str) -> None:
        self._snapshots = snapshots
        self._entries = entries
        self._reader = reader
        self._name = name
        self._must_load = False
        self._goal: Position | None = None
        self._ask_again = float("-inf")
        self._stop = threading.Event()
        self._backoff = Backoff(self._stop)
        self._thread = threading.Thread(target=self._run, name=f"follower-{name}", daemon=True)
        self.state = FollowerState()

    def start(self) -> None:
        """Begin; return at once."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch under way and end."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._follow()
            except _NEEDS_SNAPSHOT as problem:
                log.warning("follower_needs_snapshot", reader=self._name, cause=problem.detail)
                self._must_load = True
                self._interrupted(problem)
            except Exception as error:
                defect = not isinstance(error, SourceUnavailable)
                log.warning("follower_interrupted", reader=self._name, cause=str(error), exc_info=defect)
                self._interrupted(error)

    def _interrupted(self, error: Exception) -> None:
        FOLLOWER_ERRORS.labels(self._name).inc()
        self._show(error=str(error))
        self._backoff.wait()

    def _follow(self) -> None:
        if self._must_load or self._reader.position is None:
            self._load()
        position = self._reader.position
        if position is None:
            raise RuntimeError("the reader has no position after it was loaded")
        self._look_ahead(position)
        for batch in self._entries.follow(position, self._reader.published_ms, self._stop):
            position = self._apply(position, batch)
            self._look_ahead(position)

    def _load(self) -> None:
        with self._snapshots.snapshot() as snapshot:
            log.info("follower_loads_snapshot", reader=self._name, position=str(snapshot.position))
            self._reader.load(snapshot)
        self._must_load = False
        self._show()

    def _apply(self, position: Position, batch: Sequence[Entry]) -> Position:
        entries = [entry for entry in batch if entry.position > position]
        if entries:
            check_contiguous(position, entries)
            self._reader.apply(entries)
            position = entries[-1].position
        self._backoff.reset()
        self._show()
        return position

    def _look_ahead(self, position: Position) -> None:
        """Ask now and then where the log stands; the first answer is what is to be reached to be caught up."""
        if time.monotonic() < self._ask_again:
            return
        self._ask_again = time.monotonic() + _HEAD_SECONDS
        try:
            head = self._snapshots.head()
        except Exception as error:  # noqa: BLE001 - only the lag depends on it: what entries there are still come
            self._ask_again = time.monotonic() + _HEAD_UNKNOWN_SECONDS
            log.info("head_of_log_unknown", reader=self._name, cause=str(error))
            return
        self._goal = self._goal or head
        self._show(head=max(head, position))

    def _show(self, *, head: Position | None = None, error: str | None = None) -> None:
        position = self._reader.position
        reached = position is not None and self._goal is not None and position >= self._goal
        self.state = FollowerState(
            position=position,
            head=head or self.state.head,
            caught_up=self.state.caught_up or reached,
            error=error,
        )
