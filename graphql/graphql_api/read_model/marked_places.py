"""Places in rows of numbers: what clusters are counted from."""

from array import array
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from graphql_api.read_model.map_cells import DEEPEST_ZOOM, Cell, cell_of, cells_touched
from services.events.contracts.criteria import Box

PER_DEGREE = 10_000_000
"""Coordinates are added up in units of about a centimetre."""

Place = tuple[float, float]
Counted = list[int]
"""How many places, and the sums of their longitudes and latitudes."""
Rows = NDArray[np.uint32]


class MarkedPlaces:
    """A row for each place."""

    def __init__(self) -> None:
        self._owners = array("I")
        self._cells = array("I")
        """Two for each row, at the deepest zoom."""
        self._units = array("i")
        self._degrees = array("d")
        self._free: list[int] = []
        self.last = -1
        """The row of the place that was added last."""

    def add(self, ordinal: int, place: Place) -> Cell:
        """Take a place; the cell that it is in at the deepest zoom."""
        cell, units = cell_of(*place), units_of(place)
        if self._free:
            row = self.last = self._free.pop()
            pair = slice(2 * row, 2 * row + 2)
            self._owners[row] = ordinal
            self._cells[pair], self._units[pair] = array("I", cell), array("i", units)
            self._degrees[pair] = array("d", place)
        else:
            self.last = len(self._owners)
            self._owners.append(ordinal)
            self._cells.extend(cell)
            self._units.extend(units)
            self._degrees.extend(place)
        return cell

    def remove(self, rows: Iterable[int], ordinal: int, place: Place) -> int:
        """Let go of one of the rows: the one of this place of this organisation."""
        owners, degrees = self._owners, self._degrees
        row = next(row for row in rows if owners[row] == ordinal and (degrees[2 * row], degrees[2 * row + 1]) == place)
        self._free.append(row)
        return row

    def among(self, rows: Rows, ordinals: BitMap | None) -> Rows:
        """Those of the rows whose places are of these organisations."""
        if ordinals is None or not len(rows):
            return rows
        owners = np.frombuffer(self._owners, np.uint32)
        held: NDArray[np.bool_] = np.zeros(max(int(owners.max()), ordinals.max() if ordinals else 0) + 1, bool)
        held[np.frombuffer(ordinals.to_array(), np.uint32)] = True
        found: Rows = rows[held[owners[rows]]]
        return found

    def inside(self, box: Box, rows: Rows) -> Rows:
        """Those of the rows whose places are in the box, edges included."""
        east, north = np.frombuffer(self._degrees).reshape(-1, 2)[rows].T
        found: Rows = rows[(box.west <= east) & (east <= box.east) & (box.south <= north) & (north <= box.north)]
        return found

    def counted(self, rows: Rows) -> Counted:
        """How many, and the sums of longitudes and latitudes."""
        return [len(rows), *np.frombuffer(self._units, np.int32).reshape(-1, 2)[rows].sum(axis=0).tolist()]

    def by_cell(self, rows: Rows, box: Box, zoom: int) -> dict[Cell, Counted]:
        """What each cell of the box has of these rows, which are all inside."""
        west, north, _, south = cells_touched(box, zoom)
        height = south - north + 1
        across, down = (self._at(rows, zoom) - (west, north)).T
        place = across * height + down
        counts = np.bincount(place)
        present = counts.nonzero()[0]
        units = np.frombuffer(self._units, np.int32).reshape(-1, 2)[rows].T
        columns = [counts, *(np.bincount(place, axis).astype(np.int64) for axis in units)]
        cells = [(west + at // height, north + at % height) for at in present.tolist()]
        return dict(zip(cells, np.column_stack([column[present] for column in columns]).tolist(), strict=True))

    def owners(self, rows: Rows, zoom: int, cells: set[Cell]) -> dict[Cell, tuple[int, ...]]:
        """Whose the rows in these cells are."""
        found: dict[Cell, set[int]] = {cell: set() for cell in cells}
        for row, across, down in zip(rows.tolist(), *self._at(rows, zoom).T.tolist(), strict=True):
            if (across, down) in found:
                found[across, down].add(self._owners[row])
        return {cell: tuple(sorted(owners)) for cell, owners in found.items()}

    def _at(self, rows: Rows, zoom: int) -> NDArray[np.int64]:
        """The cells of the rows."""
        cells = np.frombuffer(self._cells, np.uint32).reshape(-1, 2)[rows]
        return (cells >> (DEEPEST_ZOOM - zoom)).astype(np.int64)


def units_of(place: Place) -> tuple[int, int]:
    """Its coordinates in whole numbers."""
    return round(place[0] * PER_DEGREE), round(place[1] * PER_DEGREE)
