"""A durable mirror of the registry in a SQLite file."""

import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from services.events.client.keeping import Change, Keeper, OnChanges
from services.events.client.locking import Lock
from services.events.client.mirror_file import MirrorFile
from services.events.client.problems import ClientError, PositionNotReached
from services.events.client.registry import Registry
from services.events.contracts.position import Position
from services.events.following.protocol import EntrySource, Refused, SnapshotDiffers, SnapshotSource, SourceUnavailable
from services.events.following.pursuit import Interrupted, Loaded, Pursuit, Step
from services.events.verifying.comparing import MOST_NAMED, compare
from services.events.verifying.report import Report

log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.02
"""How often who waits for a position looks: another process may be the one that keeps the file."""


class Mirror(MirrorFile):
    """Keeps the file in step with the registry while somebody goes through `follow` (or `run`, or `catch_up`).

    Killed at any moment, the next one goes on from where the file stands. When that cannot be (the registry was
    restored, entries are not kept any more), the mirror loads a snapshot and tells what is different in it. Readers of
    the file see one whole state all the while.
    """

    def __init__(
        self,
        file: str | Path,
        registry: Registry,
        *,
        entries: EntrySource | None = None,
        snapshots: SnapshotSource | None = None,
        on_changes: OnChanges | None = None,
    ) -> None:
        """`entries` brings the entries where that is not the registry's feed: `KafkaEntries`.

        `snapshots` brings the snapshots where that is not the one of now: `KeptSnapshots`.

        `on_changes` is called with the changes of each step before they are committed: when it raises, so does
        `follow`, and the same changes come again. So whatever it does elsewhere is done at least once.

        Raises MirrorInUse, MirrorOfOtherView, NotAMirror or MirrorUnusable.
        """
        super().__init__(file)
        self._registry = registry
        self._entries = entries or registry
        self._snapshots = snapshots or registry
        self._lock = Lock(self.file)
        try:
            self._keeper = Keeper(self.file, registry.view, on_changes)
        except BaseException:
            self._lock.release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; another Mirror may keep it from now on."""
        self._keeper.close()
        self._lock.release()

    def follow(self, stop: threading.Event | None = None) -> Iterator[Change]:
        """Go on for ever, or until `stop` is set; each change once it is committed.

        What asking again may mend is waited for and logged. Raises Refused, SnapshotDiffers, MirrorUnusable, and what
        `on_changes` raises: call it again to go on from there.
        """
        for _ in self._steps(stop or threading.Event()):
            yield from self._keeper.take_changes()

    def run(self, stop: threading.Event | None = None) -> None:
        """`follow` for who has `on_changes`, or asks the file."""
        for _ in self.follow(stop):
            pass

    def catch_up(self, seconds: float = 60.0) -> Position:
        """Follow until the mirror stands where the log stood at the beginning; where that is.

        Raises PositionNotReached when that takes longer than the seconds, and what `follow` raises.
        """
        stop, over = threading.Event(), time.monotonic() + seconds
        goal: Position | None = None
        for _ in self._steps(stop):
            self._keeper.take_changes()
            goal = goal or self._head()
            here = self.position
            if goal and here and here >= goal:
                return here
            if time.monotonic() > over:
                raise PositionNotReached(goal or Position(1, 0), seconds)
        raise AssertionError("the steps end only when they are told to")

    def wait_for(self, position: Position | str, seconds: float = 10.0) -> None:
        """Return when the mirror has reached the position, such as a write returned, whoever follows meanwhile.

        Raises PositionNotReached when it has not within the seconds, and PositionBeyondFork when the registry was
        restored to an earlier state and the position will never be reached.
        """
        wanted = position if isinstance(position, Position) else Position.parse(position)
        over = time.monotonic() + seconds
        while (here := self.position) is None or here < wanted:
            if time.monotonic() > over:
                raise PositionNotReached(wanted, seconds)
            threading.Event().wait(_LOOK_SECONDS)
        if here.generation > wanted.generation:
            self._registry.wait_for(wanted)

    def verify(self, registry: Registry | None = None, *, most: int = MOST_NAMED) -> Report:
        """Compare what the mirror holds with the log at the mirror's position, and name `most` of what differs.

        The hashes are made anew of the documents in the file. Raises PositionAhead, PositionBeyondFork or
        PositionTooFarBack where the log has no state there to compare with: catch up, then verify again.
        """
        with self.held() as holding:
            return compare(holding, registry or self._registry, most=most)

    def _head(self) -> Position | None:
        try:
            return self._registry.head()
        except Refused:
            raise
        except SourceUnavailable:
            return None

    def _steps(self, stop: threading.Event) -> Iterator[Step]:
        for step in Pursuit(self._snapshots, self._entries, self._keeper, stop).steps():
            if isinstance(step, Interrupted):
                _consider(step)
            elif isinstance(step, Loaded):
                log.info("the mirror %s became the snapshot of %s", self.file.name, step.position)
            yield step


def _consider(step: Interrupted) -> None:
    """Log what is tried again. Raises what is not: nothing that the registry will say later mends it."""
    error = step.error
    again = step.needs_snapshot or isinstance(error, SourceUnavailable)
    if not again or isinstance(error, Refused | SnapshotDiffers | ClientError):
        raise error
    log.warning("the mirror is interrupted and goes on by itself: %s", error)
