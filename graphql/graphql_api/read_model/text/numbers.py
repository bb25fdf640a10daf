"""Enterprise numbers in order: found whole or by their first digits, in nine bytes each."""

from array import array
from bisect import bisect_left, insort

from pyroaring import BitMap

_ORDINAL_BITS = 28
DIGITS = 10
_LARGEST_BLOCK = 2_000
"""Numbers in a block: an insertion moves one block at most."""
_FORMER_DIGITS = 9


class Numbers:
    """The numbers of all organisations."""

    def __init__(self) -> None:
        self._blocks = [array("Q")]
        self._firsts: list[int] = [0]
        """The least entry that each block may hold."""

    def replace(self, ordinal: int, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        """Take the numbers, ten digits each, that the organisation had for those it has."""
        if before == after:
            return
        for digits in set(before) - set(after):
            self._remove(_entry(digits, ordinal))
        for digits in set(after) - set(before):
            self._add(_entry(digits, ordinal))

    def beginning_with(self, digits: str) -> BitMap:
        """Whose number begins with the digits; the leading 0 may be missing, as in the old form of nine digits."""
        found = BitMap(self._between(digits)) if digits[0] in "01" else BitMap()
        if digits[0] != "0" and len(digits) <= _FORMER_DIGITS:
            found.update(self._between(f"0{digits}"))
        return found

    def _between(self, digits: str) -> list[int]:
        low, high = _entry(digits.ljust(DIGITS, "0"), 0), _entry(digits.ljust(DIGITS, "9"), (1 << _ORDINAL_BITS) - 1)
        found: list[int] = []
        for place in range(self._place(low), self._place(high) + 1):
            block = self._blocks[place]
            found += [
                entry & (1 << _ORDINAL_BITS) - 1 for entry in block[bisect_left(block, low) : bisect_left(block, high)]
            ]
        return found

    def _add(self, entry: int) -> None:
        place = self._place(entry)
        block = self._blocks[place]
        insort(block, entry)
        if len(block) > _LARGEST_BLOCK:
            middle = len(block) // 2
            self._blocks[place : place + 1] = [block[:middle], block[middle:]]
            self._firsts.insert(place + 1, block[middle])

    def _remove(self, entry: int) -> None:
        block = self._blocks[self._place(entry)]
        del block[bisect_left(block, entry)]

    def _place(self, entry: int) -> int:
        return max(0, bisect_left(self._firsts, entry + 1) - 1)


def _entry(digits: str, ordinal: int) -> int:
    return int(digits) << _ORDINAL_BITS | ordinal
