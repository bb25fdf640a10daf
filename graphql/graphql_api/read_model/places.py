"""Who is near a point, or inside a rectangle: a grid of cells a tenth of a degree wide, then the exact distance."""

import math
from collections.abc import Iterator

from pyroaring import BitMap

from services.events.contracts.criteria import Box, Near
from services.events.contracts.distance import kilometres
from services.events.contracts.values import Point

_CELLS_PER_DEGREE = 10
_KM_PER_DEGREE = 111.195
"""Of latitude, on the sphere of that radius."""

Points = tuple[tuple[float, float], ...]
Cell = tuple[int, int]


def nearest_km(points: Points, point: Point) -> float:
    """Distance to the nearest of the points; infinite without any."""
    centre = point.longitude, point.latitude
    return min((kilometres(centre, place) for place in points), default=math.inf)


class PlaceGrid:
    """Ordinals by the cells in which they have an establishment."""

    def __init__(self) -> None:
        self._cells: dict[Cell, BitMap] = {}

    def replace(self, ordinal: int, before: Points, after: Points) -> None:
        """Move the points of one ordinal."""
        old, new = {_cell(*point) for point in before}, {_cell(*point) for point in after}
        for cell in old - new:
            self._cells[cell].discard(ordinal)
            if not self._cells[cell]:
                del self._cells[cell]
        for cell in new - old:
            self._cells.setdefault(cell, BitMap()).add(ordinal)

    def candidates(self, box: Box) -> BitMap:
        """Ordinals with a point in a cell that the rectangle touches."""
        (west, south), (east, north) = _cell(box.west, box.south), _cell(box.east, box.north)
        found = BitMap()
        if (east - west + 1) * (north - south + 1) > len(self._cells):
            touched: Iterator[Cell] = (
                cell for cell in self._cells if west <= cell[0] <= east and south <= cell[1] <= north
            )
        else:
            touched = ((across, up) for across in range(west, east + 1) for up in range(south, north + 1))
        for cell in touched:
            if cell in self._cells:
                found |= self._cells[cell]
        return found


def box_around(near: Near) -> Box:
    """A rectangle that holds the whole circle."""
    up = near.radius_km / _KM_PER_DEGREE * 1.001
    south, north = max(-90.0, near.point.latitude - up), min(90.0, near.point.latitude + up)
    narrowest = math.cos(math.radians(max(abs(south), abs(north))))
    across = up / narrowest if narrowest > up / 180 else 360.0
    west, east = near.point.longitude - across, near.point.longitude + across
    if west < -180 or east > 180:  # noqa: PLR2004 - over the date line: every longitude
        west, east = -180.0, 180.0
    return Box(west=west, south=south, east=east, north=north)


def is_inside(points: Points, box: Box) -> bool:
    """Whether one of the points lies in the rectangle, edges included."""
    return any(box.west <= x <= box.east and box.south <= y <= box.north for x, y in points)


def _cell(longitude: float, latitude: float) -> Cell:
    return math.floor(longitude * _CELLS_PER_DEGREE), math.floor(latitude * _CELLS_PER_DEGREE)
