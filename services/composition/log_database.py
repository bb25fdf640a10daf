"""The log's own database: who listens to it, and how its readers follow it."""

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.composition.databases import log_engine
from services.composition.process import Process
from services.database import reading
from services.events.contracts.vocabulary import View
from services.events.following.database import BATCH, DatabaseSource
from services.events.listening import Listener
from services.events.log.reading import read_head


def add(process: Process) -> None:
    """Listen to it, and look after it."""
    engine = log_engine(process)
    process.parts.append(Listener(engine, process.signal))
    process.health.register("database", lambda: _does_not_answer(engine))


def source(process: Process, view: View, batch: int = BATCH) -> DatabaseSource:
    """Snapshots and entries, without anything between."""
    poll_seconds = process.settings.poll_seconds
    return DatabaseSource(log_engine(process), process.signal, poll_seconds=poll_seconds, view=view, batch=batch)


def _does_not_answer(engine: Engine) -> str | None:
    try:
        with reading(engine) as connection:
            read_head(connection)
    except SQLAlchemyError as error:
        return f"the database does not answer, or is not migrated ({type(error).__name__})"
    return None
