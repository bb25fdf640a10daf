"""Places on a map, gathered by the cells of a grid at every zoom.

Places are counted, not organisations: each place is one mark on the map and in one cluster, so counts can be added.
How many places each cell has, and where their middle is, is kept up to a zoom of ten; deeper cells and those that a
filter or the edge of the box cuts are counted from the places themselves. All sums are of whole numbers, so they never
drift.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from pyroaring import BitMap

from graphql_api.read_model.map_cells import DEEPEST_ZOOM, Cell, box_of, cell_of, cells_inside, cells_touched, present
from graphql_api.read_model.marked_places import PER_DEGREE, Counted, MarkedPlaces, Place, Rows, units_of
from graphql_api.read_model.places import Points
from graphql_api.read_model.records import Record
from services.events.contracts.criteria import Box

MOST_CELLS = 4_096
"""Of one box: a screen of 4,096 pixels square."""
_DEEPEST_KEPT = 10
_TO_LEAF = DEEPEST_ZOOM - _DEEPEST_KEPT


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

    def box(self, zoom: int) -> Box:
        """The rectangle of the cell."""
        return box_of(self.cell, zoom)


class ClusterGrid:
    """The places by cell."""

    def __init__(self) -> None:
        self._places = MarkedPlaces()
        self._leaves: dict[Cell, array[int]] = {}
        """The places in each cell of the deepest zoom that is kept."""
        self._kept: list[dict[Cell, Counted]] = [{} for _ in range(_DEEPEST_KEPT + 1)]
        """By zoom, what each cell has."""

    def fill(self, records: Iterable[Record]) -> None:
        """Take many records at once. Only for a grid that is still empty."""
        for record in records:
            for point in record.facts.points:
                across, down = self._places.add(record.ordinal, point)
                self._leaves.setdefault((across >> _TO_LEAF, down >> _TO_LEAF), array("I")).append(self._places.last)
        for leaf, rows in self._leaves.items():
            self._keep(leaf, self._places.counted(np.frombuffer(rows, np.uint32)))

    def replace(self, ordinal: int, before: Points, after: Points) -> None:
        """Move the places of one organisation."""
        if before == after:
            return
        for point in before:
            self._remove(ordinal, point)
        for point in after:
            self._add(ordinal, point)

    def clusters(self, box: Box, zoom: int, among: BitMap | None, few: int) -> list[Cluster]:
        """The clusters of all places in the box, edges included, or of the given organisations' places.

        The largest come first. Those of at most `few` places tell whose they are. The box has `MOST_CELLS` at most.
        """
        kept = among is None and zoom <= _DEEPEST_KEPT
        sums = self._of_everybody(box, zoom) if kept else {}
        rows = self._cut(box) if kept else self._places.among(self._all(box), among)
        for cell, counted in self._places.by_cell(rows, box, zoom).items():
            _add_up(sums, cell, counted)
        whose = self._whose(box, zoom, among, {cell for cell, counted in sums.items() if counted[0] <= few})
        found = [_cluster(cell, counted, whose.get(cell, ())) for cell, counted in sums.items()]
        return sorted(found, key=lambda cluster: (-cluster.count, cluster.cell))

    def _of_everybody(self, box: Box, zoom: int) -> dict[Cell, Counted]:
        """What is kept of the cells in the box: of those that its edge cuts, what is kept of deeper cells inside."""
        kept, leaves, up = self._kept[zoom], self._kept[_DEEPEST_KEPT], _DEEPEST_KEPT - zoom
        whole = set(present(kept, cells_inside(box, zoom)))
        sums = {cell: [*kept[cell]] for cell in whole}
        for leaf in present(leaves, cells_inside(box, _DEEPEST_KEPT)):
            cell = leaf[0] >> up, leaf[1] >> up
            if cell not in whole:
                _add_up(sums, cell, leaves[leaf])
        return sums

    def _cut(self, box: Box) -> Rows:
        """The places of the box in the leaves that its edge cuts."""
        inner = set(present(self._leaves, cells_inside(box, _DEEPEST_KEPT)))
        cut = (leaf for leaf in present(self._leaves, cells_touched(box, _DEEPEST_KEPT)) if leaf not in inner)
        return self._places.inside(box, self._of_leaves(cut))

    def _all(self, box: Box) -> Rows:
        """The places of the box."""
        inner = self._of_leaves(present(self._leaves, cells_inside(box, _DEEPEST_KEPT)))
        return np.concatenate([self._cut(box), inner])

    def _whose(self, box: Box, zoom: int, among: BitMap | None, cells: set[Cell]) -> dict[Cell, tuple[int, ...]]:
        """The organisations whose places in the box lie in these cells."""
        if not cells:
            return {}
        up = _DEEPEST_KEPT - zoom
        leaves = present(self._leaves, cells_touched(box, _DEEPEST_KEPT))
        if up >= 0:
            leaves = [leaf for leaf in leaves if (leaf[0] >> up, leaf[1] >> up) in cells]
        rows = self._places.among(self._places.inside(box, self._of_leaves(leaves)), among)
        return self._places.owners(rows, zoom, cells)

    def _of_leaves(self, leaves: Iterable[Cell]) -> Rows:
        return np.frombuffer(b"".join([self._leaves[leaf] for leaf in leaves]), np.uint32)

    def _add(self, ordinal: int, point: Place) -> None:
        across, down = self._places.add(ordinal, point)
        leaf = across >> _TO_LEAF, down >> _TO_LEAF
        self._leaves.setdefault(leaf, array("I")).append(self._places.last)
        self._keep(leaf, [1, *units_of(point)])

    def _remove(self, ordinal: int, point: Place) -> None:
        across, down = cell_of(*point)
        leaf = across >> _TO_LEAF, down >> _TO_LEAF
        rows = self._leaves[leaf]
        rows.remove(self._places.remove(rows, ordinal, point))
        if not rows:
            del self._leaves[leaf]
        self._keep(leaf, [-1, *(-units for units in units_of(point))])

    def _keep(self, leaf: Cell, counted: Counted) -> None:
        """Let the places count in the cells of every zoom that is kept."""
        for zoom, kept in enumerate(self._kept):
            up = _DEEPEST_KEPT - zoom
            cell = leaf[0] >> up, leaf[1] >> up
            _add_up(kept, cell, counted)
            if not kept[cell][0]:
                del kept[cell]


def _add_up(sums: dict[Cell, Counted], cell: Cell, counted: Sequence[int]) -> None:
    known = sums.setdefault(cell, [0, 0, 0])
    for place, value in enumerate(counted):
        known[place] += value


def _cluster(cell: Cell, counted: Sequence[int], ordinals: tuple[int, ...] = ()) -> Cluster:
    count, east, north = counted
    return Cluster(cell, count, round(east / count / PER_DEGREE, 7), round(north / count / PER_DEGREE, 7), ordinals)
