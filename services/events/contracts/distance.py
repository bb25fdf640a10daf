"""Distance between two points of the globe."""

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6_371.0088
"""Mean radius (IUGG): a great circle by it is within 0.5 % of the distance on the ellipsoid."""


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle kilometres between two points (longitude, latitude) in WGS84 degrees, by the haversine formula."""
    longitude, latitude = map(radians, one)
    other_longitude, other_latitude = map(radians, other)
    across = sin((other_longitude - longitude) / 2) ** 2 * cos(latitude) * cos(other_latitude)
    along = sin((other_latitude - latitude) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(along + across)))
