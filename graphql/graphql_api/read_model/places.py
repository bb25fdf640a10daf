"""Who is near a point, or inside a rectangle: a grid of cells a tenth of a degree wide, then the exact place.

Distances are taken through the globe, not along it: the square of the chord between two points of a sphere of radius 1.
It sorts as the way along the surface does, and costs three multiplications where that costs five trigonometric calls.
"""

import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from services.events.contracts.criteria import Box, Near
from services.events.contracts.distance import EARTH_RADIUS_KM

_CELLS_PER_DEGREE = 10
_KM_PER_DEGREE = 111.195
"""Of latitude, on the sphere of that radius."""

Points = tuple[tuple[float, float], ...]
Cell = tuple[int, int]
Floats = NDArray[np.float64]
Ordinals = NDArray[np.uint32]


@dataclass(frozen=True)
class Circle:
    """The organisations around a point, the nearest first."""

    ordinals: Ordinals
    chords: Floats
    """How far the nearest place of each is, as a squared chord."""

    @cached_property
    def members(self) -> BitMap:
        """The organisations as a set."""
        return BitMap(array("I", self.ordinals.tobytes()))

    @cached_property
    def chord(self) -> dict[int, float]:
        """How far each organisation is, by ordinal."""
        return dict(zip(self.ordinals.tolist(), self.chords.tolist(), strict=True))

    def among(self, ordinals: BitMap) -> "Circle":
        """Those of these organisations that are in the circle."""
        held = np.isin(self.ordinals, np.frombuffer(ordinals.to_array(), np.uint32))
        return Circle(self.ordinals[held], self.chords[held])


def km_of(chord: float) -> float:
    """The way along the surface, from the squared chord."""
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord) / 2))


class PlaceGrid:
    """The places of organisations: a row for each, found by the cell it lies in."""

    def __init__(self) -> None:
        self._cells: dict[Cell, array[int]] = {}
        self._owners: Ordinals = np.zeros(16, np.uint32)
        self._vectors: Floats = np.zeros((16, 3))
        """From the centre of the globe to the place."""
        self._degrees: Floats = np.zeros((16, 2))
        self._free: list[int] = list(range(16))
        self._size = 0
        """All ordinals that were ever given a place are less."""

    def replace(self, ordinal: int, before: Points, after: Points) -> None:
        """Move the places of one organisation."""
        if before == after:
            return
        for point in before:
            self._remove(ordinal, point)
        for point in after:
            self._add(ordinal, point)

    def within(self, near: Near, among: BitMap | None) -> Circle:
        """Those of the given organisations, or of all, that have a place in the circle, its edge included."""
        limit = 4 * math.sin(min(near.radius_km / (2 * EARTH_RADIUS_KM), math.pi / 2)) ** 2
        rows = self._rows(box_around(near), among)
        way = self._vectors[rows] - _vector(near.point.longitude, near.point.latitude)
        chords = np.einsum("ij,ij->i", way, way)
        inside = chords <= limit
        return _nearest_first(self._owners[rows[inside]], chords[inside])

    def inside(self, box: Box) -> BitMap:
        """Those that have a place in the rectangle, edges included."""
        return BitMap(array("I", self.places_in(box)[0].tobytes()))

    def places_in(self, box: Box) -> tuple[Ordinals, Floats]:
        """The places in the rectangle, edges included: whose they are, and longitude and latitude of each."""
        rows = self._rows(box, None)
        degrees = self._degrees[rows]
        east, north = degrees.T
        held = (box.west <= east) & (east <= box.east) & (box.south <= north) & (north <= box.north)
        return self._owners[rows[held]], degrees[held]

    def candidates(self, box: Box) -> BitMap:
        """Those that have a place in a cell that the rectangle touches."""
        return BitMap(array("I", self._owners[self._rows(box, None)].tobytes()))

    def _rows(self, box: Box, among: BitMap | None) -> NDArray[np.intp]:
        """The rows in the cells that the rectangle touches, of the given organisations or of all."""
        cells = [self._cells[cell] for cell in self._touched(box)]
        rows = np.frombuffer(b"".join(cells), np.uint32).astype(np.intp)
        if among is None or not len(rows):
            return rows
        held = np.zeros(self._size, bool)
        ordinals = np.frombuffer(among.to_array(), np.uint32)
        held[ordinals[: np.searchsorted(ordinals, self._size)]] = True
        return rows[held[self._owners[rows]]]

    def _touched(self, box: Box) -> Iterator[Cell]:
        (west, south), (east, north) = _cell(box.west, box.south), _cell(box.east, box.north)
        if (east - west + 1) * (north - south + 1) > len(self._cells):
            return (cell for cell in self._cells if west <= cell[0] <= east and south <= cell[1] <= north)
        every = ((across, up) for across in range(west, east + 1) for up in range(south, north + 1))
        return (cell for cell in every if cell in self._cells)

    def _add(self, ordinal: int, point: tuple[float, float]) -> None:
        self._size = max(self._size, ordinal + 1)
        row = self._free.pop() if self._free else self._grow()
        self._owners[row], self._degrees[row], self._vectors[row] = ordinal, point, _vector(*point)
        self._cells.setdefault(_cell(*point), array("I")).append(row)

    def _remove(self, ordinal: int, point: tuple[float, float]) -> None:
        rows = self._cells[_cell(*point)]
        row = next(row for row in rows if self._owners[row] == ordinal and tuple(self._degrees[row]) == point)
        rows.remove(row)
        if not rows:
            del self._cells[_cell(*point)]
        self._free.append(row)

    def _grow(self) -> int:
        size = len(self._owners)
        self._owners = np.concatenate([self._owners, np.zeros(size, np.uint32)])
        self._vectors = np.concatenate([self._vectors, np.zeros((size, 3))])
        self._degrees = np.concatenate([self._degrees, np.zeros((size, 2))])
        self._free.extend(range(2 * size - 1, size, -1))
        return size


def _nearest_first(owners: Ordinals, chords: Floats) -> Circle:
    """Each organisation once, at the nearest of its places."""
    order = np.argsort(chords, kind="stable")
    owners, chords = owners[order], chords[order]
    first = np.sort(np.unique(owners, return_index=True)[1])
    return Circle(owners[first], chords[first])


def box_around(near: Near) -> Box:
    """A rectangle that holds the whole circle."""
    up = near.radius_km / _KM_PER_DEGREE * 1.001
    south, north = max(-90.0, near.point.latitude - up), min(90.0, near.point.latitude + up)
    narrowest = math.cos(math.radians(max(abs(south), abs(north))))
    across = up / narrowest if narrowest > up / 180 else 360.0
    west, east = near.point.longitude - across, near.point.longitude + across
    if west < -180 or east > 180:  # noqa: PLR2004 - over the date line: every longitude
        west, east = -180.0, 180.0
    return Box.model_construct(west=west, south=south, east=east, north=north)


def _vector(longitude: float, latitude: float) -> tuple[float, float, float]:
    """From the centre of a globe of radius 1 to the point."""
    east, up = math.radians(longitude), math.radians(latitude)
    return math.cos(up) * math.cos(east), math.cos(up) * math.sin(east), math.sin(up)


def _cell(longitude: float, latitude: float) -> Cell:
    return math.floor(longitude * _CELLS_PER_DEGREE), math.floor(latitude * _CELLS_PER_DEGREE)
