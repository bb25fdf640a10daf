"""The part of a registry that has snapshots kept as often as the settings say."""

import threading
import time

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.database import reading
from services.events.backoff import Backoff
from services.events.log.reading import read_head
from services.events.snapshots.apart import KeepingFailed, ProcessApart
from services.events.snapshots.keeping import Policy, is_due, newest_kept
from services.settings import Settings
from services.telemetry.metrics import (
    LOG_FIRST_POSITION,
    SNAPSHOT_FAILURES,
    SNAPSHOT_MADE,
    SNAPSHOT_POSITION,
    SNAPSHOT_SECONDS,
)

_LONGEST_TURN_SECONDS = 60.0
_LOOKS = 4
"""How often it looks, in the time between two snapshots, whether one is due: none comes much later than it should."""
_LONGEST_BACKOFF_SECONDS = 3_600.0
_HOUR_SECONDS = 3_600
_EXPECTED = (KeepingFailed, OSError, SQLAlchemyError)

log = structlog.get_logger(__name__)


class SnapshotKeeper:
    """Looks whether a snapshot is due, and has another process make it. Any number may run: they take turns.

    A disk that is full or a database that does not answer is logged, counted, and tried again later and later.
    """

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._policy = Policy.of(settings)
        self._engine = engine
        self._process = ProcessApart(settings)
        self._turn_seconds = min(_LONGEST_TURN_SECONDS, self._policy.hours * _HOUR_SECONDS / _LOOKS)
        self._stop = threading.Event()
        self._backoff = Backoff(self._stop, first=self._turn_seconds, longest=_LONGEST_BACKOFF_SECONDS)
        self._thread = threading.Thread(target=self._run, name="snapshots", daemon=True)

    def start(self) -> None:
        """Begin; return at once."""
        self._thread.start()

    def stop(self) -> None:
        """End, and end the snapshot that is under way: it is begun anew by whoever looks next."""
        self._stop.set()
        self._process.end()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._take_turn()
                self._backoff.reset()
                self._stop.wait(self._turn_seconds)
            except Exception as error:
                if self._stop.is_set():
                    return
                SNAPSHOT_FAILURES.inc()
                log.error("snapshot_failed", cause=str(error), exc_info=not isinstance(error, _EXPECTED))  # noqa: TRY400
                self._backoff.wait()

    def _take_turn(self) -> None:
        if is_due(self._policy, self._engine):
            self._make()
        newest = newest_kept(self._policy.shelf, self._engine)
        SNAPSHOT_POSITION.set(newest.position if newest else 0)
        SNAPSHOT_MADE.set(newest.made_ms / 1_000 if newest else 0)
        with reading(self._engine) as connection:
            LOG_FIRST_POSITION.set(read_head(connection).first)

    def _make(self) -> None:
        began = time.monotonic()
        if position := self._process.run():
            seconds = time.monotonic() - began
            SNAPSHOT_SECONDS.set(seconds)
            log.info("snapshot_kept", position=str(position), seconds=round(seconds, 1))
