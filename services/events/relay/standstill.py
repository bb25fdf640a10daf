"""An alarm when Kafka gets nothing although the log goes on: told by whoever does not publish himself."""

import threading
import time

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.database import reading
from services.events.contracts.position import Position
from services.events.log.reading import read_head
from services.events.relay import metrics
from services.events.relay.marks import lowest_mark
from services.settings import Settings

_LOOK_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Standstill:
    """Looks in the database every second whether the lowest mark of all relays moves when the log is ahead of it."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._slots = settings.relay_slots
        self._alarm_seconds = settings.relay_alarm_seconds
        self._engine = engine
        self._mark: Position | None = None
        self._head: Position | None = None
        self._since = time.monotonic()
        self._told = float("-inf")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay-standstill", daemon=True)

    def start(self) -> None:
        """Begin; return at once."""
        self._thread.start()

    def stop(self) -> None:
        """End within a second."""
        self._stop.set()
        self._thread.join()

    def complaint(self) -> str | None:
        """What is wrong, for `/health/ready`; none while Kafka follows."""
        seconds = time.monotonic() - self._since
        if not self._is_behind or seconds <= self._alarm_seconds:
            return None
        return f"Kafka has had nothing after {self._mark} for {seconds:.0f} s; the log stands at {self._head}"

    @property
    def _is_behind(self) -> bool:
        return self._mark is not None and self._head is not None and self._mark < self._head

    def _run(self) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            try:
                self._look()
            except SQLAlchemyError as error:
                log.info("standstill_not_known", cause=str(error).partition("\n")[0])
            self._tell()

    def _look(self) -> None:
        with reading(self._engine) as connection:
            head, mark = read_head(connection).position, lowest_mark(connection, self._slots)
        if mark != self._mark or not self._is_behind:
            self._since = time.monotonic()
        self._mark, self._head = mark, head

    def _tell(self) -> None:
        """Log it once in the time of an alarm, and that it is over."""
        now = time.monotonic()
        metrics.STANDING_STILL.set(now - self._since if self._is_behind else 0)
        if complaint := self.complaint():
            if now - self._told >= self._alarm_seconds:
                log.error("kafka_stands_still", complaint=complaint)
                self._told = now
        elif self._told > float("-inf"):
            log.warning("kafka_follows_again", position=str(self._mark))
            self._told = float("-inf")
