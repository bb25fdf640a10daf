"""The tables of a mirror's file. `organisation` is a view for whoever reads them by SQL; the others may change."""

from sqlite3 import Connection

FORMAT = 1
"""Rises when a file of the version before cannot be read any more."""
APPLICATION_ID = 0x44575231
"""SQLite's mark of whose file it is: "DWR1"."""

_MIRROR = """
CREATE TABLE mirror (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    view TEXT NOT NULL,
    generation INTEGER,
    number INTEGER,
    published_ms INTEGER NOT NULL DEFAULT 0,
    digest TEXT NOT NULL
)
"""
_SUBJECT = """
CREATE TABLE {name} (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    generation INTEGER,
    number INTEGER,
    hash BLOB NOT NULL,
    document TEXT NOT NULL,
    restricted TEXT,
    PRIMARY KEY (kind, id)
)
"""
_REDIRECT = "CREATE TABLE {name} (id TEXT PRIMARY KEY, target TEXT NOT NULL) WITHOUT ROWID"
_ORGANISATION = """
CREATE VIEW organisation AS
SELECT id, version, generation || '-' || number AS position, document, restricted
FROM subject WHERE kind = 'organisation'
"""
_NEW = {"new_subject": _SUBJECT, "new_redirect": _REDIRECT}


def create(connection: Connection, view: str, digest: str) -> None:
    """Make the tables of an empty mirror, in the caller's transaction."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")
    connection.execute(_MIRROR)
    connection.execute("INSERT INTO mirror (one, view, digest) VALUES (1, ?, ?)", (view, digest))
    connection.execute(_SUBJECT.format(name="subject"))
    connection.execute(_REDIRECT.format(name="redirect"))
    connection.execute(_ORGANISATION)


def create_new(connection: Connection) -> None:
    """Make empty tables for a snapshot, beside those that are read meanwhile; what a broken-off one left is removed."""
    for name, statement in _NEW.items():
        connection.execute(f"DROP TABLE IF EXISTS {name}")
        connection.execute(statement.format(name=name))


def put_new_in_place(connection: Connection) -> None:
    """Put the tables of the snapshot in the place of the former ones, in the caller's transaction."""
    connection.execute("DROP VIEW organisation")
    for name in _NEW:
        former = name.removeprefix("new_")
        connection.execute(f"DROP TABLE {former}")
        connection.execute(f"ALTER TABLE {name} RENAME TO {former}")
    connection.execute(_ORGANISATION)
