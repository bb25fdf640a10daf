"""Counts by value under a filter, from the same state and the same set as the list itself."""

from dataclasses import dataclass
from datetime import date

from pyroaring import BitMap

from graphql_api.read_model.facts import Dimension
from graphql_api.read_model.filtering import valid_labels
from graphql_api.read_model.state import State


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the found organisations have a value. One with several values counts under each."""

    value: str
    count: int


def count_by(state: State, found: BitMap, dimension: Dimension, today: date) -> list[Count]:
    """The values that occur among the found, the most frequent first, equal ones by value."""
    values = state.sets.values(dimension)
    if dimension is Dimension.LABEL:
        counts = ((value, _valid(state, found & holders, value, today)) for value, holders in values.items())
    else:
        counts = ((value, found.intersection_cardinality(holders)) for value, holders in values.items())
    return [Count(value, count) for value, count in sorted(counts, key=lambda pair: (-pair[1], pair[0])) if count]


def _valid(state: State, holders: BitMap, label: str, today: date) -> int:
    return sum(label in valid_labels(state.record(ordinal), today) for ordinal in holders)
