"""Which labels are valid on a day: kept for one day, and moved to another by looking at what changes in between."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from pyroaring import BitMap

from graphql_api.read_model.records import Record
from services.events.contracts.entries import Json
from services.events.contracts.matching import label_is_valid

Turns = dict[str, BitMap]
"""By day, who has a grant that begins or ends to be valid on it."""


class ValidLabels:
    """A set of ordinals for each label, of those that have it on the day last asked for."""

    def __init__(self, record: Callable[[int], Record]) -> None:
        """`record` gives the present record of an ordinal."""
        self._record = record
        self._day = date.min
        self._holders: dict[str, BitMap] = {}
        self._turns: Turns = {}

    def fill(self, records: Iterable[Record]) -> None:
        """Take many records at once."""
        for record in records:
            self.replace(None, record)

    def replace(self, before: Record | None, after: Record | None) -> None:
        """Take the labels of one organisation as they are now."""
        if (before.facts.labels if before else ()) == (after.facts.labels if after else ()):
            return
        if before:
            self._forget(before)
        if after:
            for day in _turning_days(after):
                self._turns.setdefault(day, BitMap()).add(after.ordinal)
            self._hold(after)

    def on(self, day: date) -> dict[str, BitMap]:
        """Who has each label on the day. Do not change the bitmaps."""
        if day != self._day:
            first, last = sorted((self._day, day))
            self._day = day
            turned = (found for at, found in self._turns.items() if first.isoformat() < at <= last.isoformat())
            for ordinal in BitMap.union(BitMap(), *turned):
                record = self._record(ordinal)
                self._let_go(record)
                self._hold(record)
        return self._holders

    def any_of(self, labels: Iterable[str], day: date) -> BitMap:
        """Who has one of the labels at least on the day."""
        holders = self.on(day)
        return BitMap.union(BitMap(), *(holders[label] for label in labels if label in holders))

    def _forget(self, record: Record) -> None:
        self._let_go(record)
        for day in _turning_days(record):
            self._turns[day].discard(record.ordinal)
            if not self._turns[day]:
                del self._turns[day]

    def _let_go(self, record: Record) -> None:
        for grant in record.facts.labels:
            if holders := self._holders.get(grant["label"]):
                holders.discard(record.ordinal)

    def _hold(self, record: Record) -> None:
        for grant in record.facts.labels:
            if label_is_valid(grant, self._day):
                self._holders.setdefault(grant["label"], BitMap()).add(record.ordinal)


def _turning_days(record: Record) -> set[str]:
    return {day for grant in record.facts.labels for day in _turns_of(grant)}


def _turns_of(grant: Json) -> Iterator[str]:
    yield grant["valid_from"]
    if until := grant.get("valid_until"):
        yield (date.fromisoformat(until) + timedelta(days=1)).isoformat()
    if revoked := grant.get("revoked_on"):
        yield revoked
