"""Entries kept sorted in blocks, each of which knows its ordinals as a bitmap.

Two questions are asked of an order: who of these comes next, and who lies between these keys. Whole blocks answer both
by their bitmaps: the first passes over blocks that hold none of those asked for, the second takes blocks as they are.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import numpy as np
from pyroaring import BitMap

_LARGEST = 1_024
"""Entries of a block; when it has more it is cut in two."""
_FEW = 8
"""Ordinals up to which finding them one by one is quicker than together."""

Mark = tuple[Any, Any]
"""A place in an order: the sort key, then what tells equal keys apart."""

Entry = tuple[Any, Any, int]
"""Sort key, tie and ordinal."""


class Keys(Protocol):
    """Sort keys of a block, in their order. Lists and arrays are some."""

    def __len__(self) -> int: ...

    def __getitem__(self, at: Any, /) -> Any: ...

    def __delitem__(self, at: int, /) -> None: ...

    def insert(self, at: int, key: Any, /) -> None:
        """Put a key before the one there."""
        ...


MakeKeys = Callable[[Iterable[Any]], Keys]
TieOf = Callable[[int], Any]


class SortedBlocks:
    """Entries sorted by key, equal keys by tie. A key and a tie together occur once.

    Ties are not kept: whoever makes the order says what the tie of an ordinal is, and how keys are kept.
    """

    def __init__(self, tie_of: TieOf, make_keys: MakeKeys = list) -> None:
        self._tie_of = tie_of
        self._make_keys = make_keys
        self._blocks: list[_Block] = []
        self._lasts: list[Mark] = []
        """The last mark of each block."""
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def fill(self, ordinals: "array[int]", key_of: Callable[[int], Any]) -> None:
        """Take many at once, in their order. Only for an order that is still empty."""
        half = _LARGEST // 2
        for begin in range(0, len(ordinals), half):
            some = ordinals[begin : begin + half]
            self._blocks.append(_Block(self._make_keys(map(key_of, some)), some, self._tie_of))
        self._lasts = [block.last for block in self._blocks]
        self._length = len(ordinals)

    def replace(self, before: Entry | None, after: Entry | None) -> None:
        """Move an entry; none stands for one that is not there."""
        if before == after:
            return
        if before is not None:
            self._remove(before)
        if after is not None:
            self._add(after)

    def walk(self, start: Mark | None, *, backwards: bool, among: BitMap | None = None) -> Iterator[Entry]:
        """The entries after the mark, or before it; among these ordinals alone where some are given."""
        walk = self._backwards(start, among) if backwards else self._forwards(start, among)
        for block, places in walk:
            yield from block.entries(places)

    def between(self, low: Any, high: Any) -> BitMap:
        """The ordinals whose key lies in the range, both ends included; None is an open end."""
        begin = 0 if low is None else bisect_left(self._lasts, (low,))
        inside, found = [], BitMap()
        for block in self._blocks[begin:]:
            if high is not None and block.keys[0] > high:
                break
            if (low is None or block.keys[0] >= low) and (high is None or block.keys[-1] <= high):
                inside.append(block.members)
            else:
                found |= BitMap(block.ordinals[slice(*block.range_of(low, high))])
        return BitMap.union(found, *inside)

    def _forwards(self, start: Mark | None, among: BitMap | None) -> "Iterator[tuple[_Block, list[int]]]":
        first = 0 if start is None else bisect_right(self._lasts, start)
        for at in range(first, len(self._blocks)):
            block = self._blocks[at]
            places = block.places(among)
            if start is not None and at == first:
                places = places[bisect_left(places, block.place_after(start)) :]
            if places:
                yield block, places

    def _backwards(self, start: Mark | None, among: BitMap | None) -> "Iterator[tuple[_Block, list[int]]]":
        last = len(self._blocks) - 1 if start is None else min(bisect_left(self._lasts, start), len(self._blocks) - 1)
        for at in range(last, -1, -1):
            block = self._blocks[at]
            places = block.places(among)
            if start is not None and at == last:
                places = places[: bisect_left(places, block.place_of(start))]
            if places:
                yield block, places[::-1]

    def _add(self, entry: Entry) -> None:
        self._length += 1
        if not self._blocks:
            only = _Block(self._make_keys(entry[:1]), array("I", entry[2:]), self._tie_of)
            self._blocks, self._lasts = [only], [entry[:2]]
            return
        at = min(bisect_left(self._lasts, entry[:2]), len(self._blocks) - 1)
        block = self._blocks[at]
        block.add(entry)
        if len(block.keys) > _LARGEST:
            self._blocks[at : at + 1] = block.halves()
            self._lasts[at : at + 1] = [half.last for half in self._blocks[at : at + 2]]
        elif self._lasts[at] < entry[:2]:
            self._lasts[at] = entry[:2]

    def _remove(self, entry: Entry) -> None:
        self._length -= 1
        at = bisect_left(self._lasts, entry[:2])
        block = self._blocks[at]
        block.remove(entry)
        if not block.keys:
            del self._blocks[at], self._lasts[at]
        elif self._lasts[at] == entry[:2]:
            self._lasts[at] = block.last


class _Block:
    """A stretch of the order."""

    __slots__ = ("_by_rank", "_tie_of", "keys", "members", "ordinals")

    def __init__(self, keys: Keys, ordinals: "array[int]", tie_of: TieOf) -> None:
        self.keys = keys
        self.ordinals = ordinals
        self.members = BitMap(ordinals)
        self._tie_of = tie_of
        self._by_rank: array[int] | None = None
        """The place of the least ordinal, of the next one, and so on: made when it is asked for."""

    @property
    def last(self) -> Mark:
        """The last mark."""
        return self.keys[-1], self._tie_of(self.ordinals[-1])

    def entries(self, places: Iterable[int]) -> Iterator[Entry]:
        """The entries at these places."""
        keys, ordinals, tie_of = self.keys, self.ordinals, self._tie_of
        return ((keys[at], tie_of(ordinals[at]), ordinals[at]) for at in places)

    def places(self, among: BitMap | None) -> list[int]:
        """The places of these ordinals, or of all, upwards."""
        if among is None:
            return list(range(len(self.keys)))
        found = self.members & among
        if not found:
            return []
        if self._by_rank is None:
            self._by_rank = array("H", np.argsort(np.frombuffer(self.ordinals, np.uint32)).astype(np.uint16).tobytes())
        by_rank, rank = self._by_rank, self.members.rank
        if len(found) <= _FEW:
            return sorted([by_rank[rank(ordinal) - 1] for ordinal in found])
        ranks = np.searchsorted(_numbers(self.members), _numbers(found))
        places: list[int] = np.sort(np.frombuffer(by_rank, np.uint16)[ranks]).tolist()
        return places

    def place_of(self, mark: Mark) -> int:
        """The place of the first entry that is not before the mark."""
        begin, end = self._equal(mark[0])
        return begin if begin == end else bisect_left(self.ordinals, mark[1], begin, end, key=self._tie_of)

    def place_after(self, mark: Mark) -> int:
        """The place of the first entry after the mark."""
        begin, end = self._equal(mark[0])
        return begin if begin == end else bisect_right(self.ordinals, mark[1], begin, end, key=self._tie_of)

    def range_of(self, low: Any, high: Any) -> tuple[int, int]:
        """The places of the keys in the range, both ends included; None is an open end."""
        begin = 0 if low is None else bisect_left(self.keys, low)
        return begin, len(self.keys) if high is None else bisect_right(self.keys, high)

    def add(self, entry: Entry) -> None:
        """Put an entry in its place."""
        at = self.place_of(entry[:2])
        self.keys.insert(at, entry[0])
        self.ordinals.insert(at, entry[2])
        self.members.add(entry[2])
        self._by_rank = None

    def remove(self, entry: Entry) -> None:
        """Take an entry out. Raises ValueError when it is not here."""
        at = self.ordinals.index(entry[2], *self._equal(entry[0]))  # quicker than asking for ties
        del self.keys[at], self.ordinals[at]
        self.members.discard(entry[2])
        self._by_rank = None

    def halves(self) -> "list[_Block]":
        """Two blocks of half the size."""
        middle = len(self.ordinals) // 2
        parts = (slice(None, middle), slice(middle, None))
        return [_Block(self.keys[part], self.ordinals[part], self._tie_of) for part in parts]

    def _equal(self, key: Any) -> tuple[int, int]:
        keys = self.keys
        begin = bisect_left(keys, key)
        for end in (begin, begin + 1):  # most keys are of one organisation alone
            if end >= len(keys) or keys[end] != key:
                return begin, min(end, len(keys))
        return begin, bisect_right(keys, key, begin + 2)


def _numbers(ordinals: BitMap) -> "np.ndarray[tuple[int], np.dtype[np.uint32]]":
    return np.frombuffer(ordinals.to_array(), np.uint32)
