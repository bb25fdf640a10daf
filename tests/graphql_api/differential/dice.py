"""Choices, in words. Hypothesis draws them as bytes, all at once: a document takes hundreds, and a draw has its price.

Bytes that shrink to zero give smaller documents: these are made of the first options and of no.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

Option = TypeVar("Option")
_FEW = 32
"""So many options have about equal chances when one byte chooses."""
_BYTES = st.binary(min_size=600, max_size=600)


class Dice:
    """Chooses for one example; when all bytes are used up, the simplest."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._bytes = iter(draw(_BYTES))

    def between(self, low: int, high: int) -> int:
        """A number, both ends included; at most 65 536 of them."""
        count = high - low + 1
        if count == 1:
            return low
        byte = next(self._bytes, 0)
        if count <= _FEW:
            return low + (byte * count >> 8)
        return low + ((byte << 8 | next(self._bytes, 0)) * count >> 16)

    def chance(self, percent: int) -> bool:
        """Yes in so many of a hundred cases."""
        return next(self._bytes, 0) >= 256 - percent * 2.56

    def one_of(self, options: Sequence[Option]) -> Option:
        """One of them."""
        return options[self.between(0, len(options) - 1)]

    def some_of(self, options: Sequence[Option], most: int) -> list[Option]:
        """Some of them; none twice."""
        left = list(options)
        count = self.between(0, min(most, len(left)))
        return [left.pop(self.between(0, len(left) - 1)) for _ in range(count)]

    def of(self, strategy: st.SearchStrategy[Any]) -> Any:
        """A value of the strategy."""
        return self._draw(strategy)
