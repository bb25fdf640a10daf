"""The thread that keeps a reader in step with the log: a snapshot where one is needed, then entry after entry."""

import threading
import time
from dataclasses import dataclass, replace

import structlog

from services.events.contracts.position import Position
from services.events.following.protocol import EntrySource, Reader, SnapshotSource, SourceUnavailable
from services.events.following.pursuit import Begun, Interrupted, Loaded, Pursuit
from services.telemetry.metrics import FOLLOWER_ERRORS

log = structlog.get_logger(__name__)

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
        self._name = name
        self._goal: Position | None = None
        self._ask_again = float("-inf")
        self._stop = threading.Event()
        self._pursuit = Pursuit(snapshots, entries, reader, self._stop)
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
        for step in self._pursuit.steps():
            if isinstance(step, Interrupted):
                self._interrupted(step)
                continue
            if isinstance(step, Loaded):
                log.info("follower_loaded_snapshot", reader=self._name, position=str(step.position))
            if not isinstance(step, Begun):
                self._show(step.position)
            self._look_ahead(step.position)

    def _interrupted(self, step: Interrupted) -> None:
        error = step.error
        if step.needs_snapshot:
            log.warning("follower_needs_snapshot", reader=self._name, cause=str(error))
        else:
            defect = None if isinstance(error, SourceUnavailable) else error
            log.warning("follower_interrupted", reader=self._name, cause=str(error), exc_info=defect)
        FOLLOWER_ERRORS.labels(self._name).inc()
        # The reader is not asked where it stands: what keeps its position may be what does not answer.
        self.state = replace(self.state, error=str(error))

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
        self._show(position, head=max(head, position))

    def _show(self, position: Position, *, head: Position | None = None) -> None:
        reached = self._goal is not None and position >= self._goal
        self.state = FollowerState(
            position=position,
            head=head or self.state.head,
            caught_up=self.state.caught_up or reached,
        )
