"""The relay's thread: reads the log after its mark, publishes, waits for the acknowledgement, moves the mark."""

import threading
from collections.abc import Sequence

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.database import reading
from services.events.backoff import Backoff
from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.log.reading import entries_after
from services.events.log.signal import LogSignal
from services.events.relay import metrics
from services.events.relay.kafka import KafkaPublisher
from services.events.relay.lag import Lag
from services.events.relay.lease import Lease, LeaseLost
from services.events.relay.progress import Progress
from services.events.relay.publisher import Publisher, PublishingFailed, Record
from services.events.relay.records import records_of
from services.events.relay.refill import NO_REFILL, Refill
from services.events.topics import topics_of
from services.settings import Settings

log = structlog.get_logger(__name__)

LEASE_SECONDS = 30.0
"""Half of it is more than a record is tried for, see `Progress.keep`."""
_RECORDS_AN_ENTRY = 3
_EXPECTED = (PublishingFailed, SQLAlchemyError, LeaseLost)


class Relay:
    """Publishes the log to Kafka from the mark on, at least once and in order; of several relays one is active.

    Nothing that happens to the broker, its topics or the database ends it: it says the cause, waits and begins anew
    from the mark. After a failure the records from the first unacknowledged one on are repeated in order.
    """

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        signal: LogSignal,
        *,
        publisher: Publisher | None = None,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._signal = signal
        self._publisher = publisher or KafkaPublisher(settings)
        self._lease_seconds = lease_seconds
        self._topics = topics_of(settings)
        self._batch = max(1, settings.relay_in_flight // _RECORDS_AN_ENTRY)
        self._stop = threading.Event()
        self._backoff = Backoff(self._stop)
        self._lag = Lag(engine)
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    def start(self) -> None:
        """Begin. Returns at once, whether there is a broker or not."""
        self._thread.start()

    def stop(self) -> None:
        """Wait for what is in flight, a few seconds at most, write the mark and hand the lease back."""
        self._stop.set()
        self._signal.nudge()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._take_turn()
            except Exception as error:
                metrics.FAILURES.inc()
                log.warning("relay_interrupted", cause=str(error), exc_info=not isinstance(error, _EXPECTED))
                self._lag.measure()
                self._backoff.wait()

    def _take_turn(self) -> None:
        """Hold the lease, if it is free, until something goes wrong or the relay is stopped."""
        lease = Lease(self._engine, self._lease_seconds)
        mark = lease.acquire()
        if mark is None:
            self._stop.wait(min(self._settings.poll_seconds, self._lease_seconds))
            return
        progress = Progress(lease, mark)
        self._lag.observe(mark)
        metrics.ACTIVE.set(1)
        try:
            self._publish_log(progress)
        finally:
            metrics.ACTIVE.set(0)
            self._publisher.close()
            _end(progress)

    def _publish_log(self, progress: Progress) -> None:
        refill = self._refill(self._publisher.open(), progress)
        log.info("relay_active", position=str(progress.mark))
        while not self._stop.is_set():
            progress.keep()
            if entries := self._read(progress.mark):
                self._publish(entries, progress, refill)
                self._backoff.reset()
            else:
                patience = progress.patience(self._settings.poll_seconds)
                self._signal.wait_beyond(progress.mark, patience, self._stop)
            self._lag.observe(progress.mark)

    def _refill(self, created: frozenset[str], progress: Progress) -> Refill:
        """What topics that were missing need: all entries from the first one on, while the others have them.

        The mark goes back in the database first: if this process dies meanwhile, the next one begins there too and
        repeats for every topic, which readers bear.
        """
        if not created or not progress.mark.number:
            return NO_REFILL
        refill = Refill(created, progress.mark.number)
        log.error("missing_topics_are_filled_anew", topics=sorted(created), until=str(progress.mark))
        progress.go_back()
        return refill

    def _read(self, mark: Position) -> list[Entry]:
        with reading(self._engine) as connection:
            return entries_after(connection, mark.number, self._batch)

    def _publish(self, entries: Sequence[Entry], progress: Progress, refill: Refill) -> None:
        records: list[Record] = []
        ends = []
        for entry in entries:
            made = records_of(entry, self._topics, self._settings.effective_public_url)
            records.extend(record for record in made if refill.wants(record, entry.position))
            ends.append(len(records))
        try:
            self._publisher.publish(records, self._stop)
        except PublishingFailed as failure:
            if done := sum(end <= failure.acknowledged for end in ends):
                progress.acknowledged(entries[:done])
            raise
        progress.acknowledged(entries)


def _end(progress: Progress) -> None:
    try:
        progress.end()
    except (LeaseLost, SQLAlchemyError) as error:
        log.warning("relay_mark_not_written", cause=str(error))
