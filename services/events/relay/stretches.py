"""What of the log is to be published next: a stretch for each group of slots that stand at the same mark."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Row, Select, select

from services.database import reading
from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.log.entry_rows import entry_of
from services.events.log.reading import read_head
from services.events.log.tables import log_entry, log_generation

_BYTES = 16 * 1024 * 1024
"""Stored texts that one stretch has at most, give or take an entry: an entry can have megabytes."""
_ROWS_AT_ONCE = 200
_FEW = 20
"""So few entries are read without a cursor on the server, which costs two round trips."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Entries of some slots, in order."""

    slots: Sequence[int]
    entries: Sequence[Entry]
    """Their documents are fit for being written as JSON only."""
    until: Position
    """Up to here there are no others of these slots."""


class Stretches:
    """Reads them, so many entries at once at most, of a log that is divided into so many slots."""

    def __init__(self, engine: Engine, slots: int, most: int) -> None:
        self._engine = engine
        self._slots = slots
        self._most = most

    def after(self, marks: Mapping[Position, Sequence[int]]) -> list[Stretch]:
        """What follows the marks, at which these slots stand, in one state of the log.

        Every group of slots gets on, so that one that is far behind does not hold the others up.
        """
        most = max(1, self._most // max(1, len(marks)))
        with reading(self._engine) as connection:
            head = read_head(connection).position
            return [
                self._stretch(connection, slots, range(_clipped(connection, mark, head), head.number), head, most)
                for mark, slots in marks.items()
                if mark != head
            ]

    def _stretch(
        self, connection: Connection, slots: Sequence[int], missing: range, head: Position, most: int
    ) -> Stretch:
        if not missing:
            return Stretch(slots, (), head)
        rows = connection.execute(self._after(slots, missing, most))
        entries = list(_up_to_the_bound(rows))
        rows.close()
        is_whole = len(entries) < most and not _is_cut(entries)
        return Stretch(slots, [entry for entry, _ in entries], head if is_whole else entries[-1][0].position)

    def _after(self, slots: Sequence[int], missing: range, most: int) -> Select[Any]:
        wanted = select(log_entry).where(log_entry.c.position > missing.start).order_by(log_entry.c.position)
        if len(slots) < self._slots:
            wanted = wanted.where((log_entry.c.slot % self._slots).in_(slots))
        wanted = wanted.limit(most)
        return wanted if len(missing) <= _FEW else wanted.execution_options(yield_per=_ROWS_AT_ONCE)


def _up_to_the_bound(rows: Iterable[Row[Any]]) -> Iterator[tuple[Entry, int]]:
    total = 0
    for row in rows:
        total += _size(row)
        # Only passed on: the texts are put into the records as they are.
        yield entry_of(row, orjson.Fragment), total
        if total > _BYTES:
            return


def _size(row: Row[Any]) -> int:
    texts = (row.document, row.changes, row.restricted, row.restricted_changes)
    return sum(len(text) for text in texts if text is not None)


def _is_cut(entries: Sequence[tuple[Entry, int]]) -> bool:
    return bool(entries) and entries[-1][1] > _BYTES


def _clipped(connection: Connection, mark: Position, head: Position) -> int:
    """The mark, or as much of it as is of this history: the log can have been restored to an earlier state."""
    last = head.number
    if mark.generation < head.generation:
        later = log_generation.c.generation > mark.generation
        forks = select(log_generation.c.forked_at).where(later).order_by("forked_at").limit(1)
        last = connection.execute(forks).scalar() or 0
    return min(mark.number, last)
