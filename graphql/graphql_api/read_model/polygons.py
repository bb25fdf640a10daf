"""Who is inside a polygon: the sums of `services.events.contracts.rings.contains`, with many places at once."""

from array import array

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from graphql_api.read_model.marked_places import Floats
from graphql_api.read_model.places import PlaceGrid
from services.events.contracts.criteria import Polygon
from services.events.contracts.rings import Side, sides


def owners_inside(grid: PlaceGrid, polygon: Polygon) -> BitMap:
    """Those that have a place in the polygon, edges included."""
    owners, degrees = grid.places_in(polygon.box)
    order = np.argsort(degrees[:, 1], kind="stable")
    inside = _Inside(degrees[order])
    for side in sides(polygon.places):
        inside.take(side)
    return BitMap(array("I", owners[order[inside.answer]].tobytes()))


class _Inside:
    """Which places are inside, the southernmost place first: a side concerns only those at its height."""

    def __init__(self, degrees: Floats) -> None:
        self._easts, self._norths = (np.ascontiguousarray(axis) for axis in degrees.T)
        self._odd: NDArray[np.bool_] = np.zeros(len(degrees), bool)
        self._on_line: NDArray[np.bool_] = np.zeros(len(degrees), bool)

    @property
    def answer(self) -> NDArray[np.bool_]:
        return self._odd | self._on_line

    def take(self, side: Side) -> None:
        (from_east, from_north), (to_east, to_north) = side
        low, high = sorted((from_north, to_north))
        begin, end = np.searchsorted(self._norths, low, "left"), np.searchsorted(self._norths, high, "right")
        east, north = self._easts[begin:end], self._norths[begin:end]
        turn = (to_east - from_east) * (north - from_north) - (to_north - from_north) * (east - from_east)
        beside = (min(from_east, to_east) <= east) & (east <= max(from_east, to_east))
        self._on_line[begin:end] |= (turn == 0) & beside
        spanned = (from_north > north) != (to_north > north)
        self._odd[begin:end] ^= spanned & ((turn > 0) == (to_north > from_north))
