"""The relay's thread: reads the log after its marks, publishes, waits for the acknowledgement, moves the marks."""

import threading

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.events.backoff import Backoff
from services.events.contracts.catalogue import Event
from services.events.log.signal import LogSignal
from services.events.relay import metrics
from services.events.relay.batch import batch_of
from services.events.relay.kafka import KafkaPublisher
from services.events.relay.lag import Lag
from services.events.relay.leases import LeaseLost, Leases
from services.events.relay.outlet import Outlet
from services.events.relay.present import PresentStates
from services.events.relay.progress import Progress
from services.events.relay.publisher import Publisher, PublishingFailed
from services.events.relay.reconciling import Reconciliation
from services.events.relay.stretches import Stretches
from services.events.relay.under_way import UnderWay
from services.events.topics import topics_of
from services.settings import Settings

log = structlog.get_logger(__name__)

LEASE_SECONDS = 30.0
"""Half of it is more than a record is tried for, see `Progress.keep`."""
_RECORDS_AN_ENTRY = 3
_MANY = 1_000
_BATCHES = 2
"""So many are under way at most."""
_EXPECTED = (PublishingFailed, SQLAlchemyError, LeaseLost)


class Relay:
    """Publishes the log to Kafka from its marks on, at least once and in order; several relays share the log by slots.

    Nothing that happens to the broker, its topics or the database ends it: it says the cause, waits and begins anew
    from the marks. After a failure the records from the first unacknowledged one on are repeated in order.
    """

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        signal: LogSignal,
        *,
        publisher: Publisher | None = None,
        leases: Leases | None = None,
    ) -> None:
        self._settings = settings
        self._signal = signal
        self._topics = topics_of(settings)
        self._leases = leases or Leases(engine, settings.relay_slots, LEASE_SECONDS)
        most = settings.relay_in_flight // _RECORDS_AN_ENTRY // _BATCHES
        self._stretches = Stretches(engine, settings.relay_slots, max(1, most))
        self._stop = threading.Event()
        self._outlet = Outlet(settings, engine, publisher or KafkaPublisher(settings), self._stop)
        present = PresentStates(engine, self._outlet, self._topics, settings.effective_public_url)
        self._reconciliation = Reconciliation(self._outlet, present, self._topics)
        self._backoff = Backoff(self._stop)
        self._lag = Lag(engine)
        self._progress: Progress | None = None
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    @property
    def slots(self) -> frozenset[int]:
        """The slots that this relay works on just now."""
        return frozenset(self._progress.marks if self._progress else ())

    @property
    def is_catching_up(self) -> bool:
        """Whether it has so much to do that what is not urgent should wait."""
        return self._lag.entries > _MANY

    def start(self) -> None:
        """Begin. Returns at once, whether there is a broker or not."""
        self._thread.start()

    def stop(self) -> None:
        """Wait for what is in flight, a few seconds at most, write the marks and hand the leases back."""
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
        """Take a share of the log and publish it until something goes wrong or the relay is stopped.

        It connects first: a relay that reaches no broker leaves all slots to those that do.
        """
        try:
            filled = [topic.name for topic in self._topics.filled]
            self._progress = Progress(self._leases, self._outlet.open(), filled)
            self._publish_log(self._progress)
        finally:
            progress, self._progress = self._progress, None
            self._outlet.close()
            if progress is not None:
                _end(progress)

    def _publish_log(self, progress: Progress) -> None:
        """One batch is under way while the next one is read and handed over."""
        poll_seconds, under_way = self._settings.poll_seconds, UnderWay(self._outlet, progress)
        log.info("relay_active", slots=self._settings.relay_slots)
        while not self._stop.is_set():
            progress.keep()
            if progress.is_time_to_share(poll_seconds):
                under_way.settle()
                progress.share()
            self._outlet.check_topics()
            if self._hand_over_next(progress, under_way):
                self._backoff.reset()
            elif not under_way.settle():
                self._wait(progress, progress.patience(poll_seconds))
            self._lag.observe(progress.lowest)
        under_way.settle()

    def _hand_over_next(self, progress: Progress, under_way: UnderWay) -> bool:
        """Hand over what comes next; gives whether there was anything."""
        stretches = self._stretches.after(progress.next_after())
        batch = batch_of(stretches, progress.refills, self._topics, self._settings.effective_public_url)
        for entry in batch.entries_of(Event.HISTORY_FORKED):
            self._reconciliation.after(entry, progress.keep)
        under_way.add(batch)
        return bool(batch.records)

    def _wait(self, progress: Progress, seconds: float) -> None:
        if lowest := progress.lowest:
            self._signal.wait_beyond(lowest, seconds, self._stop)
        else:
            self._stop.wait(seconds)


def _end(progress: Progress) -> None:
    try:
        progress.end()
    except (LeaseLost, SQLAlchemyError) as error:
        log.warning("relay_marks_not_written", cause=str(error))
