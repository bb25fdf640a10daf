"""The group-commit combiner: one thread a process that writes, one transaction for all commands that wait.

A durable commit costs the same for one command as for two hundred, so those that arrive while one commit is under way
share the next (decision 0002). Each runs inside a savepoint: one that fails takes back its state and its positions and
is answered alone.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, PendingRollbackError

from services.events.contracts.position import Position
from services.events.log.append import Clock, LogWriter, system_clock
from services.events.log.signal import LogSignal
from services.problems import Unavailable
from services.registry.announcing import Announcer
from services.registry.unit import SYSTEM, Author, Unit
from services.settings import Settings
from services.telemetry.metrics import COMMIT_BATCH, LOG_POSITION

Result = TypeVar("Result")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Job(Generic[Result]):
    work: Callable[[Unit], Result]
    author: Author
    answer: Future[Result] = field(default_factory=Future)


@dataclass(frozen=True, slots=True)
class _Done:
    """A command that ran, before its transaction is committed."""

    job: _Job[Any]
    result: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        """Hand the caller its own result."""
        if self.error is not None:
            self.job.answer.set_exception(self.error)
        else:
            self.job.answer.set_result(self.result)


class Writer:
    """Runs commands one after the other and commits those that wait together.

    A work may run twice when the transaction that it shared was aborted: it changes nothing but the database.
    """

    def __init__(self, settings: Settings, engine: Engine, signal: LogSignal, clock: Clock = system_clock) -> None:
        self._engine = engine
        self._announcer = Announcer(engine, signal)
        self._clock = clock
        self._duplicate_name_distance = settings.duplicate_name_distance
        self._most_in_batch = settings.writer_batch_commands
        self._most_waiting = settings.writer_waiting_commands
        self._waiting: deque[_Job[Any]] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._serve, name="writer")

    def start(self) -> None:
        """Begin to take commands."""
        self._thread.start()

    def stop(self) -> None:
        """Refuse new commands, finish those that wait, end."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join()
        self._announcer.close()

    async def run(self, work: Callable[[Unit], Result], author: Author = SYSTEM) -> Result:
        """The work's result, once committed. Raises what the work raised, or Unavailable: then nothing is kept."""
        return await asyncio.wrap_future(self._submit(work, author))

    def run_blocking(self, work: Callable[[Unit], Result], author: Author = SYSTEM) -> Result:
        """The same for callers that have a thread of their own."""
        return self._submit(work, author).result()

    def _submit(self, work: Callable[[Unit], Result], author: Author) -> Future[Result]:
        job = _Job(work, author)
        with self._changed:
            if self._stopping:
                raise Unavailable("The registry is stopping. Repeat the request.", headers={"Retry-After": "5"})
            if len(self._waiting) >= self._most_waiting:
                raise Unavailable("Too many changes wait to be written.", headers={"Retry-After": "1"})
            self._waiting.append(job)
            self._changed.notify()
        return job.answer

    def _serve(self) -> None:
        while batch := self._take():
            self._write([job for job in batch if job.answer.set_running_or_notify_cancel()])

    def _take(self) -> list[_Job[Any]]:
        """The commands that wait, one at least; none only when the writer stops and has finished."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stopping)
            return [self._waiting.popleft() for _ in range(min(len(self._waiting), self._most_in_batch))]

    def _write(self, batch: Sequence[_Job[Any]]) -> None:
        if not batch:
            return
        try:
            done, position = self._commit(batch)
        except Exception as error:  # noqa: BLE001 - whatever it is, the callers are told and the thread goes on
            self._recover(batch, error)
            return
        COMMIT_BATCH.observe(len(batch))
        LOG_POSITION.set(position.number)
        self._announcer.announce(position)
        for one in done:
            one.tell()

    def _commit(self, batch: Sequence[_Job[Any]]) -> tuple[list[_Done], Position]:
        with self._engine.begin() as connection:
            writer = LogWriter(connection, self._clock)
            done = [self._attempt(connection, writer, job) for job in batch]
            writer.flush()
        return done, writer.position

    def _attempt(self, connection: Connection, writer: LogWriter, job: _Job[Any]) -> _Done:
        unit = Unit(connection, writer, self._clock(), job.author, self._duplicate_name_distance)
        mark = writer.checkpoint()
        connection.exec_driver_sql("SAVEPOINT command")
        try:
            result = job.work(unit)
        except Exception as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT command")
            writer.back_to(mark)
            done = _Done(job, error=error)
        else:
            done = _Done(job, result)
        # By hand: SQLAlchemy's own nested transactions cost more than most commands.
        connection.exec_driver_sql("RELEASE SAVEPOINT command")
        return done

    def _recover(self, batch: Sequence[_Job[Any]], error: Exception) -> None:
        """Nothing of the batch was kept: find the one that is to blame, or tell all that the database is away."""
        if isinstance(error, OperationalError | InterfaceError | PendingRollbackError):
            log.error("registry_commit_failed", commands=len(batch), reason=type(error).__name__)
            error = _database_away()
        elif len(batch) > 1:
            for job in batch:
                self._write([job])
            return
        for job in batch:
            _Done(job, error=error).tell()


def _database_away() -> Unavailable:
    return Unavailable(
        "The database does not answer, so it is not known whether the change was kept. Repeat the request with the "
        "same Idempotency-Key: it is then made once.",
        headers={"Retry-After": "2"},
    )
