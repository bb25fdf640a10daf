"""PostgreSQL with the organisations in tables, indexed, and with statistics."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from benchmarks.organisations import organisations
from benchmarks.peers.rows import COLUMNS, Row, communes, rows_of
from benchmarks.processes import pin, prefer

_FOLDER = Path(__file__).parent
_AT_ONCE = 10_000
"""Organisations whose rows are in memory at once."""


def load(url: str, count: int) -> int:
    """Make the tables in the empty database at the address and fill them; gives how many organisations there are."""
    with psycopg.connect(url, autocommit=True) as connection:
        name = Identifier(connection.info.dbname)
        connection.execute(SQL("ALTER DATABASE {} SET search_path = registry, public").format(name))
        _run(connection, "tables.sql")
        loaded = _copy_all(connection, count)
        with _timed("keys, indexes, functions and statistics"):
            for script in ("indexes.sql", "functions.sql"):
                _run(connection, script)
            connection.execute("VACUUM ANALYZE")
    return loaded


def _run(connection: psycopg.Connection, script: str) -> None:
    connection.execute((_FOLDER / script).read_bytes())


def _copy_all(connection: psycopg.Connection, count: int) -> int:
    loaded = 0
    with _timed("rows"):
        _copy(connection, "commune", communes())
        numbered = enumerate(organisations(count), 1)
        while batch := list(islice(numbered, _AT_ONCE)):
            loaded += len(batch)
            for table, rows in rows_of(batch).items():
                _copy(connection, table, rows)
    return loaded


def _copy(connection: psycopg.Connection, table: str, rows: list[Row]) -> None:
    columns = SQL(", ").join(Identifier(column) for column in COLUMNS[table].split(", "))
    statement = SQL("COPY registry.{} ({}) FROM STDIN").format(Identifier(table), columns)
    with connection.cursor() as cursor, cursor.copy(statement) as copying:
        for row in rows:
            copying.write_row(row)


def place_server(url: str, core: int) -> None:
    """Keep the database server at the address, with all that it starts, on one core and before other processes."""
    with psycopg.connect(url) as connection:
        family = _family_of(connection.info.backend_pid)
        placed = [pin(core, process) for process in family]
    if not placed or not all(placed):
        told = "PostgreSQL could not be kept on a core of its own: figures of SQL and PostGraphile are too good"
        print(told, flush=True)
    for process in family:
        prefer(process)


def _family_of(backend: int) -> list[int]:
    """The server that a session belongs to, and all its processes; none where it runs elsewhere, as in a container."""
    try:
        status = Path(f"/proc/{backend}/status").read_text()
        found = re.search(r"^Name:\s+postgres$.*^PPid:\s+(\d+)$", status, re.MULTILINE | re.DOTALL)
        if not found:
            return []
        parent = int(found[1])
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    except OSError:
        return []
    return [parent, *map(int, children)]


def wait_until_idle(connection: psycopg.Connection) -> None:
    """Return when no other session of the database works on anything.

    One that waits for its client counts as active too where the last thing it did was to prepare a statement.
    """
    busy = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
            AND state = 'active' AND wait_event IS DISTINCT FROM 'ClientRead'
    """
    while connection.execute(busy).fetchone() != (0,):
        time.sleep(0.1)


@contextmanager
def _timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"PostgreSQL: {what} in {time.perf_counter() - began:.1f} s", flush=True)
