"""The compacted topic as one side of a comparison: the last record of each organisation, at the relay's mark.

Relays go on meanwhile, so there can be records beyond the mark. Where one has taken the place of that at the mark, it
is checked against the log's own entry, and the state before it is taken from the log.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from services.database import reading
from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.entries import Current, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.log.entry_rows import entry_of
from services.events.log.tables import log_entry
from services.events.topics import topics_of
from services.events.verifying.holding import UNREADABLE, Held, Holding, held_of
from services.events.verifying.relay_mark import relay_mark
from services.events.verifying.topic_records import TopicRecord, whole_topic
from services.settings import Settings

_TABLE = "CREATE TABLE state (key, beyond, number, hash, version, PRIMARY KEY (key, beyond)) WITHOUT ROWID"
_PUT = "INSERT OR REPLACE INTO state VALUES (?, ?, ?, ?, ?)"
_AT_MARK = "SELECT key, number, hash, version FROM state WHERE NOT beyond AND hash IS NOT NULL"
_ONLY_BEYOND = """
SELECT key, number, hash FROM state AS later WHERE beyond
AND NOT EXISTS (SELECT 1 FROM state WHERE key = later.key AND NOT beyond)
"""
_SUBSTITUTE = "substitute"
"""In the place of the hash of a record that lacks its documents."""


@contextmanager
def compacted_topic(settings: Settings, engine: Engine) -> Iterator[Holding]:
    """What the topic of organisations holds at the relay's mark. Raises SourceUnavailable where it cannot be read."""
    topic = topics_of(settings).organisations.name
    mark = relay_mark(engine)
    with closing(sqlite3.connect("", isolation_level=None)) as states:
        states.execute(_TABLE)
        states.execute("BEGIN")
        with whole_topic(settings, topic) as whole:
            for record in whole.records:
                states.execute(_PUT, _row(record, mark))
        with reading(engine) as connection:
            yield Holding(f"the topic {topic}", View.PUBLIC, mark, None, _held(states, connection, mark))


def _row(record: TopicRecord, mark: Position) -> tuple[str, bool, int, str | None, int | None]:
    """Within a partition the last record of a key is the one that stays, whatever its position."""
    held = _told(record)
    told = (None, None) if held is None else (held.hash, held.version)
    return record.key, record.position > mark, record.position.number, *told


def _told(record: TopicRecord) -> Held | None:
    """What the record says that the organisation is; none for a tombstone."""
    subject, data = Subject(ORGANISATION, record.key), record.data
    if data is None:
        return None
    document = data.get("document")
    if not isinstance(document, dict):
        return Held(subject, _SUBSTITUTE if record.is_substitute else UNREADABLE)
    return held_of(Current(subject, data.get("version", 0), document, None), View.PUBLIC)


def _held(states: sqlite3.Connection, connection: Connection, mark: Position) -> Iterator[Held]:
    for key, number, digest, version in states.execute(_AT_MARK):
        if digest == _SUBSTITUTE:
            yield _public(_entry(connection, key, number)) or Held(Subject(ORGANISATION, key), UNREADABLE)
        else:
            yield Held(Subject(ORGANISATION, key), digest, version)
    for key, number, digest in states.execute(_ONLY_BEYOND):
        if (before := _before(connection, key, number, digest, mark)) is not None:
            yield before


def _before(connection: Connection, key: str, number: int, digest: str | None, mark: Position) -> Held | None:
    """The organisation at the mark, as the log has it, where the record beyond the mark is the log's entry too."""
    row = _entry(connection, key, number)
    now = _public(row)
    if row is None or digest not in {_SUBSTITUTE, now and now.hash}:
        return Held(Subject(ORGANISATION, key), UNREADABLE)
    while row is not None and row.position > mark.number:
        row = _entry(connection, key, row.previous)
    return _public(row)


def _public(row: Row[Any] | None) -> Held | None:
    """What a row of the log says that the organisation is, in the public view; none when it is not there."""
    if row is None or row.document is None:
        return None
    entry = entry_of(row)
    return held_of(Current(entry.subject, entry.version, entry.document or {}, None), View.PUBLIC)


def _entry(connection: Connection, key: str, number: int | None) -> Row[Any] | None:
    """The log's entry at the position, where it is about that organisation."""
    wanted = select(log_entry).where(log_entry.c.position == number, log_entry.c.subject_id == key)
    return None if number is None else connection.execute(wanted).one_or_none()
