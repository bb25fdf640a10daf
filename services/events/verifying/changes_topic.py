"""A topic of changes compared with the log: every entry, with its data, in the order of each organisation's versions.

What the topic's retention has taken away is not looked for, nor what was taken out of the log: the comparison begins
where every partition and the log still have their entries, and ends at the relay's mark.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing

from sqlalchemy import Connection, Engine, select

from services.database import reading
from services.events.contracts.entries import Entry, Json, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.log.digest import RunningDigest, hash_of
from services.events.log.entry_rows import entry_of
from services.events.log.reading import check_resumable
from services.events.log.tables import log_entry, log_generation
from services.events.topics import topics_of
from services.events.verifying.comparing import MOST_NAMED
from services.events.verifying.holding import UNREADABLE
from services.events.verifying.relay_mark import relay_mark
from services.events.verifying.report import Difference, Kind, Report
from services.events.verifying.topic_records import TopicRecord, WholeTopic, whole_topic
from services.settings import Settings

_WHOLE_ONLY = ("document", "changes", "restricted", "restricted_changes")
"""What a record that stands for one that the brokers refused does not have."""
_TABLES = (
    "CREATE TABLE found (number INTEGER PRIMARY KEY, kind, id, version, hash, partial)",
    "CREATE TABLE log (number INTEGER PRIMARY KEY, kind, id, version, hash, partial)",
)
_FOUND = f"""
INSERT INTO found VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET
hash = CASE
    WHEN excluded.partial > partial OR excluded.hash = hash THEN hash
    WHEN excluded.partial < partial THEN excluded.hash
    ELSE '{UNREADABLE}'
END, partial = min(partial, excluded.partial)
"""  # noqa: S608 - a constant
"""A repeated record tells the same, or the whole of what its substitute told in part; else it is wrong."""
_DIFFERENT = """
SELECT log.kind, log.id, max(found.hash IS NULL), max(found.version), max(log.version)
FROM log LEFT JOIN found ON found.number = log.number
WHERE found.hash IS NULL OR found.hash <> CASE WHEN found.partial THEN log.partial ELSE log.hash END
GROUP BY log.kind, log.id
UNION ALL
SELECT found.kind, found.id, -1, max(found.version), NULL
FROM found LEFT JOIN log ON log.number = found.number WHERE log.number IS NULL
GROUP BY found.kind, found.id
"""


def compare_changes(settings: Settings, engine: Engine, view: View, *, most: int = MOST_NAMED) -> Report:
    """Compare the topic of that view with the log. Raises SourceUnavailable where it cannot be read."""
    topics = topics_of(settings)
    topic = (topics.internal if view is View.INTERNAL else topics.changes).name
    mark = relay_mark(engine)
    with closing(sqlite3.connect("", isolation_level=None)) as scratch, reading(engine) as connection:
        kept = check_resumable(connection, mark).first
        for statement in (*_TABLES, "BEGIN"):
            scratch.execute(statement)
        with whole_topic(settings, topic) as whole:
            first = max(kept, _write_found(scratch, whole, mark, _forks(connection)))
        scratch.execute("DELETE FROM found WHERE number < ?", (first,))
        _write_log(scratch, _entries(connection, first, mark.number), view)
        return _report(f"the topic {topic} from position {first} on", view, mark, scratch, most)


Forks = Sequence[tuple[int, int]]
"""Generations, each with the last position that it shares with the one before."""


def _forks(connection: Connection) -> Forks:
    rows = connection.execute(select(log_generation.c.generation, log_generation.c.forked_at))
    return [(generation, forked_at) for generation, forked_at in rows]


def _write_found(scratch: sqlite3.Connection, whole: WholeTopic, mark: Position, forks: Forks) -> int:
    """Keep what the topic tells; from which position on every partition still has its entries."""
    lowest: dict[int, int] = {}
    for record in whole.records:
        number = record.position.number
        if number > mark.number or _is_given_up(record.position, forks):
            continue
        scratch.execute(_FOUND, _found(record))
        if record.partition in whole.shortened:
            lowest[record.partition] = min(number, lowest.get(record.partition, number))
    return mark.number + 1 if whole.emptied else max(lowest.values(), default=1)


def _is_given_up(position: Position, forks: Forks) -> bool:
    """Whether it is of a history that was lost in a restore: the log does not have it any more."""
    return any(position.generation < generation and position.number > forked_at for generation, forked_at in forks)


def _found(record: TopicRecord) -> tuple[int, str, str, int | None, str, bool]:
    data = record.data if isinstance(record.data, dict) else {}
    kind = (record.attributes.get("subject") or "/").partition("/")[0]
    digest = _hash(Subject(kind, record.key), record.attributes.get("id", ""), data)
    return record.position.number, kind, record.key, data.get("version"), digest, record.is_substitute


def _write_log(scratch: sqlite3.Connection, entries: Iterable[Entry], view: View) -> None:
    for entry in entries:
        whole = entry.data(view)
        part = {name: value for name, value in entry.data(View.PUBLIC).items() if name not in _WHOLE_ONLY}
        hashes = (_hash(entry.subject, entry.event_id, whole), _hash(entry.subject, entry.event_id, part))
        row = (entry.position.number, entry.subject.kind, entry.subject.id, entry.version, *hashes)
        scratch.execute("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)", row)


def _entries(connection: Connection, first: int, last: int) -> Iterator[Entry]:
    wanted = select(log_entry).where(log_entry.c.position.between(first, last))
    for row in connection.execute(wanted, execution_options={"yield_per": 500}):
        yield entry_of(row)


def _hash(subject: Subject, event_id: str, data: Json) -> str:
    return hash_of(subject, data | {"event_id": event_id})


def _report(name: str, view: View, mark: Position, scratch: sqlite3.Connection, most: int) -> Report:
    (count,) = scratch.execute(f"SELECT count(*) FROM ({_DIFFERENT})").fetchone()  # noqa: S608 - a constant
    rows = scratch.execute(f"{_DIFFERENT} ORDER BY 1, 2 LIMIT ?", (most,))
    (entries,) = scratch.execute("SELECT count(*) FROM found").fetchone()
    digests = _digest(scratch, "found"), _digest(scratch, "log")
    return Report(name, view, mark, entries, *digests, None, count, [_difference(*row) for row in rows])


def _digest(scratch: sqlite3.Connection, table: str) -> str:
    """Of all entries; that of a record that lacks documents is that of the part which it has."""
    digest = RunningDigest()
    joined = "log LEFT JOIN found USING (number)" if table == "log" else "found"
    own = "CASE WHEN found.partial THEN log.partial ELSE log.hash END" if table == "log" else "hash"
    for (told,) in scratch.execute(f"SELECT {own} FROM {joined}"):  # noqa: S608 - constants
        digest.replace(None, bytes.fromhex(told))
    return str(digest)


def _difference(kind: str, identifier: str, missing: int, found: int | None, expected: int | None) -> Difference:
    how = {1: Kind.MISSING, 0: Kind.DIFFERENT, -1: Kind.EXTRA}[missing]
    return Difference(Subject(kind, identifier), how, found, expected)
