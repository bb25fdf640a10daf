"""Which labels are valid on a day: kept for one day, and moved to another by looking at what changes in between."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from pyroaring import BitMap

from services.events.contracts.entries import Json
from services.events.contracts.matching import label_is_valid

Grants = tuple[Json, ...]
Turns = dict[str, BitMap]
"""By day, who has a grant that begins or ends to be valid on it."""


class ValidLabels:
    """A set of ordinals for each label, of those that have it on the day last asked for."""

    def __init__(self, grants_of: Callable[[int], Grants]) -> None:
        """`grants_of` gives the present grants of an ordinal."""
        self._grants_of = grants_of
        self._day = date.min
        self._holders: dict[str, BitMap] = {}
        self._turns: Turns = {}

    def replace(self, ordinal: int, before: Grants, after: Grants) -> None:
        """Take the labels of one organisation as they are now."""
        if before == after:
            return
        self._let_go(ordinal, before)
        for day in _turning_days(before):
            self._turns[day].discard(ordinal)
            if not self._turns[day]:
                del self._turns[day]
        for day in _turning_days(after):
            self._turns.setdefault(day, BitMap()).add(ordinal)
        self._hold(ordinal, after)

    def on(self, day: date) -> dict[str, BitMap]:
        """Who has each label on the day. Do not change the bitmaps."""
        if day != self._day:
            first, last = sorted((self._day, day))
            self._day = day
            turned = (found for at, found in self._turns.items() if first.isoformat() < at <= last.isoformat())
            for ordinal in BitMap.union(BitMap(), *turned):
                grants = self._grants_of(ordinal)
                self._let_go(ordinal, grants)
                self._hold(ordinal, grants)
        return self._holders

    def any_of(self, labels: Iterable[str], day: date) -> BitMap:
        """Who has one of the labels at least on the day."""
        holders = self.on(day)
        return BitMap.union(BitMap(), *(holders[label] for label in labels if label in holders))

    def _let_go(self, ordinal: int, grants: Grants) -> None:
        for grant in grants:
            if holders := self._holders.get(grant["label"]):
                holders.discard(ordinal)

    def _hold(self, ordinal: int, grants: Grants) -> None:
        for grant in grants:
            if label_is_valid(grant, self._day):
                self._holders.setdefault(grant["label"], BitMap()).add(ordinal)


def _turning_days(grants: Grants) -> set[str]:
    return {day for grant in grants for day in _turns_of(grant)}


def _turns_of(grant: Json) -> Iterator[str]:
    yield grant["valid_from"]
    if until := grant.get("valid_until"):
        yield (date.fromisoformat(until) + timedelta(days=1)).isoformat()
    if revoked := grant.get("revoked_on"):
        yield revoked
