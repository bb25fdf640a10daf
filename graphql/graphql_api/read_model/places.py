"""Who is near a point, or inside a rectangle: the cells of the map that it touches, then the exact place.

Distances are taken through the globe, not along it: the square of the chord between two points of a sphere of radius 1.
It sorts as the way along the surface does, and costs three multiplications where that costs five trigonometric calls.
"""

import math
from array import array
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pyroaring import BitMap

from graphql_api.read_model.marked_places import Floats, MarkedPlaces, Ordinals, Places, vector_of
from services.events.contracts.criteria import Box, Near
from services.events.contracts.distance import EARTH_RADIUS_KM

_KM_PER_DEGREE = 111.195
"""Of latitude, on the sphere of that radius."""


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

    def chord_of(self, ordinal: int) -> float:
        """How far the organisation is, which is in the circle: looked up, for a page has few of those that are."""
        return float(self.chords[(self.ordinals == ordinal).argmax()])

    def among(self, ordinals: BitMap) -> "Circle":
        """Those of these organisations that are in the circle."""
        held = np.isin(self.ordinals, np.frombuffer(ordinals.to_array(), np.uint32))
        return Circle(self.ordinals[held], self.chords[held])


def km_of(chord: float) -> float:
    """The way along the surface, from the squared chord."""
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord) / 2))


class PlaceGrid:
    """The places of organisations."""

    def __init__(self) -> None:
        self.marked = MarkedPlaces()

    def replace(self, ordinal: int, before: Places, after: Places) -> None:
        """Move the places of one organisation."""
        self.marked.replace(ordinal, before, after)

    def collect(self, ordinal: int, places: Places) -> None:
        """Take the places of one of many organisations, before `settle`."""
        self.marked.collect(ordinal, places)

    def settle(self) -> None:
        """Find what was collected. Only for a grid that is still empty."""
        self.marked.settle()

    def within(self, near: Near, among: BitMap | None) -> Circle:
        """Those of the given organisations, or of all, that have a place in the circle, its edge included."""
        limit = 4 * math.sin(min(near.radius_km / (2 * EARTH_RADIUS_KM), math.pi / 2)) ** 2
        rows = self.marked.among(self.marked.rows(self.marked.touched(box_around(near))), among)
        way = self.marked.vectors(rows) - vector_of(near.point.longitude, near.point.latitude)
        chords = np.einsum("ij,ij->i", way, way)
        inside = chords <= limit
        return _nearest_first(self.marked.owners(rows[inside]), chords[inside])

    def inside(self, box: Box) -> BitMap:
        """Those that have a place in the rectangle, edges included."""
        return BitMap(array("I", self.marked.owners(self.marked.inside(box)).tobytes()))

    def places_in(self, box: Box) -> tuple[Ordinals, Floats]:
        """The places in the rectangle, edges included: whose they are, and longitude and latitude of each."""
        rows = self.marked.inside(box)
        return self.marked.owners(rows), self.marked.degrees(rows)


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
