"""The order in which a list is given: one that is kept standing, or one made for the question."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from pyroaring import BitMap

from graphql_api.read_model.facts import Order
from graphql_api.read_model.indexes import Mark, StandingOrder
from graphql_api.read_model.records import Record
from graphql_api.read_model.state import State

Key = str | int | float
_RANK_LENGTH = 8
_BEST_SCORE = 10**_RANK_LENGTH - 1


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation's place in a list."""

    key: Key
    id: str
    ordinal: int

    @property
    def mark(self) -> Mark:
        """What a cursor keeps of the place."""
        return self.key, self.id


class Sequence(Protocol):
    """The organisations of a list in its order."""

    def walk(self, start: Mark | None, *, backwards: bool) -> Iterator[Place]:
        """The places from the mark on, itself left out; all without a mark. Backwards begins at the end."""
        ...

    def precedes(self, left: Mark, right: Mark) -> bool:
        """Whether the one mark comes before the other in this list."""
        ...


def standing(state: State, order: Order, found: BitMap, wanted: int) -> Sequence:
    """The found organisations in a standing order, for a caller that will take about `wanted` of them.

    Where few were found, walking the whole order in search of them would cost more than sorting them.
    """
    index = state.orders[order]
    if len(found) * len(found) > wanted * len(index):
        return _Filtered(index, found)
    place = list(Order).index(order)
    return made(state, found, lambda record: record.facts.keys[place])


def made(state: State, found: Iterable[int], key: Callable[[Record], Key]) -> Sequence:
    """The found organisations sorted by a key of their own."""
    records = (state.record(ordinal) for ordinal in found)
    return _Sorted(sorted((key(record), record.id, record.ordinal) for record in records))


def ranked(state: State, groups: list[tuple[int, BitMap]], wanted: int) -> Sequence:
    """Organisations by score, the groups in the order given, best first; those of one group by title."""
    ranks = [(f"{_BEST_SCORE - score:0{_RANK_LENGTH}d}", group) for score, group in groups]
    return _Ranked(ranks, lambda group: standing(state, Order.TITLE, group, wanted))


def descending(sequence: Sequence) -> Sequence:
    """The same organisations in the opposite order."""
    return _Reversed(sequence)


@dataclass(frozen=True, slots=True)
class _Filtered:
    index: StandingOrder
    found: BitMap

    def walk(self, start: Mark | None, *, backwards: bool) -> Iterator[Place]:
        return (Place(*entry) for entry in self.index.walk(start, backwards=backwards) if entry[2] in self.found)

    def precedes(self, left: Mark, right: Mark) -> bool:
        return _sorts_before(left, right)


@dataclass(frozen=True, slots=True)
class _Sorted:
    entries: list[tuple[Key, str, int]]

    def walk(self, start: Mark | None, *, backwards: bool) -> Iterator[Place]:
        entries = self.entries
        if backwards:
            end = len(entries) if start is None else bisect_left(entries, (*start, -1))
            return (Place(*entries[at]) for at in range(end - 1, -1, -1))
        begin = 0 if start is None else bisect_right(entries, (*start, 1 << 62))
        return (Place(*entries[at]) for at in range(begin, len(entries)))

    def precedes(self, left: Mark, right: Mark) -> bool:
        return _sorts_before(left, right)


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Keys are a rank of fixed length and the title: they sort as groups do. A group is sorted when it is reached."""

    groups: list[tuple[str, BitMap]]
    sort: Callable[[BitMap], Sequence]

    def walk(self, start: Mark | None, *, backwards: bool) -> Iterator[Place]:
        begin, title = (None, "") if start is None else (str(start[0])[:_RANK_LENGTH], str(start[0])[_RANK_LENGTH:])
        for rank, group in reversed(self.groups) if backwards else self.groups:
            if begin is not None and (rank > begin if backwards else rank < begin):
                continue
            mark = (title, start[1]) if start is not None and rank == begin else None
            for place in self.sort(group).walk(mark, backwards=backwards):
                yield Place(f"{rank}{place.key}", place.id, place.ordinal)

    def precedes(self, left: Mark, right: Mark) -> bool:
        return _sorts_before(left, right)


@dataclass(frozen=True, slots=True)
class _Reversed:
    sequence: Sequence

    def walk(self, start: Mark | None, *, backwards: bool) -> Iterator[Place]:
        return self.sequence.walk(start, backwards=not backwards)

    def precedes(self, left: Mark, right: Mark) -> bool:
        return self.sequence.precedes(right, left)


def _sorts_before(left: Mark, right: Mark) -> bool:
    return left < right  # keys of one list are of one kind: `read_cursor` sees to it
