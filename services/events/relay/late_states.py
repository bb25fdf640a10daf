"""States that come late to the compacted topic, and are replaced by the present ones.

What a relay gave up sending, a network that held it back may still bring, after a newer state of the same organisation.
Among changes that is a repetition, which readers drop; in a compacted topic the older state would be the last and stay.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import closing

import structlog
from kafka import KafkaConsumer
from kafka.errors import KafkaError
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from services.database import reading
from services.events.backoff import Backoff
from services.events.brokers import BrokersUnreachable
from services.events.contracts.catalogue import ORGANISATION
from services.events.log.tables import log_entry, log_subject
from services.events.relay.kafka import KafkaPublisher
from services.events.relay.marks import lowest_mark
from services.events.relay.outlet import Outlet
from services.events.relay.present import PresentStates
from services.events.relay.publisher import PublishingFailed
from services.events.relay.topic_states import consumer_from, is_at, states_in
from services.events.topics import topics_of
from services.settings import Settings

_POLL_MS = 1_000
_BEFORE_MS = 15 * 60_000
"""From how far back on a relay looks that becomes responsible: longer than systems try to bring what was sent."""
_EXPECTED = (BrokersUnreachable, KafkaError, PublishingFailed, SQLAlchemyError)

log = structlog.get_logger(__name__)


class LateStates:
    """Follows the compacted topic, and publishes the present state where an older one came after it.

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
        self._topics = topics_of(settings)
        self._behind: dict[str, int] = {}
        """Organisations whose last record is not of their latest entry, with its position: most are just on the way."""
        self._stop = threading.Event()
        self._outlet = Outlet(settings, engine, KafkaPublisher(settings), self._stop)
        self._present = PresentStates(engine, self._outlet, self._topics, settings.effective_public_url)
        self._backoff = Backoff(self._stop)
        self._thread = threading.Thread(target=self._run, name="relay-late-states", daemon=True)

    def start(self) -> None:
        """Begin; return at once."""
        self._thread.start()

    def stop(self) -> None:
        """End within a few seconds."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(_POLL_MS / 1_000):
            try:
                if self._is_responsible():
                    self._follow()
            except Exception as error:
                defect = not isinstance(error, _EXPECTED)
                log.warning("late_states_interrupted", cause=str(error), exc_info=defect)
                self._backoff.wait()

    def _follow(self) -> None:
        self._behind.clear()
        with closing(consumer_from(self._topics.organisations.name, self._since_ms(), self._settings)) as consumer:
            self._backoff.reset()
            while not self._stop.is_set() and self._is_responsible():
                if self._is_busy():
                    self._stop.wait(_POLL_MS / 1_000)
                    continue
                self._read(consumer)
                if ripe := self._published():
                    self._read_to_end(consumer)
                    self._replace([name for name, latest in ripe.items() if self._behind.get(name, latest) < latest])

    def _since_ms(self) -> int:
        with reading(self._engine) as connection:
            mark = lowest_mark(connection, self._settings.relay_slots)
            here = select(log_entry.c.published_ms).where(log_entry.c.position == mark.number)
            return max(0, (connection.execute(here).scalar() or 0) - _BEFORE_MS)

    def _read(self, consumer: KafkaConsumer) -> None:
        seen = {state.key: state.position.number for state in states_in(consumer.poll(timeout_ms=_POLL_MS))}
        latest = self._latest(seen)
        for name, position in seen.items():
            self._behind.pop(name, None)
            if position < latest.get(name, 0):
                self._behind[name] = position

    def _read_to_end(self, consumer: KafkaConsumer) -> None:
        """What was acknowledged before this is read after it."""
        ends = consumer.end_offsets(list(consumer.assignment()))
        while not is_at(consumer, ends):
            self._read(consumer)

    def _published(self) -> Mapping[str, int]:
        """The latest positions of those that are behind although relays have published everything up to there."""
        if not self._behind:
            return {}
        latest = self._latest(self._behind)
        with reading(self._engine) as connection:
            mark = lowest_mark(connection, self._settings.relay_slots)
        return {name: position for name, position in latest.items() if position <= mark.number}

    def _latest(self, names: Collection[str]) -> dict[str, int]:
        wanted = select(log_subject.c.id, log_subject.c.position).where(log_subject.c.kind == ORGANISATION)
        with reading(self._engine) as connection:
            return dict(connection.execute(wanted.where(log_subject.c.id.in_(names))).all()) if names else {}

    def _replace(self, names: Iterable[str]) -> None:
        late = sorted(names)
        if not late:
            return
        log.warning("late_states_are_replaced", organisations=len(late))
        self._outlet.open()
        try:
            for _ in self._present.publish(late):
                pass
        finally:
            self._outlet.close()
