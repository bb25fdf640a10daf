"""Engines for the two databases, a SQLite file (the default) and PostgreSQL, so that both keep the log's rules."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, create_engine, event, make_url
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DisconnectionError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from services.problems import Unavailable

_HERE = Path(__file__).resolve().parent
MIGRATIONS = next(folder for folder in (_HERE / "migrations", _HERE.parent / "migrations") if folder.is_dir())
"""Inside the package in an installed wheel, beside it in the repository."""
NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
IDLE_SECONDS = 15
"""How long PostgreSQL waits for a process in the midst of a transaction; then it takes the transaction back."""
metadata = MetaData(naming_convention=NAMES)
"""Tables of all services; each service declares its own, and only its own code touches them."""


def open_engine(url: str) -> Engine:
    """An engine for `url`; `postgresql://` means psycopg 3, a SQLite file's folder is created."""
    parsed = make_url(url)
    # Else the text of an error, and so a log or a terminal, shows what was to be written: private values.
    options: dict[str, Any] = {"hide_parameters": True}
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed, options)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(parsed, pool_size=10, max_overflow=10, pool_pre_ping=True, **options)
    event.listen(engine, "connect", _configure_postgresql)
    return engine


def _configure_postgresql(connection: Any, _record: object) -> None:
    # A process that was stopped, or whose machine is gone, would keep its locks, and so all writers waiting, until it
    # goes on or the system gives up its connection, which takes hours.
    with connection.cursor() as cursor:
        cursor.execute(
            f"SET idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'; "
            "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
        )
    connection.commit()


def dump_json(value: object) -> str:
    """JSON text as it is stored: compact, keys in the order in which the model declares them."""
    return orjson.dumps(value).decode()


def _open_sqlite(url: URL, options: dict[str, Any]) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    # The driver's own BEGIN is deferred: a read that turns into a write then fails with "database is locked"
    # however long it waits. So the driver is left in autocommit and `_begin` says which kind of BEGIN is meant.
    engine = create_engine(url, connect_args={"isolation_level": None, "timeout": 30}, **options)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin)
    if url.database and url.database != ":memory:":
        _follow_the_file(engine, Path(url.database))
    return engine


def _follow_the_file(engine: Engine, file: Path) -> None:
    """Let no connection outlive the exchange of its file: what it wrote into the old one would be lost."""

    def remember(_connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        record.info["file"] = _identity(file)

    def check(_connection: sqlite3.Connection, record: ConnectionPoolEntry, _proxy: object) -> None:
        if record.info["file"] != _identity(file):
            raise DisconnectionError("the database's file was exchanged")  # the pool connects anew

    event.listen(engine, "connect", remember)
    event.listen(engine, "checkout", check)


def _identity(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except FileNotFoundError as error:
        raise OperationalError("", None, sqlite3.OperationalError(f"the file {file.name} is gone")) from error
    return found.st_dev, found.st_ino


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("dwr_read_only", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def reading(engine: Engine) -> Connection:
    """A connection whose one transaction sees one state of the database and never waits for writers."""
    if engine.dialect.name == "sqlite":
        return engine.connect().execution_options(dwr_read_only=True)
    return engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest schema of every service. Raises Unavailable where it cannot be used."""
    with saying_what_is_wrong(url):
        command.upgrade(migrations_of(url), "heads")


def require_schema(url: str) -> None:
    """Raise Unavailable unless the database at `url` answers and is at the newest schema, or a newer one."""
    with saying_what_is_wrong(url):
        engine = open_engine(url)
        with closing_engine(engine), reading(engine) as connection:
            found = set(MigrationContext.configure(connection).get_current_heads())
    scripts = ScriptDirectory.from_config(migrations_of(url))
    known = {script.revision for script in scripts.walk_revisions()}
    if found <= known and not found.issuperset(scripts.get_heads()):
        raise Unavailable(f"The database {_shown(url)} is not at the newest schema: run dwr migrate first.")


@contextmanager
def saying_what_is_wrong(url: str) -> Iterator[None]:
    """Turn what the driver or the file system says about the database into Unavailable, for people at a terminal."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        cause = str(getattr(error, "orig", None) or getattr(error, "strerror", None) or error).partition("\n")[0]
        raise Unavailable(
            f"The database {_shown(url)} cannot be used: {cause}. Check DWR_DATABASE_URL, or DWR_DATA_DIR."
        ) from error


@contextmanager
def closing_engine(engine: Engine) -> Iterator[None]:
    """Give the connections of the engine back in the end."""
    try:
        yield
    finally:
        engine.dispose()


def _shown(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)


def migrations_of(url: str) -> Config:
    """Alembic's configuration for the database at `url`, for who runs single steps."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    branches = [str(MIGRATIONS / branch) for branch in ("events", "registry", "notifier")]
    config.set_main_option("version_locations", "\n".join(branches))
    config.set_main_option("path_separator", "newline")
    config.attributes["database_url"] = url
    return config
