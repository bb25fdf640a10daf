"""Going back to an older state of the registry: what `dwr restore` and `dwr new-generation` do.

Whoever had read on beyond the backup must learn of it: each way ends with a new generation of the log.
"""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from services.database import closing_engine, migrate, open_engine, reading, require_schema
from services.events.contracts.position import Position
from services.events.log.generations import begin_generation
from services.events.log.reading import read_head
from services.events.published_generations import highest_generation_in_topics
from services.problems import Conflict, NotFound
from services.settings import Settings


def new_generation(settings: Settings, above: int | None) -> Position:
    """Say that the database was restored: begin a new generation; gives its first position.

    Its number is higher than `above`, and than any that the Kafka topics tell. Raises Unavailable where these cannot be
    asked and `above` does not say.
    """
    require_schema(settings.effective_database_url)
    known = highest_generation_in_topics(settings) if above is None else above
    return _begin(settings.effective_database_url, known)


def restore(settings: Settings, backup: Path) -> Position:
    """Put the backup of a SQLite registry in the place of what is there, in a new generation, in one step.

    Processes that run meanwhile see either the one or the other, and may not write afterwards. Raises NotFound for a
    file that is not there, Conflict for a registry that is on PostgreSQL.
    """
    file = _sqlite_file(settings)
    if not backup.is_file():
        raise NotFound(f"There is no backup {backup}.")
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        copy = Path(folder) / "restored.sqlite"
        _copy(backup, copy)
        migrate(f"sqlite:///{copy}")
        position = _begin(f"sqlite:///{copy}", _generation_in(settings))
        _copy(copy, file)
    return position


def _begin(url: str, above: int) -> Position:
    engine = open_engine(url)
    with closing_engine(engine), engine.begin() as connection:
        return begin_generation(connection, above=above).position


def _sqlite_file(settings: Settings) -> Path:
    url = make_url(settings.effective_database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise Conflict(
            "The registry is on PostgreSQL: stop its processes, restore the database with pg_restore or point-in-time "
            "recovery, then run `dwr new-generation`."
        )
    return Path(url.database)


def _generation_in(settings: Settings) -> int:
    """The generation of what is about to be replaced, which the backup need not know."""
    migrate(settings.effective_database_url)
    engine = open_engine(settings.effective_database_url)
    with closing_engine(engine), reading(engine) as connection:
        return read_head(connection).position.generation


def _copy(source: Path, target: Path) -> None:
    """Copy by SQLite's own means, as one transaction of the target: readers and writers of it lose nothing but time."""
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target, timeout=30)) as written:
        read.backup(written)
