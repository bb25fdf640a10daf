"""Reading the changes topic back: what Kafka acknowledged must be there, position after position."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing

import structlog
from kafka.errors import KafkaError
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from services.database import reading
from services.events.backoff import Backoff
from services.events.brokers import BrokersUnreachable
from services.events.contracts.position import Position
from services.events.log.reading import read_head
from services.events.log.tables import log_entry
from services.events.relay import metrics
from services.events.relay.contiguity import Contiguity
from services.events.relay.marks import lowest_mark
from services.events.relay.topic_states import consumer_from, positions_of
from services.events.topics import topics_of
from services.settings import Settings

_POLL_MS = 1_000
_EXPECTED = (BrokersUnreachable, KafkaError, SQLAlchemyError)

log = structlog.get_logger(__name__)


class ReadBack:
    """Follows the changes topic from the mark on; an alarm says what is missing there, and when nothing comes at all.

    One relay does it, the one that `is_responsible`; while it `is_busy` publishing, that comes first.
    """

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        is_responsible: Callable[[], bool],
        is_busy: Callable[[], bool] = lambda: False,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._is_responsible = is_responsible
        self._is_busy = is_busy
        self._generation = 0
        self._seen: Contiguity | None = None
        self._heard = time.monotonic()
        self._is_silent = False
        self._stop = threading.Event()
        self._backoff = Backoff(self._stop)
        self._thread = threading.Thread(target=self._run, name="relay-read-back", daemon=True)

    def start(self) -> None:
        """Begin; return at once."""
        self._thread.start()

    def stop(self) -> None:
        """End within a second or two."""
        self._stop.set()
        self._thread.join()

    def complaint(self) -> str | None:
        """What is missing, or that nothing comes, for `/health/ready`."""
        if self._seen is None:
            return None
        return self._silence() or self._gaps(sorted(self._seen.missing))

    def _silence(self) -> str | None:
        """The registry writes a heartbeat when it has nothing else to write: so something must come."""
        heartbeat, seconds = self._settings.heartbeat_seconds, time.monotonic() - self._heard
        if not heartbeat or seconds <= heartbeat + self._settings.relay_alarm_seconds:
            return None
        return f"nothing was read back for {seconds:.0f} s; the registry writes every {heartbeat:g} s at least"

    def _gaps(self, missing: Sequence[int]) -> str | None:
        if not missing:
            return None
        first, last = (Position(self._generation, number) for number in (missing[0], missing[-1]))
        return (
            f"{len(missing)} entries from {first} to {last} are not in the topic: dwr replay --from {first} --to {last}"
        )

    def _run(self) -> None:
        while not self._stop.wait(_POLL_MS / 1_000):
            if not self._is_responsible():
                self._seen = None
                continue
            try:
                self._follow()
            except Exception as error:
                defect = not isinstance(error, _EXPECTED)
                log.warning("read_back_interrupted", cause=str(error), exc_info=defect)
                self._backoff.wait()

    def _follow(self) -> None:
        seen, since_ms = self._begin()
        topic = topics_of(self._settings).changes.name
        with closing(consumer_from(topic, since_ms, self._settings)) as consumer:
            self._backoff.reset()
            while not self._stop.is_set() and self._is_responsible():
                if self._is_busy():
                    self._rest(seen)
                    continue
                self._take(seen, positions_of(consumer.poll(timeout_ms=_POLL_MS)))
                if not self._check(seen):
                    return

    def _rest(self, seen: Contiguity) -> None:
        seen.rest()
        self._heard = time.monotonic()
        self._stop.wait(_POLL_MS / 1_000)

    def _begin(self) -> tuple[Contiguity, int]:
        """Where to begin: where it was, else at the mark; gives also the time of the entry there."""
        with reading(self._engine) as connection:
            mark = lowest_mark(connection, self._settings.relay_slots)
            if self._seen is None or mark.generation != self._generation:
                self._heard = time.monotonic()
                # Topics that were made anew lack what is not in the log any more.
                whole_after = read_head(connection).first - 1
                self._seen, self._generation = Contiguity(max(mark.number, whole_after)), mark.generation
            here = select(log_entry.c.published_ms).where(log_entry.c.position == self._seen.position)
            return self._seen, connection.execute(here).scalar() or 0

    def _take(self, seen: Contiguity, positions: Sequence[Position]) -> None:
        for position in positions:
            if position.generation == self._generation:
                seen.saw(position.number)
        if positions:
            self._heard = time.monotonic()

    def _check(self, seen: Contiguity) -> bool:
        """Look whether anything is missing; gives False when there is another history by now."""
        with reading(self._engine) as connection:
            mark = lowest_mark(connection, self._settings.relay_slots)
        if mark.generation != self._generation:
            return False
        if gap := seen.gap(mark.number, time.monotonic(), self._settings.relay_alarm_seconds):
            first, last = (str(Position(self._generation, number)) for number in (gap.first, gap.last))
            log.error("acknowledged_entries_are_missing", first=first, last=last, remedy="dwr replay")
        self._tell_silence()
        metrics.READ_BACK.set(seen.position)
        metrics.MISSING.set(len(seen.missing))
        metrics.SILENT.set(time.monotonic() - self._heard)
        return True

    def _tell_silence(self) -> None:
        """Log it when it begins."""
        silence = self._silence()
        if silence and not self._is_silent:
            log.error("changes_topic_is_silent", complaint=silence)
        self._is_silent = silence is not None
