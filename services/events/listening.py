"""Wake-ups from other processes: PostgreSQL's NOTIFY, which a writer sends after its commit, feeds the LogSignal."""

import threading

import psycopg
import structlog
from sqlalchemy import Engine

from services.events.backoff import Backoff
from services.events.contracts.position import Position
from services.events.log.signal import LogSignal

CHANNEL = "dwr_log"
"""Its notifications carry the position that the log was committed up to: `1-57`."""
_TURN_SECONDS = 0.5

log = structlog.get_logger(__name__)


class Listener:
    """Listens on a connection of its own and connects again whenever that breaks; on SQLite it does nothing.

    What is notified while it is not connected is lost, which costs time only: every reader also polls.
    """

    def __init__(self, engine: Engine, signal: LogSignal) -> None:
        self._engine = engine
        self._signal = signal
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)

    def start(self) -> None:
        """Begin; return at once."""
        if self._engine.dialect.name == "postgresql":
            self._thread.start()

    def stop(self) -> None:
        """End within a second."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        backoff = Backoff(self._stop)
        while not self._stop.is_set():
            try:
                self._listen(backoff)
            except psycopg.Error as error:
                log.warning("listening_interrupted", cause=str(error).partition("\n")[0])
                backoff.wait()

    def _listen(self, backoff: Backoff) -> None:
        url = self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            backoff.reset()
            while not self._stop.is_set():
                for notification in connection.notifies(timeout=_TURN_SECONDS, stop_after=1):
                    self._announce(notification.payload)

    def _announce(self, payload: str) -> None:
        try:
            self._signal.announce(Position.parse(payload))
        except ValueError:
            log.warning("notification_is_no_position", channel=CHANNEL)
