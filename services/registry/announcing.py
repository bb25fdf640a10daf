"""Telling the log's readers that there is more: those of this process by LogSignal, others by PostgreSQL's NOTIFY.

NOTIFY takes a lock of the whole database at its commit, so it is not part of the change's transaction: it goes out
after that on a connection of its own. A reader that misses it looks by itself after `DWR_POLL_SECONDS`.
"""

from contextlib import suppress

import structlog
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from services.events.contracts.position import Position
from services.events.log.signal import LogSignal

CHANNEL = "dwr_log"
log = structlog.get_logger(__name__)


class Announcer:
    """Announces committed positions; used by one thread."""

    def __init__(self, engine: Engine, signal: LogSignal) -> None:
        self._engine = engine
        self._signal = signal
        self._connection: Connection | None = None
        self._last: Position | None = None

    def announce(self, position: Position) -> None:
        """Say that the log was committed up to this position. Never raises: the change is kept already."""
        if position == self._last:
            return
        self._last = position
        self._signal.announce(position)
        if self._engine.dialect.name == "postgresql":
            self._notify(position)

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                connection.close()

    def _notify(self, position: Position) -> None:
        try:
            self._connection = self._connection or self._connect()
            self._connection.execute(text("SELECT pg_notify(:channel, :position)"), _arguments(position))
        except SQLAlchemyError as error:
            log.warning("registry_notify_failed", reason=type(error).__name__, position=str(position))
            self.close()

    def _connect(self) -> Connection:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        # Out of the pool for good: with this setting no change may ever be committed on it. A lost wake-up, on the
        # other hand, costs time only, so it is not worth waiting for the disk.
        connection.detach()
        connection.execute(text("SET synchronous_commit = off"))
        return connection


def _arguments(position: Position) -> dict[str, str]:
    return {"channel": CHANNEL, "position": str(position)}
