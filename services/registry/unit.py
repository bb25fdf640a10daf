"""What a command works with: one transaction, its log, the time, and who asks."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from services.events.contracts.vocabulary import Actor, Origin
from services.events.log.append import LogWriter
from services.registry.organisations import Organisations
from services.registry.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Author:
    """Who makes a change. Outlets learn actor and origin; the subject stays in a column that no outlet shows."""

    actor: Actor
    origin: Origin
    subject: str | None = None
    """The access token's subject: personal data."""
    correlation_id: str | None = None
    """Id of the request, or of the import run, that the change belongs to."""

    @property
    def is_organisation(self) -> bool:
        """Whether an organisation speaks for itself: what only the agency and its imports may say is then refused."""
        return self.origin is Origin.ORGANISATION


SYSTEM = Author(Actor.SYSTEM, Origin.INFERRED)
"""The registry itself: jobs that run by the calendar."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One command's share of a transaction. The head of the log is locked: nobody else writes before the commit."""

    transaction: Transaction
    now_ms: int
    """Milliseconds since 1970, UTC."""
    author: Author
    duplicate_name_distance: float = 0.15
    """Share of letters in which the names of two organisations may differ and still look alike."""

    @property
    def connection(self) -> Connection:
        """The transaction's connection."""
        return self.transaction.connection

    @property
    def log(self) -> LogWriter:
        """The log, as it is after the commands so far."""
        return self.transaction.log

    @property
    def organisations(self) -> Organisations:
        """The organisations, as they are after the commands so far."""
        return self.transaction.organisations

    @property
    def today(self) -> date:
        """The day, UTC."""
        return datetime.fromtimestamp(self.now_ms / 1000, UTC).date()
