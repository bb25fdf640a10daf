"""A backup of a PostgreSQL database, and its restore while others are connected: every table, by COPY."""

from collections.abc import Mapping

import psycopg
from sqlalchemy import make_url

from services.database import metadata

Backup = Mapping[str, bytes]
"""The rows of each table, those first that others refer to."""


def take_backup(url: str) -> Backup:
    """All tables at one moment."""
    with _connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return {table.name: _rows(cursor, table.name) for table in metadata.sorted_tables}


def restore_backup(url: str, backup: Backup) -> None:
    """Put the rows of the backup in the place of those that are there, in one transaction."""
    with _connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(backup)}".encode())
        for table, rows in backup.items():
            with cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy:
                copy.write(rows)


def _connect(url: str) -> "psycopg.Connection[tuple[str]]":
    return psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))


def _rows(cursor: "psycopg.Cursor[tuple[str]]", table: str) -> bytes:
    with cursor.copy(f"COPY {table} TO STDOUT".encode()) as copy:
        return b"".join(bytes(block) for block in copy)
