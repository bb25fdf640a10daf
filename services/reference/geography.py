"""Where the communes are: which one a point lies in, whether a point may be said to lie in one, and made-up points.

Points are WGS84 degrees. The outlines are Statbel's, simplified with a tolerance of 100 m (for checks) and of 500 m
(for maps of the region). They leave no gap and do not overlap; a border may lie some hundred metres off the true one.
"""

import math
from functools import cache
from random import Random
from typing import NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from services.reference.communes import follow
from services.reference.tables import read_json

DEFAULT_TOLERANCE_M = 750.0
"""Metres by which the rule "a place lies inside its commune" is relaxed: simplified borders must refuse no true place.

Measured against outlines made from Statbel's sectors: the farthest true point outside its commune's 100 m outline is
613 m away (Eupen), the next 217 m (Mouscron); the rest is room for what those outlines had themselves simplified.
"""
_METRES_PER_DEGREE = 111_230.0
"""Of latitude, at 50° north; a degree of longitude is this times the cosine of the latitude, within 0.5 %."""
_FROM_THE_BORDER_DEGREES = 0.0002
"""Made-up points keep about 20 m from the border, so that rounding them cannot put them outside."""
_DECIMALS = 6
"""Of made-up points: a tenth of a metre."""


class Coordinates(NamedTuple):
    """A point, WGS84 degrees."""

    longitude: float
    latitude: float


def commune_at(longitude: float, latitude: float) -> str | None:
    """NIS code of the commune in whose outline the point lies; None outside Wallonia.

    Nearer to a border than `DEFAULT_TOLERANCE_M` it may be the neighbour's.
    """
    codes, tree = _index()
    found = tree.query(shapely.Point(longitude, latitude), predicate="intersects")
    return min((codes[place] for place in found), default=None)


def is_inside(nis_code: str, longitude: float, latitude: float, tolerance_m: float = DEFAULT_TOLERANCE_M) -> bool:
    """Whether the point lies in the commune, or at most `tolerance_m` metres outside its outline.

    A former code stands for what the commune became. ValueError for an unknown code.
    """
    return distance_m(nis_code, longitude, latitude) <= tolerance_m


def distance_m(nis_code: str, longitude: float, latitude: float) -> float:
    """Metres from the point to the commune's outline; 0 inside. ValueError for an unknown code."""
    outline, reference_latitude = _outline_in_metres(follow(nis_code).nis_code)
    easting, northing = _metres(longitude, latitude, reference_latitude)
    return float(shapely.distance(outline, shapely.Point(easting, northing)))


def random_point_inside(nis_code: str, random: Random) -> Coordinates:
    """A point inside the 100 m and the 500 m outline of the commune; the same `random` gives the same points.

    ValueError for an unknown code.
    """
    area, (west, south, east, north) = _area_for_points(follow(nis_code).nis_code)
    while True:
        longitude = round(west + (east - west) * random.random(), _DECIMALS)
        latitude = round(south + (north - south) * random.random(), _DECIMALS)
        if shapely.contains_xy(area, longitude, latitude):
            return Coordinates(longitude, latitude)


def outline(nis_code: str, metres: int = 100) -> BaseGeometry:
    """The commune's outline simplified with 100 or 500 m, in degrees. ValueError for an unknown code."""
    return _outlines(metres)[follow(nis_code).nis_code]


@cache
def _outlines(metres: int) -> dict[str, BaseGeometry]:
    features = read_json(f"commune_outlines_{metres}m.geojson")["features"]
    return {feature["properties"]["nis"]: shapely.geometry.shape(feature["geometry"]) for feature in features}


@cache
def _index() -> tuple[list[str], shapely.STRtree]:
    outlines = _outlines(100)
    return list(outlines), shapely.STRtree(list(outlines.values()))


@cache
def _outline_in_metres(nis_code: str) -> tuple[BaseGeometry, float]:
    degrees = _outlines(100)[nis_code]
    latitude = degrees.centroid.y
    scale = [_METRES_PER_DEGREE * math.cos(math.radians(latitude)), _METRES_PER_DEGREE]
    metres = shapely.transform(degrees, lambda points: points * scale)
    shapely.prepare(metres)
    return metres, latitude


def _metres(longitude: float, latitude: float, reference_latitude: float) -> tuple[float, float]:
    width = _METRES_PER_DEGREE * math.cos(math.radians(reference_latitude))
    return longitude * width, latitude * _METRES_PER_DEGREE


@cache
def _area_for_points(nis_code: str) -> tuple[BaseGeometry, tuple[float, float, float, float]]:
    both = _outlines(100)[nis_code].intersection(_outlines(500)[nis_code])
    area = both.buffer(-_FROM_THE_BORDER_DEGREES)
    shapely.prepare(area)
    return area, area.bounds
