"""Organisations that change, leave and come back while the same documents are asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from graphql_api.read_model.model import ReadModel
from services.events.contracts.entries import Current, Entry
from tests.graphql_api.differential.ecosystem import COUNT, member
from tests.graphql_api.documents import entry


@dataclass(frozen=True, slots=True)
class Move:
    """One organisation takes the form that the seed gives it; without one it leaves the public view."""

    number: int
    seed: int | None


MOVES: st.SearchStrategy[list[Move]] = st.lists(
    st.builds(Move, st.integers(0, 19), st.none() | st.integers(2, 9)), min_size=1, max_size=20
)
"""Few enough organisations that what is asked for is often among them."""


class Moving:
    """Makes the same changes to several read models."""

    def __init__(self, models: Sequence[ReadModel]) -> None:
        self._models = models
        self._held: dict[int, Current | None] = {number: member(number) for number in range(COUNT)}
        self._position = COUNT

    def move(self, moves: Iterable[Move]) -> None:
        """Make these changes."""
        self._apply([self._entry(one.number, member(one.number, one.seed) if one.seed else None) for one in moves])

    def go_back(self) -> None:
        """Make everything what it was at the beginning, but for the positions."""
        moved = [number for number, held in self._held.items() if held is not member(number)]
        self._apply([self._entry(number, member(number)) for number in moved])

    def _entry(self, number: int, after: Current | None) -> Entry | None:
        before, self._held[number] = self._held[number], after
        if before is None and after is None:
            return None
        self._position += 1
        return entry(self._position, before, after)

    def _apply(self, entries: Iterable[Entry | None]) -> None:
        known = [one for one in entries if one is not None]
        for model in self._models:
            model.apply(known)
