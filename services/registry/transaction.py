"""One writing transaction, which commands share: what they read and write in it is one state."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from sqlalchemy import Connection, event

from services.events.contracts.catalogue import ORGANISATION
from services.events.log.append import Clock, LogWriter, system_clock
from services.events.log.guard import HistoryGuard
from services.problems import Problem
from services.registry.organisations import Organisations

Result = TypeVar("Result")
READS_NO_ORGANISATION = {"dwr_reads_no_organisation": True}
"""Execution option of a query that does not look at the table `organisation`: it need not wait for documents."""


class Transaction:
    """The connection of a transaction, its log, and the organisations that it has touched.

    Documents and entries are written by `flush`. Any other statement on the connection sees every document that was
    stored before it: what waits is written first.
    """

    def __init__(self, connection: Connection, clock: Clock = system_clock, guard: HistoryGuard | None = None) -> None:
        """Begin by locking the log. Raises FormerGeneration where the guard knows another history."""
        self.connection = connection
        self.log = LogWriter(connection, clock, guard)
        self.organisations = Organisations(connection)
        self._changes = 0
        self._under_way = 0
        self._flushing = False
        event.listen(connection, "before_cursor_execute", self._before_statement)
        event.listen(connection, "after_cursor_execute", self._after_statement)

    def preload(self, identifiers: Iterable[str]) -> None:
        """Read what commands are about to change, all at once."""
        if wanted := sorted(set(identifiers)):
            self.log.preload(ORGANISATION, wanted)
            self.organisations.preload(wanted)

    def flush(self) -> None:
        """Write what waits. Call it once, last, before the commit."""
        if self._under_way:
            # PostgreSQL answers the commit of such a transaction with a silent rollback.
            raise RuntimeError("a command went on after one of its statements had failed")
        self._write_documents()
        self.log.flush()

    @property
    def mark(self) -> object:
        """Another one than before when something was written meanwhile, or a statement failed."""
        return self.log.position, self._changes, self._under_way

    def attempt(self, work: Callable[[], Result]) -> Result:
        """The result of a part of a command. Raises the Problem that it raised, and what it wrote is taken back."""
        savepoint, mark = self.connection.begin_nested(), self.log.checkpoint()
        try:
            result = work()
            self._write_documents()
        except Problem:
            self.organisations.forget()
            savepoint.rollback()
            self.log.back_to(mark)
            raise
        savepoint.commit()
        return result

    def _before_statement(self, _connection: object, _cursor: object, statement: str, *more: Any) -> None:
        _parameters, context, _is_many = more
        if not self._flushing:
            is_query = statement.startswith("SELECT")
            if not (is_query and context.execution_options.keys() >= READS_NO_ORGANISATION.keys()):
                self._write_documents()
            self._changes += not is_query
        self._under_way += 1

    def _after_statement(self, *_statement: Any) -> None:
        self._under_way -= 1

    def _write_documents(self) -> None:
        self._flushing = True
        try:
            self.organisations.flush()
        finally:
            self._flushing = False
