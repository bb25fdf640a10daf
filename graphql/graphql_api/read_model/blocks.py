"""Entries kept sorted in blocks, each of which knows its ordinals as a bitmap.

Two questions are asked of an order: who of these comes next, and who lies between these keys. Whole blocks answer both
by their bitmaps: the first passes over blocks that hold none of those asked for, the second takes blocks as they are.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Any

from pyroaring import BitMap

_LARGEST = 1_024
"""Entries of a block; when it has more it is cut in two."""

Mark = tuple[Any, Any]
"""A place in an order: the sort key, then what tells equal keys apart."""

Entry = tuple[Any, Any, int]
"""Sort key, tie and ordinal."""


class SortedBlocks:
    """Entries sorted by key, equal keys by tie. A key and a tie together occur once."""

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self._lasts: list[Mark] = []
        """The last mark of each block."""
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def fill(self, entries: Iterable[Entry]) -> None:
        """Take many entries at once. Only for an order that is still empty."""
        ordered = sorted(entries)
        half = _LARGEST // 2
        self._blocks = [_Block(ordered[begin : begin + half]) for begin in range(0, len(ordered), half)]
        self._lasts = [block.last for block in self._blocks]
        self._length = len(ordered)

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
            self._blocks, self._lasts = [_Block([entry])], [entry[:2]]
            return
        at = min(bisect_left(self._lasts, entry[:2]), len(self._blocks) - 1)
        block = self._blocks[at]
        block.add(entry)
        if len(block.keys) > _LARGEST:
            self._blocks[at : at + 1] = block.halves()
            self._lasts[at : at + 1] = [half.last for half in self._blocks[at : at + 2]]
        else:
            self._lasts[at] = block.last

    def _remove(self, entry: Entry) -> None:
        self._length -= 1
        at = bisect_left(self._lasts, entry[:2])
        block = self._blocks[at]
        block.remove(entry)
        if block.keys:
            self._lasts[at] = block.last
        else:
            del self._blocks[at], self._lasts[at]


class _Block:
    """A stretch of the order. Keys and ties are those of the records: a block adds three references to an entry."""

    __slots__ = ("_places", "keys", "members", "ordinals", "ties")

    def __init__(self, entries: list[Entry]) -> None:
        self.keys = [entry[0] for entry in entries]
        self.ties = [entry[1] for entry in entries]
        self.ordinals = array("I", [entry[2] for entry in entries])
        self.members = BitMap(self.ordinals)
        self._places: dict[int, int] | None = None

    @property
    def last(self) -> Mark:
        """The last mark."""
        return self.keys[-1], self.ties[-1]

    def entries(self, places: Iterable[int]) -> Iterator[Entry]:
        """The entries at these places."""
        keys, ties, ordinals = self.keys, self.ties, self.ordinals
        return ((keys[at], ties[at], ordinals[at]) for at in places)

    def places(self, among: BitMap | None) -> list[int]:
        """The places of these ordinals, or of all, upwards."""
        if among is None:
            return list(range(len(self.keys)))
        found = self.members & among
        if not found:
            return []
        if self._places is None:
            self._places = {ordinal: at for at, ordinal in enumerate(self.ordinals)}
        return sorted(map(self._places.__getitem__, found))

    def place_of(self, mark: Mark) -> int:
        """The place of the first entry that is not before the mark."""
        begin, end = self._equal(mark[0])
        return bisect_left(self.ties, mark[1], begin, end)

    def place_after(self, mark: Mark) -> int:
        """The place of the first entry after the mark."""
        begin, end = self._equal(mark[0])
        return bisect_right(self.ties, mark[1], begin, end)

    def range_of(self, low: Any, high: Any) -> tuple[int, int]:
        """The places of the keys in the range, both ends included; None is an open end."""
        begin = 0 if low is None else bisect_left(self.keys, low)
        return begin, len(self.keys) if high is None else bisect_right(self.keys, high)

    def add(self, entry: Entry) -> None:
        """Put an entry in its place."""
        at = self.place_of(entry[:2])
        self.keys.insert(at, entry[0])
        self.ties.insert(at, entry[1])
        self.ordinals.insert(at, entry[2])
        self.members.add(entry[2])
        self._places = None

    def remove(self, entry: Entry) -> None:
        """Take an entry out."""
        at = self.place_of(entry[:2])
        if self.ordinals[at] != entry[2]:
            raise KeyError(entry)
        del self.keys[at], self.ties[at], self.ordinals[at]
        self.members.discard(entry[2])
        self._places = None

    def halves(self) -> "list[_Block]":
        """Two blocks of half the size."""
        entries = list(zip(self.keys, self.ties, self.ordinals, strict=True))
        middle = len(entries) // 2
        return [_Block(entries[:middle]), _Block(entries[middle:])]

    def _equal(self, key: Any) -> tuple[int, int]:
        keys = self.keys
        begin = bisect_left(keys, key)
        if begin == len(keys) or keys[begin] != key:  # mostly: most keys are of one organisation alone
            return begin, begin
        return begin, bisect_right(keys, key, begin)
