"""Following the log in its own database, without anything between."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from services.database import reading
from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.protocol import Snapshot, SourceUnavailable
from services.events.following.views import as_seen
from services.events.log.reading import check_resumable, current_state, entries_after, read_head
from services.events.log.signal import LogSignal

BATCH = 500
"""Entries read at once at most."""
_TURN_SECONDS = 0.2


class DatabaseSource:
    """Snapshots and entries from the log's tables; `signal` wakes it, and it looks every `poll_seconds` anyway."""

    def __init__(
        self,
        engine: Engine,
        signal: LogSignal,
        *,
        poll_seconds: float = 2.0,
        view: View = View.INTERNAL,
        batch: int = BATCH,
    ) -> None:
        self._engine = engine
        self._signal = signal
        self._poll_seconds = poll_seconds
        self._view = view
        self._batch = batch

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """A snapshot within one read transaction, which no writer waits for."""
        with self._reading() as connection:
            head = read_head(connection)
            records = (as_seen(record, self._view) for record in current_state(connection))
            yield Snapshot(head.position, head.published_ms, head.digests[self._view], records)

    def head(self) -> Position:
        """Where the log stands now."""
        with self._reading() as connection:
            return read_head(connection).position

    def follow(self, after: Position, since_ms: int, stop: threading.Event) -> Iterator[Sequence[Entry]]:  # noqa: ARG002
        """Batches of entries after a position; empty ones when nothing came for `poll_seconds`."""
        position = after
        while not stop.is_set():
            with self._reading() as connection:
                check_resumable(connection, position)
                entries = entries_after(connection, position.number, self._batch)
            yield [as_seen(entry, self._view) for entry in entries]
            if entries:
                position = entries[-1].position
            else:
                self._wait(position, stop)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """A read transaction. Raises SourceUnavailable when the database does not answer."""
        try:
            with reading(self._engine) as connection:
                yield connection
        except (InterfaceError, OperationalError) as error:
            raise SourceUnavailable(f"the database does not answer ({type(error).__name__})") from error

    def _wait(self, position: Position, stop: threading.Event) -> None:
        """Wait in turns, because whoever sets `stop` does not know of the signal."""
        over = time.monotonic() + self._poll_seconds
        while not (stop.is_set() or self._signal.is_beyond(position)):
            left = over - time.monotonic()
            if left <= 0:
                return
            self._signal.wait_beyond(position, min(left, _TURN_SECONDS), stop)
