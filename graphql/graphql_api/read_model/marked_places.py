"""Places in rows of numbers: a row for each place, found by the cell of the map that it lies in.

Rows are for counting and for finding the nearest, many at once, so what is asked of them stands in columns. A row is
taken out in the same time however many lie in its cell: each knows where it stands there, and the next one of the same
organisation.
"""

import math
from array import array
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from graphql_api.read_model.map_cells import DEEPEST_ZOOM, Cell, cell_of, cells_inside, cells_touched, present
from services.events.contracts.criteria import Box

LEAF_ZOOM = 10
"""The zoom by whose cells rows are found: in Wallonia they are six kilometres wide."""
PER_DEGREE = 10_000_000
"""Coordinates are added up in units of about a centimetre."""
TO_LEAF = DEEPEST_ZOOM - LEAF_ZOOM
"""A cell of the deepest zoom, shifted right by so many bits, is that of a leaf."""
_NONE = -1

Place = tuple[float, float]
"""Longitude and latitude."""
Places = tuple[Place, ...]
Rows = NDArray[np.uint32]
Ordinals = NDArray[np.uint32]
Floats = NDArray[np.float64]


class MarkedPlaces:
    """The places of all organisations."""

    def __init__(self) -> None:
        self._leaves: dict[Cell, array[int]] = {}
        """The rows of each leaf."""
        self._stands = array("I")
        """Where in its leaf each row stands."""
        self._first = array("i")
        """By ordinal, a row of the organisation."""
        self._next = array("i")
        """By row, another one of the same organisation."""
        self._free: list[int] = []
        self._owners = array("I")
        self._cells = array("I")
        """Two for each row, at the deepest zoom."""
        self._degrees = array("d")
        self._vectors = array("d")
        """Three for each row: from the centre of a globe of radius 1 to the place."""

    def replace(self, ordinal: int, before: Places, after: Places) -> None:
        """Move the places of one organisation."""
        if before == after:
            return
        if before:
            self._remove(ordinal)
        for place in after:
            self._add(ordinal, place)

    def collect(self, ordinal: int, places: Places) -> None:
        """Take the places of one of many organisations, before `settle`."""
        for place in places:
            self._owners.append(ordinal)
            self._degrees.extend(place)

    def settle(self) -> None:
        """Find what was collected. Only for places that are still empty."""
        self._next.extend([_NONE] * len(self._owners))
        self._first.extend([_NONE] * (max(self._owners, default=_NONE) + 1))
        degrees = iter(self._degrees)
        for row, (owner, *place) in enumerate(zip(self._owners, degrees, degrees, strict=True)):
            cell = cell_of(*place)
            self._cells.extend(cell)
            self._vectors.extend(vector_of(*place))
            self._stands.append(self._link(row, owner, cell))

    def leaves(self) -> Iterator[tuple[Cell, Rows]]:
        """Each leaf with its rows."""
        return ((leaf, np.frombuffer(rows, np.uint32)) for leaf, rows in self._leaves.items())

    def touched(self, box: Box) -> list[Cell]:
        """The leaves that the box has a part of."""
        return present(self._leaves, cells_touched(box, LEAF_ZOOM))

    def rows(self, leaves: Iterable[Cell]) -> Rows:
        """The rows of these leaves."""
        return np.frombuffer(b"".join([self._leaves[leaf] for leaf in leaves]), np.uint32)

    def inside(self, box: Box) -> Rows:
        """The rows of the places in the box, edges included."""
        whole, cut = self._whole_and_cut(box)
        return np.concatenate([self.exactly(box, self.rows(cut)), self.rows(whole)])

    def cut(self, box: Box) -> Rows:
        """Those of them in leaves that the edge of the box cuts."""
        return self.exactly(box, self.rows(self._whole_and_cut(box)[1]))

    def _whole_and_cut(self, box: Box) -> tuple[list[Cell], list[Cell]]:
        """The leaves that lie in the box, and those that its edge cuts."""
        west, north, east, south = cells_inside(box, LEAF_ZOOM)
        whole: list[Cell] = []
        cut: list[Cell] = []
        for leaf in self.touched(box):
            (whole if west <= leaf[0] <= east and north <= leaf[1] <= south else cut).append(leaf)
        return whole, cut

    def exactly(self, box: Box, rows: Rows) -> Rows:
        """Those of the rows whose places are in the box, edges included."""
        east, north = self.degrees(rows).T
        found: Rows = rows[(box.west <= east) & (east <= box.east) & (box.south <= north) & (north <= box.north)]
        return found

    def among(self, rows: Rows, ordinals: BitMap | None) -> Rows:
        """Those of the rows whose places are of these organisations."""
        if ordinals is None or not len(rows):
            return rows
        held: NDArray[np.bool_] = np.zeros(max(len(self._first), ordinals.max() + 1 if ordinals else 0), bool)
        held[np.frombuffer(ordinals.to_array(), np.uint32)] = True
        found: Rows = rows[held[self.owners(rows)]]
        return found

    def owners(self, rows: Rows) -> Ordinals:
        """Whose the rows are."""
        return np.frombuffer(self._owners, np.uint32)[rows]

    def degrees(self, rows: Rows) -> Floats:
        """Longitude and latitude of each row."""
        return np.frombuffer(self._degrees).reshape(-1, 2)[rows]

    def vectors(self, rows: Rows) -> Floats:
        """From the centre of a globe of radius 1 to each row's place."""
        return np.frombuffer(self._vectors).reshape(-1, 3)[rows]

    def units(self, rows: Rows) -> NDArray[np.int64]:
        """The coordinates of the rows in whole numbers."""
        return np.rint(self.degrees(rows) * PER_DEGREE).astype(np.int64)

    def cells(self, rows: Rows, zoom: int) -> NDArray[np.int64]:
        """The cells of the rows."""
        cells = np.frombuffer(self._cells, np.uint32).reshape(-1, 2)[rows]
        return (cells >> (DEEPEST_ZOOM - zoom)).astype(np.int64)

    def _add(self, ordinal: int, place: Place) -> None:
        row = self._free.pop() if self._free else self._grow()
        across, down = cell_of(*place)
        self._cells[2 * row], self._cells[2 * row + 1] = across, down
        self._degrees[2 * row], self._degrees[2 * row + 1] = place
        self._vectors[3 * row : 3 * row + 3] = array("d", vector_of(*place))
        self._owners[row] = ordinal
        if ordinal >= len(self._first):
            self._first.extend([_NONE] * (ordinal + 1 - len(self._first)))
        self._stands[row] = self._link(row, ordinal, (across, down))

    def _link(self, row: int, ordinal: int, cell: Cell) -> int:
        """Let the row be found by its organisation and by its leaf; where it stands there."""
        self._next[row], self._first[ordinal] = self._first[ordinal], row
        leaf = cell[0] >> TO_LEAF, cell[1] >> TO_LEAF
        rows = self._leaves.get(leaf)
        if rows is None:
            rows = self._leaves[leaf] = array("I")
        rows.append(row)
        return len(rows) - 1

    def _remove(self, ordinal: int) -> None:
        row, self._first[ordinal] = self._first[ordinal], _NONE
        while row != _NONE:
            self._take_from_leaf(row)
            self._free.append(row)
            row = self._next[row]

    def _take_from_leaf(self, row: int) -> None:
        """The last one of the leaf takes its stand."""
        leaf = self._cells[2 * row] >> TO_LEAF, self._cells[2 * row + 1] >> TO_LEAF
        rows, stand = self._leaves[leaf], self._stands[row]
        last = rows.pop()
        if last != row:
            rows[stand], self._stands[last] = last, stand
        elif not rows:
            del self._leaves[leaf]

    def _grow(self) -> int:
        for column, width in (
            (self._stands, 1),
            (self._next, 1),
            (self._owners, 1),
            (self._cells, 2),
            (self._degrees, 2),
            (self._vectors, 3),
        ):
            column.extend([0] * width)
        return len(self._owners) - 1


def vector_of(longitude: float, latitude: float) -> tuple[float, float, float]:
    """From the centre of a globe of radius 1 to the point."""
    east, up = math.radians(longitude), math.radians(latitude)
    return math.cos(up) * math.cos(east), math.cos(up) * math.sin(east), math.sin(up)
