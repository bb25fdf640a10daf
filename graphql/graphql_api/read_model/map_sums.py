"""How many places each cell of the map has, and where their middle is, kept up to the zoom of leaves.

All sums are of whole numbers, so they never drift.
"""

from collections.abc import Iterable, Sequence

from graphql_api.read_model.map_cells import Cell, cell_of
from graphql_api.read_model.marked_places import LEAF_ZOOM, PER_DEGREE, TO_LEAF, Place

Counted = list[int]
"""How many places, and the sums of their longitudes and latitudes in units of `PER_DEGREE`."""


class MapSums:
    """The sums of every cell that has places, by zoom."""

    def __init__(self) -> None:
        self._upwards: list[dict[Cell, Counted]] = [{} for _ in range(LEAF_ZOOM + 1)]
        """From the zoom of leaves to that of the whole world."""

    def at(self, zoom: int) -> dict[Cell, Counted]:
        """The cells of a zoom. Do not change them."""
        return self._upwards[LEAF_ZOOM - zoom]

    def replace(self, before: Iterable[Place], after: Iterable[Place]) -> None:
        """Count these places instead of those."""
        for places, sign in ((before, -1), (after, 1)):
            for longitude, latitude in places:
                across, down = cell_of(longitude, latitude)
                units = [sign, sign * round(longitude * PER_DEGREE), sign * round(latitude * PER_DEGREE)]
                self.add((across >> TO_LEAF, down >> TO_LEAF), units)

    def add(self, leaf: Cell, counted: Sequence[int]) -> None:
        """Let the places of a leaf count in the cells of every zoom."""
        (across, down), (count, east, north) = leaf, counted
        for cells in self._upwards:
            cell = across, down
            sums = cells.get(cell)
            if sums is None:
                cells[cell] = [count, east, north]
            else:
                sums[0] += count
                sums[1] += east
                sums[2] += north
                if not sums[0]:
                    del cells[cell]
            across, down = across >> 1, down >> 1
