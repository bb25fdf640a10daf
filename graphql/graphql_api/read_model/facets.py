"""Counts by value under a filter, from the same state as the list itself, kept ready or counted from sets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import accumulate
from operator import itemgetter

from pyroaring import BitMap

from graphql_api.keeping import Recent
from graphql_api.read_model.cube import Rows, Sums
from graphql_api.read_model.facts import Dimension
from graphql_api.read_model.filtering import Reading, select
from graphql_api.read_model.state import State
from services.events.contracts.criteria import Criteria, ExportCriterion

_KEPT_BYTES = 400_000
"""Of criteria whose rest, without a dimension's own, is kept."""
_LEAST_BYTES = 400
"""What each counts at least."""

Counts = list[tuple[str, int]]
"""Values that occur, with how many have them: the most frequent first, equal ones by value."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """What is counted by."""

    dimension: Dimension
    nace_version: str | None = None
    """Codes of activities of this version alone."""
    nace_digits: int = 2
    """Codes of activities cut to so many digits."""
    category_scheme: str | None = None
    """Categories of this scheme alone."""

    @property
    def takes_all(self) -> bool:
        """Whether every value of the dimension is counted by."""
        return self.dimension is not Dimension.NACE and self.category_scheme is None

    def takes(self, value: str) -> bool:
        """Whether the value is one of those counted by."""
        if self.dimension is Dimension.NACE:
            version, _, code = value.partition(":")
            return len(code) == self.nace_digits and self.nace_version in {None, version}
        return self.category_scheme in {None, value.partition(":")[0]}


@dataclass(frozen=True)
class Counted:
    """The counts of one dimension."""

    total: int
    """How many organisations were counted."""
    counts: Counts
    find_valueless: Callable[[], int]

    @cached_property
    def valueless(self) -> int:
        """How many of them have no value of the dimension."""
        return self.find_valueless()


class Filtered:
    """The organisations that meet criteria: what of them is needed is found once, for all dimensions."""

    def __init__(self, state: State, criteria: Criteria, reading: Reading) -> None:
        self._state = state
        self._criteria = criteria
        self._reading = reading
        self._covered = state.cube.covers(criteria) and any(
            getattr(criteria, name) is not None for name in criteria.model_fields_set
        )

    def count(self, grouping: Grouping) -> Counted:
        """Count them: from the cube where it knows, else from sets."""
        if not (self._covered and self._state.cube.counts(grouping.dimension)):
            return self._of_sets.count(grouping)
        sums = self._sums
        counts = [(value, sums[place]) for value, place in self._state.cube.values(grouping.dimension).items()]
        return Counted(self.total, _arranged(counts, grouping), lambda: self._of_sets.valueless(grouping))

    @cached_property
    def total(self) -> int:
        """How many they are."""
        return self._state.cube.total(self._rows) if self._covered else self._of_sets.total

    @cached_property
    def _rows(self) -> Rows:
        return self._state.cube.rows(self._criteria)

    @cached_property
    def _sums(self) -> Sums:
        return self._state.cube.sums(self._rows)

    @cached_property
    def _of_sets(self) -> "FoundSet":
        found = select(self._state, self._criteria, self._reading)
        return FoundSet(self._state, found, self._reading.today)


class FoundSet:
    """Organisations that were found in whatever way."""

    def __init__(self, state: State, found: BitMap, today: date) -> None:
        self._state = state
        self._found = found
        self._today = today

    @property
    def total(self) -> int:
        """How many they are."""
        return len(self._found)

    def count(self, grouping: Grouping) -> Counted:
        """Count them."""
        everybody = self.total == len(self._state)
        common = len if everybody else self._found.intersection_cardinality
        counts = [(value, common(holders)) for value, holders in self._values(grouping).items()]
        return Counted(self.total, _arranged(counts, grouping), lambda: self.valueless(grouping))

    def valueless(self, grouping: Grouping) -> int:
        """How many of them have no value of the dimension."""
        return self.total - self._found.intersection_cardinality(self._having(grouping))

    def _having(self, grouping: Grouping) -> BitMap:
        """Who has any value. It is kept for others who ask at this position."""
        key = "having", grouping, self._today
        having: BitMap | None = self._state.answers.get(key)
        if having is None:
            having = BitMap.union(BitMap(), *self._values(grouping).values())
            self._state.answers.put(key, having)
        return having

    def _values(self, grouping: Grouping) -> Mapping[str, BitMap]:
        """Who has each of the values counted by."""
        if grouping.dimension is Dimension.LABEL:
            return self._state.labels.on(self._today)
        values = self._state.sets.values(grouping.dimension)
        if grouping.takes_all:
            return values
        return {value: holders for value, holders in values.items() if grouping.takes(value)}


def without_own(criteria: Criteria, grouping: Grouping) -> Criteria:
    """The criteria without those of the dimension itself: what a list of values to choose from is counted under.

    With a scheme, only lists of categories that name one of it are the dimension's own.
    """
    key = criteria.canonical, grouping
    others: Criteria | None = _others.get(key)
    if others is None:
        others = _without_own(criteria, grouping)
        _others.put(key, others)
    return others


_others: Recent[tuple[bytes, Grouping], Criteria] = Recent(_KEPT_BYTES, lambda key: max(len(key[0]), _LEAST_BYTES))
"""Making criteria takes longer than counting by them."""


def _without_own(criteria: Criteria, grouping: Grouping) -> Criteria:
    dimension = grouping.dimension
    given = {name: getattr(criteria, name) for name in criteria.model_fields_set}
    for name in _OWN.get(dimension, ()):
        given.pop(name, None)
    if dimension is Dimension.CATEGORY and criteria.categories is not None:
        scheme = grouping.category_scheme
        kept = [group for group in criteria.categories if not any(scheme in {None, one.scheme} for one in group)]
        given["categories"] = tuple(kept) or None
    if criteria.export is not None and (own := _OWN_OF_EXPORT.get(dimension)):
        names = criteria.export.model_fields_set - {own}
        given["export"] = ExportCriterion.model_construct(**{name: getattr(criteria.export, name) for name in names})
    return Criteria.model_construct(**given)


_OWN: Mapping[Dimension, tuple[str, ...]] = {
    Dimension.KIND: ("kinds",),
    Dimension.PROVINCE: ("provinces", "not_in_provinces"),
    Dimension.COMMUNE: ("communes", "not_in_communes"),
    Dimension.SIZE_CLASS: ("size_classes",),
    Dimension.LIFE_CYCLE_STAGE: ("life_cycle_stages",),
    Dimension.LABEL: ("labels",),
    Dimension.AXIS: ("axes",),
    Dimension.FRONT: ("fronts",),
    Dimension.TITLE_LANGUAGE: ("has_text_in",),
    Dimension.DESCRIPTION_LANGUAGE: ("has_description_in",),
    Dimension.NACE: ("nace",),
    Dimension.SCALE_UP: ("scale_up",),
    Dimension.VALIDATED_YEAR: ("validated_since",),
}
_OWN_OF_EXPORT = {
    Dimension.EXPORTS: "exports",
    Dimension.ACTIVE_MARKET: "active_markets",
    Dimension.TARGETED_MARKET: "targeted_markets",
    Dimension.WORKING_LANGUAGE: "working_languages",
}


def _arranged(counts: Counts, grouping: Grouping) -> Counts:
    kept = [pair for pair in counts if pair[1]]
    if not grouping.takes_all:
        kept = [pair for pair in kept if grouping.takes(pair[0])]
    if grouping.dimension is Dimension.VALIDATED_YEAR:
        kept = _since(dict(kept))
    kept.sort()
    kept.sort(key=itemgetter(1), reverse=True)
    return kept


def _since(by_year: Mapping[str, int]) -> Counts:
    """From how many were validated in each year to how many were since its first day, as a filter has it."""
    years = sorted(by_year, reverse=True)
    sums = accumulate(by_year[year] for year in years)
    return [(f"{year}-01-01", count) for year, count in zip(years, sums, strict=True)]
