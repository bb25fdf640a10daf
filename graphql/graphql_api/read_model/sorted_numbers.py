"""Whole numbers kept sorted, in nine bytes each."""

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from itertools import islice

import numpy as np

_LARGEST_BLOCK = 2_000
"""Numbers in a block: an insertion moves one block at most."""


class SortedNumbers:
    """Numbers of 64 bits without sign, each once."""

    def __init__(self) -> None:
        self._blocks = [array("Q")]
        self._firsts = array("Q", [0])
        """The least number that each block may hold."""

    def fill(self, numbers: "array[int]") -> None:
        """Take many numbers at once. Only for an object that is still empty."""
        ordered = np.unique(np.frombuffer(numbers, np.uint64))
        begins = range(0, len(ordered), _LARGEST_BLOCK // 2)
        self._blocks = [array("Q", ordered[begin : begin + begins.step].tobytes()) for begin in begins] or [array("Q")]
        self._firsts = array("Q", [0, *(block[0] for block in self._blocks[1:])])

    def replace(self, before: Iterable[int], after: Iterable[int]) -> None:
        """Let go of the numbers before, take those after."""
        for number in before:
            self._remove(number)
        for number in after:
            self._add(number)

    def between(self, low: int, high: int) -> list[int]:
        """The numbers from the one up to the other, which is left out itself."""
        place = self._place(low)
        found: list[int] = []
        for block in islice(self._blocks, place, None):
            begin = bisect_left(block, low)
            end = bisect_left(block, high, begin)
            found += block[begin:end]
            if end < len(block):
                break
        return found

    def _add(self, number: int) -> None:
        place = self._place(number)
        block = self._blocks[place]
        insort(block, number)
        if len(block) > _LARGEST_BLOCK:
            middle = len(block) // 2
            self._blocks[place : place + 1] = [block[:middle], block[middle:]]
            self._firsts.insert(place + 1, block[middle])

    def _remove(self, number: int) -> None:
        block = self._blocks[self._place(number)]
        at = bisect_left(block, number)
        if at == len(block) or block[at] != number:
            raise KeyError(number)
        del block[at]

    def _place(self, number: int) -> int:
        return bisect_right(self._firsts, number) - 1
