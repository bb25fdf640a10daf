"""The cells of a map: 64 pixels wide on the usual map of tiles (spherical Mercator), at every zoom."""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from services.events.contracts.criteria import Box

DEEPEST_ZOOM = 22
_TILE_BITS = 2
"""A tile of 256 pixels has four cells on each side."""
SIDE = 1 << (DEEPEST_ZOOM + _TILE_BITS)
"""Cells on each side of the world at the deepest zoom."""
_NORTHERNMOST = math.degrees(math.atan(math.sinh(math.pi)))
"""Where the map ends: what lies beyond is in its last cells."""

Cell = tuple[int, int]
"""From the west and from the north."""
Bounds = tuple[int, int, int, int]
"""The westernmost, northernmost, easternmost and southernmost cells of a range, all of them in it."""


def cell_of(longitude: float, latitude: float) -> Cell:
    """The cell at the deepest zoom. Shifted right by a bit for each zoom less, it is the cell there."""
    shown = math.radians(max(-_NORTHERNMOST, min(_NORTHERNMOST, latitude)))
    down = (1 - math.asinh(math.tan(shown)) / math.pi) / 2
    across = (longitude + 180) / 360
    return min(int(across * SIDE), SIDE - 1), max(0, min(int(down * SIDE), SIDE - 1))


def edges_of(cell: Cell, zoom: int) -> dict[str, float]:
    """The edges of a cell, by the names that a box has for them."""
    (across, down), side = cell, SIDE >> (DEEPEST_ZOOM - zoom)
    return {
        "west": across / side * 360 - 180,
        "south": _latitude((down + 1) / side),
        "east": (across + 1) / side * 360 - 180,
        "north": _latitude(down / side),
    }


def cells_of(box: Box, zoom: int) -> int:
    """How many cells the box touches."""
    west, north, east, south = cells_touched(box, zoom)
    return (east - west + 1) * (south - north + 1)


def present(cells: Mapping[Cell, Any], bounds: Bounds) -> list[Cell]:
    """The cells in the range that have places."""
    west, north, east, south = bounds
    if max(0, east - west + 1) * max(0, south - north + 1) < len(cells):
        columns, rows = range(west, east + 1), range(north, south + 1)
        return [cell for across in columns for down in rows if (cell := (across, down)) in cells]
    return [cell for cell in cells if west <= cell[0] <= east and north <= cell[1] <= south]


def cells_inside(box: Box, zoom: int) -> Bounds:
    """The cells that lie wholly in the box, whatever the rounding at its edges."""
    west, north, east, south = cells_touched(box, zoom)
    return west + 1, north + 1, east - 1, south - 1


def cells_touched(box: Box, zoom: int) -> Bounds:
    """The cells that the box has a part of."""
    up = DEEPEST_ZOOM - zoom
    (west, north), (east, south) = cell_of(box.west, box.north), cell_of(box.east, box.south)
    return west >> up, north >> up, east >> up, south >> up


@lru_cache(10_000)
def _latitude(down: float) -> float:
    """Of a line so far down the map, from 0 to 1; the poles are shown at its edges."""
    if down in {0.0, 1.0}:
        return 90.0 - 180.0 * down
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * down))))
