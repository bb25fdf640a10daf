"""How far the relay is behind the log, for the metrics."""

import time

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

from services.database import reading
from services.events.contracts.position import Position
from services.events.log.reading import read_head
from services.events.log.tables import log_entry
from services.telemetry.metrics import RELAY_LAG_ENTRIES, RELAY_LAG_SECONDS, RELAY_POSITION

_SECONDS = 1.0


class Lag:
    """Measures at most once a second: what is read for it must not slow the publishing down."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._mark: Position | None = None
        self._measured = float("-inf")
        self.entries = 0
        """Entries that the broker did not have when it was last measured."""

    def observe(self, mark: Position | None) -> None:
        """The relay stands at the mark now, of the slots that it has; none where it has none."""
        self._mark = mark
        RELAY_POSITION.set(mark.number if mark else 0)
        if time.monotonic() - self._measured >= _SECONDS:
            self.measure()

    def measure(self) -> None:
        """Look how far the log is by now; without a database that answers the figures stay."""
        self._measured = time.monotonic()
        try:
            with reading(self._engine) as connection:
                self._measure(connection, self._mark.number if self._mark else 0)
        except SQLAlchemyError:
            return  # whoever needs the database tells its trouble

    def _measure(self, connection: Connection, mark: int) -> None:
        self.entries = max(0, read_head(connection).position.number - mark)
        RELAY_LAG_ENTRIES.set(self.entries)
        oldest = select(log_entry.c.published_ms).where(log_entry.c.position > mark).order_by(log_entry.c.position)
        published_ms = connection.execute(oldest.limit(1)).scalar()
        seconds = time.time() - published_ms / 1000 if published_ms is not None else 0.0
        RELAY_LAG_SECONDS.set(max(0.0, seconds))
