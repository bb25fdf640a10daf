"""Sorted numbers against a set of the same numbers, over many blocks."""

from array import array
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from graphql_api.read_model.sorted_numbers import SortedNumbers

_MOST = 20_000
"""Numbers lie below it: about half of them are there, in some ten blocks."""


@given(seed=st.integers(0, 1_000), changes=st.integers(0, 3_000))
@settings(max_examples=20, deadline=None)
def test_a_range_has_the_numbers_in_it_after_changes_whichever_blocks_it_goes_over(seed: int, changes: int) -> None:
    draw = Random(seed)  # noqa: S311 - made up, not secret
    held = set(draw.choices(range(_MOST), k=_MOST * 7 // 10))
    numbers = SortedNumbers()
    numbers.fill(array("Q", held))
    first = draw.randrange(_MOST)
    gone, come = held & {*range(first, first + changes)}, {*draw.sample(range(_MOST), changes)} - held
    numbers.replace(gone, come)
    held = held - gone | come
    for _ in range(20):
        low, high = draw.randrange(_MOST), draw.randrange(_MOST)
        assert numbers.between(low, high) == sorted(one for one in held if low <= one < high)
        assert numbers.between(low, low + 1) == [low] * (low in held)
