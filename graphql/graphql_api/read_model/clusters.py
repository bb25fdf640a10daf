"""Places on a map, gathered by the cells of a grid at every zoom.

Places are counted, not organisations: each place is one mark on the map and in one cluster, so counts can be added.
How many places each cell has, and where their middle is, is kept up to a zoom of ten; deeper cells and those that a
filter or the edge of the box cuts are counted from the places themselves. All sums are of whole numbers, so they never
drift.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pyroaring import BitMap

from graphql_api.read_model.map_cells import Cell, cells_inside, cells_touched, edges_of, present
from graphql_api.read_model.map_sums import Counted, MapSums
from graphql_api.read_model.marked_places import LEAF_ZOOM, PER_DEGREE, MarkedPlaces, Places, Rows
from services.events.contracts.criteria import Box

MOST_CELLS = 4_096
"""Of one box: a screen of 4,096 pixels square."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """The places of one cell."""

    cell: Cell
    count: int
    longitude: float
    """Of the middle of its places."""
    latitude: float
    ordinals: tuple[int, ...] = ()
    """Whose the places are, where they are few."""

    def edges(self, zoom: int) -> dict[str, float]:
        """The rectangle of the cell, by the names that a box has for its edges."""
        return edges_of(self.cell, zoom)


class ClusterGrid:
    """The places by cell."""

    def __init__(self, places: MarkedPlaces) -> None:
        self._places = places
        self._sums = MapSums()

    def fill(self) -> None:
        """Count all places at once, after they were marked. Only for a grid that is still empty."""
        for leaf, rows in self._places.leaves():
            self._sums.add(leaf, [len(rows), *self._places.units(rows).sum(axis=0).tolist()])

    def replace(self, before: Places, after: Places) -> None:
        """Move the places of one organisation, which were marked."""
        if before != after:
            self._sums.replace(before, after)

    def clusters(self, box: Box, zoom: int, among: BitMap | None, few: int) -> list[Cluster]:
        """The clusters of all places in the box, edges included, or of the given organisations' places.

        The largest come first. Those of at most `few` places tell whose they are. The box has `MOST_CELLS` at most.
        """
        places, kept = self._places, among is None and zoom <= LEAF_ZOOM
        sums = self._of_everybody(box, zoom) if kept else {}
        rows = places.cut(box) if kept else places.among(places.inside(box), among)
        for cell, counted in self._by_cell(rows, box, zoom).items():
            _add_up(sums, cell, counted)
        whose = self._whose(box, zoom, among, {cell for cell, counted in sums.items() if counted[0] <= few})
        found = [_cluster(cell, counted, whose.get(cell, ())) for cell, counted in sums.items()]
        return sorted(found, key=lambda cluster: (-cluster.count, cluster.cell))

    def _of_everybody(self, box: Box, zoom: int) -> dict[Cell, Counted]:
        """What is kept of the cells in the box: of those that its edge cuts, what is kept of deeper cells inside."""
        kept, leaves, up = self._sums.at(zoom), self._sums.at(LEAF_ZOOM), LEAF_ZOOM - zoom
        whole = set(present(kept, cells_inside(box, zoom)))
        sums = {cell: [*kept[cell]] for cell in whole}
        for leaf in present(leaves, cells_inside(box, LEAF_ZOOM)):
            cell = leaf[0] >> up, leaf[1] >> up
            if cell not in whole:
                _add_up(sums, cell, leaves[leaf])
        return sums

    def _by_cell(self, rows: Rows, box: Box, zoom: int) -> dict[Cell, Counted]:
        """What each cell of the box has of these rows, which are all inside."""
        west, north, _, south = cells_touched(box, zoom)
        height = south - north + 1
        across, down = (self._places.cells(rows, zoom) - (west, north)).T
        place = across * height + down
        counts = np.bincount(place)
        occupied = counts.nonzero()[0]
        columns = [counts, *(np.bincount(place, axis).astype(np.int64) for axis in self._places.units(rows).T)]
        cells = [(west + at // height, north + at % height) for at in occupied.tolist()]
        return dict(zip(cells, np.column_stack([column[occupied] for column in columns]).tolist(), strict=True))

    def _whose(self, box: Box, zoom: int, among: BitMap | None, wanted: set[Cell]) -> dict[Cell, tuple[int, ...]]:
        """The organisations whose places in the box lie in these cells."""
        if not wanted:
            return {}
        up, leaves = LEAF_ZOOM - zoom, self._places.touched(box)
        if up >= 0:
            leaves = [leaf for leaf in leaves if (leaf[0] >> up, leaf[1] >> up) in wanted]
        rows = self._places.among(self._places.exactly(box, self._places.rows(leaves)), among)
        found: dict[Cell, set[int]] = {cell: set() for cell in wanted}
        cells = map(tuple, self._places.cells(rows, zoom).tolist())
        for cell, owner in zip(cells, self._places.owners(rows).tolist(), strict=True):
            if cell in found:
                found[cell].add(owner)
        return {cell: tuple(sorted(owners)) for cell, owners in found.items()}


def _add_up(sums: dict[Cell, Counted], cell: Cell, counted: Sequence[int]) -> None:
    known = sums.setdefault(cell, [0, 0, 0])
    for place, value in enumerate(counted):
        known[place] += value


def _cluster(cell: Cell, counted: Sequence[int], ordinals: tuple[int, ...] = ()) -> Cluster:
    count, east, north = counted
    return Cluster(cell, count, round(east / count / PER_DEGREE, 7), round(north / count / PER_DEGREE, 7), ordinals)
