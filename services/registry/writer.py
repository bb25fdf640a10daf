"""The group-commit combiner: one thread a process that writes, one transaction for all commands that wait.

A durable commit costs the same for one command as for two hundred, so those that arrive while one commit is under way
share the next (decision 0002). A command that is refused before it wrote anything is answered alone; one that fails
later takes the batch back, and each command of it is then carried out in a transaction of its own.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, PendingRollbackError, SQLAlchemyError

from services.database import reading
from services.events.contracts.position import Position
from services.events.log.append import Clock, system_clock
from services.events.log.guard import HistoryGuard
from services.events.log.reading import read_head
from services.events.log.signal import LogSignal
from services.problems import Unavailable
from services.registry.announcing import Announcer
from services.registry.jobs import Done, Job, tell_all
from services.registry.transaction import Transaction
from services.registry.unit import SYSTEM, Author, Unit
from services.settings import Settings
from services.telemetry.metrics import COMMIT_BATCH, LOG_POSITION

Result = TypeVar("Result")
Work = Callable[[Unit], Result]
log = structlog.get_logger(__name__)


class Writer:
    """Runs commands one after the other and commits those that wait together.

    A work may run twice when the transaction that it shared was aborted: it changes nothing but the database.
    """

    def __init__(self, settings: Settings, engine: Engine, signal: LogSignal, clock: Clock = system_clock) -> None:
        self._engine = engine
        self._announcer = Announcer(engine, signal)
        self._clock = clock
        self._history = HistoryGuard()
        self._duplicate_name_distance = settings.duplicate_name_distance
        self._most_in_batch = settings.writer_batch_commands
        self._most_waiting = settings.writer_waiting_commands
        self._waiting: deque[Job] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._serve, name="writer")

    def start(self) -> None:
        """Begin to take commands."""
        with suppress(SQLAlchemyError), reading(self._engine) as connection:
            head = read_head(connection).position
            self._history.check(head)
            LOG_POSITION.set(head.number)
        self._thread.start()

    def stop(self) -> None:
        """Refuse new commands, finish those that wait, end."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join()
        self._announcer.close()

    @property
    def trouble(self) -> str | None:
        """Why this process may not write any more; none while it may."""
        return self._history.trouble

    async def run(self, work: Work[Result], author: Author = SYSTEM, about: Sequence[str] = ()) -> Result:
        """The work's result, once committed. Raises what the work raised, or Unavailable: then nothing is kept.

        `about` names the organisations that it is likely to read, which are then read together with those of others.
        """
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._submit(Job(work, author, about, answer))
        return await answer

    def run_blocking(self, work: Work[Result], author: Author = SYSTEM, about: Sequence[str] = ()) -> Result:
        """The same for callers that have a thread of their own."""
        answer: Future[Result] = Future()
        self._submit(Job(work, author, about, answer))
        return answer.result()

    def _submit(self, job: Job) -> None:
        with self._changed:
            if self._stopping:
                raise Unavailable("The registry is stopping. Repeat the request.", headers={"Retry-After": "5"})
            if len(self._waiting) >= self._most_waiting:
                raise Unavailable("Too many changes wait to be written.", headers={"Retry-After": "1"})
            self._waiting.append(job)
            self._changed.notify()

    def _serve(self) -> None:
        while batch := self._take():
            self._write([job for job in batch if not job.answer.cancelled()])

    def _take(self) -> list[Job]:
        """The commands that wait, one at least; none only when the writer stops and has finished."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stopping)
            return [self._waiting.popleft() for _ in range(min(len(self._waiting), self._most_in_batch))]

    def _write(self, batch: Sequence[Job]) -> None:
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
        tell_all(done)

    def _commit(self, batch: Sequence[Job]) -> tuple[list[Done], Position]:
        with self._engine.begin() as connection:
            transaction = Transaction(connection, self._clock, self._history)
            transaction.preload(identifier for job in batch for identifier in job.about)
            done = [self._carry_out(transaction, job) for job in batch]
            transaction.flush()
        self._history.check(transaction.log.position)
        return done, transaction.log.position

    def _carry_out(self, transaction: Transaction, job: Job) -> Done:
        """Run the command. Raises its error where that leaves something behind: nobody's work is then committed."""
        mark = transaction.mark
        try:
            return Done(job, job.work(Unit(transaction, self._clock(), job.author, self._duplicate_name_distance)))
        except Exception as error:
            if transaction.mark == mark and not isinstance(error, DBAPIError):
                return Done(job, error=error)
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            raise _FailedLateError(error) from error

    def _recover(self, batch: Sequence[Job], error: Exception) -> None:
        """Nothing of the batch was kept: find the one that is to blame, or tell all that the database is away."""
        if _is_away(error):
            log.error("registry_commit_failed", commands=len(batch), reason=type(error).__name__)
            tell_all(Done(job, error=_database_away()) for job in batch)
        elif len(batch) > 1:
            for job in batch:
                self._write([job])
        else:
            cause = error.cause if isinstance(error, _FailedLateError) else error
            tell_all([Done(batch[0], error=cause)])


class _FailedLateError(Exception):
    """A command failed after it had written something; its cause is what the caller is told."""

    def __init__(self, cause: Exception) -> None:
        super().__init__()
        self.cause = cause


def _is_away(error: Exception) -> bool:
    """Whether the database does not answer, or has given the connection up."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError | PendingRollbackError)


def _database_away() -> Unavailable:
    return Unavailable(
        "The database does not answer, so it is not known whether the change was kept. Repeat the request with the "
        "same Idempotency-Key: it is then made once.",
        headers={"Retry-After": "2"},
    )
