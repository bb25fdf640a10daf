"""The lines of snapshots and deltas, one a subject: put together by the database, and passed on as they are.

Documents are stored as JSON texts, so a line is their texts with a few words between: reading them first and writing
them anew would take many times as long. PostgreSQL sends the lines by COPY in its binary format: as text it would look
at every character for what to escape, which takes it half as long again.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from sqlalchemy import Connection

from services.events.contracts.vocabulary import View

_DOCUMENTS: Mapping[View, tuple[str, ...]] = {
    View.PUBLIC: ("document",),
    View.INTERNAL: ("document", "restricted"),
}
"""What a view has of a subject: members of its lines, each the column of `log_entry` with the same name."""
_REDIRECT = """ || CASE WHEN e.redirect IS NULL THEN '' ELSE ',"redirect":"' || e.redirect || '"' END"""
_PRESENT = "log_entry AS e JOIN log_subject AS s ON s.position = e.position WHERE s.hashes IS NOT NULL"
_SIGNATURE = b"PGCOPY\n\xff\r\n\0"
_HEADER_BYTES = len(_SIGNATURE) + 8
_COUNT_BYTES, _LENGTH_BYTES = 2, 4
"""Before the one value of a row stand how many there are and how long it is; the trailer is a count alone."""
_SORT_MEMORY = "SET LOCAL work_mem = '256MB'"
"""For the positions of some million subjects: with less PostgreSQL writes all documents to temporary files."""


def present(connection: Connection, view: View, after: int = 0) -> Iterator[bytes]:
    """A line for each subject that the view holds now and whose last change came after that position."""
    since = f" AND s.position > {int(after)}" if after else ""
    yield from _lines(connection, f"SELECT {_line(view)} FROM {_PRESENT}{since}")  # noqa: S608 - a number


def removed(connection: Connection, view: View, after: int) -> Iterator[bytes]:
    """A line without documents for each subject that left the public view after that position and did not come back.

    It tells the entry by which the subject left, and what stands for it now where something does.
    """
    left = (
        f"SELECT max(position) FROM log_entry WHERE position > {int(after)} AND visibility = 'left' "  # noqa: S608
        "GROUP BY subject_kind, subject_id"
    )
    subject = "log_subject AS s ON s.kind = e.subject_kind AND s.id = e.subject_id"
    query = f"log_entry AS e JOIN {subject} WHERE s.hashes IS NULL AND e.position IN ({left})"
    yield from _lines(connection, f"SELECT {_line(view, more=_REDIRECT)} FROM {query}")  # noqa: S608 - as above


def _line(view: View, more: str = "") -> str:
    """SQL of a line. Kinds, ids and redirects are words of ours, which need no escape in JSON."""
    documents = "".join(f""" || ',"{name}":' || coalesce(e.{name}, 'null')""" for name in _DOCUMENTS[view])
    return (
        """'{"subject":{"kind":"' || e.subject_kind || '","id":"' || e.subject_id || '"},"version":' || e.version"""
        """ || ',"generation":' || e.generation || ',"position":' || e.position"""
        f"{documents}{more} || '}}\n'"
    )


def _lines(connection: Connection, query: str) -> Iterator[bytes]:
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_SORT_MEMORY)
        yield from _copied(driver, query)
        return
    with closing(driver.execute(query)) as rows:
        for (line,) in rows:
            yield line.encode()


def _copied(driver: Any, query: str) -> Iterator[bytes]:
    """Rows of one text each: what COPY sends is a header with the first row, a row each time, and a trailer."""
    with driver.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)") as blocks:
        for block in blocks:
            start = _HEADER_BYTES if bytes(block[: len(_SIGNATURE)]) == _SIGNATURE else 0
            if row := bytes(block[start + _COUNT_BYTES + _LENGTH_BYTES :]):
                yield row
