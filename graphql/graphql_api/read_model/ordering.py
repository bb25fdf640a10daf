"""The order in which a list is given: one that is kept standing, or one made for the question."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import dropwhile
from typing import Any, Protocol

import numpy as np
from pyroaring import BitMap

from graphql_api.read_model.blocks import Entry, Mark, SortedBlocks
from graphql_api.read_model.facts import Order
from graphql_api.read_model.places import Circle
from graphql_api.read_model.state import State

_BLOCK_COST = 350
"""How many entries can be sorted in the time that passing over as many of a standing order takes, per entry wanted."""

_STRETCH = 64
"""Places of a circle that are looked at together."""

_RANK_LENGTH = 8
_BEST_SCORE = 10**_RANK_LENGTH - 1


class Sequence(Protocol):
    """The organisations of a list in its order, each as sort key, id and ordinal."""

    def walk(self, start: Mark | None, *, backwards: bool) -> Iterator[Entry]:
        """The entries from the mark on, itself left out; all without a mark. Backwards begins at the end."""
        ...

    def precedes(self, left: Mark, right: Mark) -> bool:
        """Whether the one mark comes before the other in this list."""
        ...


def standing(state: State, order: Order, found: BitMap, wanted: int) -> Sequence:
    """The found organisations in a standing order, for a caller that will take about `wanted` of them.

    Where few were found, walking the whole order in search of them would cost more than sorting them.
    """
    index = state.orders[order]
    if len(found) * len(found) * _BLOCK_COST > wanted * len(index):
        return _Filtered(index, found)
    place, mark_of = list(Order).index(order), state.records.mark_of
    return _Sorted(sorted([(*mark_of(ordinal, place), ordinal) for ordinal in found]))


def made(state: State, found: Iterable[int], key: Callable[[int], Any]) -> Sequence:
    """The found organisations sorted by a key of their own."""
    return _Sorted(sorted((key(ordinal), state.records.id_of(ordinal), ordinal) for ordinal in found))


def ranked(state: State, groups: list[tuple[int, BitMap]], wanted: int) -> Sequence:
    """Organisations by score, the groups in the order given, best first; those of one group by title."""
    ranks = [(f"{_BEST_SCORE - score:0{_RANK_LENGTH}d}", group) for score, group in groups]
    return _Ranked(ranks, lambda group: standing(state, Order.TITLE, group, wanted))


def nearest(state: State, circle: Circle) -> Sequence:
    """The organisations of a circle, the nearest first; the key is the squared chord."""
    return _Nearest(state, circle)


def descending(sequence: Sequence) -> Sequence:
    """The same organisations in the opposite order."""
    return _Reversed(sequence)


@dataclass(frozen=True, slots=True)
class _Filtered:
    index: SortedBlocks
    found: BitMap

    def walk(self, start: Mark | None, *, backwards: bool) -> Iterator[Entry]:
        return self.index.walk(start, backwards=backwards, among=self.found)

    def precedes(self, left: Mark, right: Mark) -> bool:
        return _sorts_before(left, right)


@dataclass(frozen=True, slots=True)
class _Sorted:
    entries: list[Entry]

    def walk(self, start: Mark | None, *, backwards: bool) -> Iterator[Entry]:
        entries = self.entries
        if backwards:
            end = len(entries) if start is None else bisect_left(entries, (*start, -1))
            return (entries[at] for at in range(end - 1, -1, -1))
        begin = 0 if start is None else bisect_right(entries, (*start, 1 << 62))
        return (entries[at] for at in range(begin, len(entries)))

    def precedes(self, left: Mark, right: Mark) -> bool:
        return _sorts_before(left, right)


@dataclass(frozen=True, slots=True)
class _Nearest:
    """Read in stretches: most callers want the first few of many."""

    state: State
    circle: Circle

    def walk(self, start: Mark | None, *, backwards: bool) -> Iterator[Entry]:
        chords = self.circle.chords
        if start is None:
            return self._down(len(chords)) if backwards else self._up(0)
        if backwards:
            walk = self._down(int(np.searchsorted(chords, start[0], "right")))
            return dropwhile(lambda entry: entry[:2] >= start, walk)
        walk = self._up(int(np.searchsorted(chords, start[0], "left")))
        return dropwhile(lambda entry: entry[:2] <= start, walk)

    def precedes(self, left: Mark, right: Mark) -> bool:
        return _sorts_before(left, right)

    def _up(self, at: int) -> Iterator[Entry]:
        chords = self.circle.chords
        while at < len(chords):
            end = min(at + _STRETCH, len(chords))
            while end < len(chords) and chords[end] == chords[end - 1]:
                end += 1
            yield from self._stretch(at, end)
            at = end

    def _down(self, end: int) -> Iterator[Entry]:
        chords = self.circle.chords
        while end > 0:
            at = max(0, end - _STRETCH)
            while at > 0 and chords[at - 1] == chords[at]:
                at -= 1
            yield from reversed(self._stretch(at, end))
            end = at

    def _stretch(self, at: int, end: int) -> list[Entry]:
        id_of = self.state.records.id_of
        pairs = zip(self.circle.chords[at:end].tolist(), self.circle.ordinals[at:end].tolist(), strict=True)
        return sorted((chord, id_of(ordinal), ordinal) for chord, ordinal in pairs)


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Keys are a rank of fixed length and the title: they sort as groups do. A group is sorted when it is reached."""

    groups: list[tuple[str, BitMap]]
    sort: Callable[[BitMap], Sequence]

    def walk(self, start: Mark | None, *, backwards: bool) -> Iterator[Entry]:
        begin, title = (None, "") if start is None else (start[0][:_RANK_LENGTH], start[0][_RANK_LENGTH:])
        for rank, group in reversed(self.groups) if backwards else self.groups:
            if begin is not None and (rank > begin if backwards else rank < begin):
                continue
            mark = (title, start[1]) if start is not None and rank == begin else None
            for key, identifier, ordinal in self.sort(group).walk(mark, backwards=backwards):
                yield f"{rank}{key}", identifier, ordinal

    def precedes(self, left: Mark, right: Mark) -> bool:
        return _sorts_before(left, right)


@dataclass(frozen=True, slots=True)
class _Reversed:
    sequence: Sequence

    def walk(self, start: Mark | None, *, backwards: bool) -> Iterator[Entry]:
        return self.sequence.walk(start, backwards=not backwards)

    def precedes(self, left: Mark, right: Mark) -> bool:
        return self.sequence.precedes(right, left)


def _sorts_before(left: Mark, right: Mark) -> bool:
    return left < right  # keys of one list are of one kind: `read_cursor` sees to it
