"""Many rows in one statement, for what is written at every commit: without SQLAlchemy's work for each row.

SQLite gets the rows one by one through the driver. PostgreSQL gets them all as one JSON text and takes it apart: one
round trip, and a fraction of the driver's work for as many parameters.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.dialects.postgresql import dialect as postgresql

from services.database import dump_json

Row = Mapping[str, Any]
"""Values by column, the same columns in each row: texts, whole numbers, None; days as text."""
_POSTGRESQL = postgresql()  # type: ignore[no-untyped-call]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows. Raises the database's IntegrityError for one that is there already."""
    if rows:
        _execute(connection, _insert(connection.dialect.name, table, tuple(rows[0])), rows)


def update_rows(connection: Connection, table: Table, keys: tuple[str, ...], rows: Sequence[Row]) -> None:
    """Write the rows over those with the same keys. The keys are the rows' last columns; no row comes twice."""
    if rows:
        _execute(connection, _update(connection.dialect.name, table, tuple(rows[0]), keys), rows)


def _execute(connection: Connection, statement: str, rows: Sequence[Row]) -> None:
    if _is_postgresql(connection.dialect):
        connection.exec_driver_sql(statement, (dump_json(rows),))
    else:
        connection.exec_driver_sql(statement, [tuple(row.values()) for row in rows])


def _is_postgresql(dialect: Dialect) -> bool:
    return dialect.name == _POSTGRESQL.name


@cache
def _insert(dialect: str, table: Table, columns: tuple[str, ...]) -> str:
    names = ", ".join(columns)
    if dialect == _POSTGRESQL.name:
        return f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {_sent(table, columns)}"  # noqa: S608
    return f"INSERT INTO {table.name} ({names}) VALUES ({', '.join('?' for _ in columns)})"  # noqa: S608


@cache
def _update(dialect: str, table: Table, columns: tuple[str, ...], keys: tuple[str, ...]) -> str:
    written = columns[: -len(keys)]
    if columns[-len(keys) :] != keys:
        raise ValueError(f"the last columns of the rows are not {keys}")
    if dialect == _POSTGRESQL.name:
        values = ", ".join(f"{name} = sent.{name}" for name in written)
        same = " AND ".join(f"{table.name}.{key} = sent.{key}" for key in keys)
        return f"UPDATE {table.name} SET {values} FROM {_sent(table, columns)} WHERE {same}"  # noqa: S608
    values = ", ".join(f"{name} = ?" for name in written)
    return f"UPDATE {table.name} SET {values} WHERE {' AND '.join(f'{key} = ?' for key in keys)}"  # noqa: S608


def _sent(table: Table, columns: tuple[str, ...]) -> str:
    types = ", ".join(f"{name} {table.c[name].type.compile(_POSTGRESQL)}" for name in columns)
    return f"json_to_recordset(%s::json) AS sent({types})"
