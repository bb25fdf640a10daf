"""Polygons of the criteria language: which are understood, which are refused, and that inside means inside."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.events.contracts.criteria import Criteria, Polygon
from services.events.contracts.rings import contains, crossing

SQUARE = ((4.0, 50.0), (5.0, 50.0), (5.0, 51.0), (4.0, 51.0))


def polygon(*places: tuple[float, float]) -> Polygon:
    ring = [{"longitude": east, "latitude": north} for east, north in places]
    return Polygon.model_validate({"ring": ring})


@pytest.mark.parametrize(
    ("places", "remedy"),
    [
        (SQUARE[:2], "at least 3"),
        ((SQUARE[0], SQUARE[1], SQUARE[0]), "give 3 to 200 points"),
        ((*SQUARE, SQUARE[1]), "repeats"),
        ((SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]), "cross or touch"),
        (((4.0, 50.0), (4.5, 50.0), (5.0, 50.0)), "cross or touch"),
        ((*SQUARE, (4.5, 50.0)), "cross or touch"),
        (((4.0, 50.0), (5.0, 50.0), (5.0, 51.0), (5.0, 50.5), (4.0, 51.0)), "cross or touch"),
        (((-10.0, 50.0), (10.1, 50.0), (5.0, 51.0)), "20 degrees"),
        (((4.0, 40.0), (5.0, 40.0), (5.0, 60.5)), "20 degrees"),
        (((4.0, 50.0), (5.0, 50.0), (5.0, 91.0)), "less than or equal to 90"),
    ],
)
def test_a_ring_that_is_no_area_is_refused_with_the_remedy(places: Any, remedy: str) -> None:
    with pytest.raises(ValidationError, match=remedy):
        polygon(*places)


def _around(count: int) -> list[tuple[float, float]]:
    angles = [number * math.tau / count for number in range(count)]
    return [(4.5 + math.cos(angle), 50.5 + math.sin(angle)) for angle in angles]


def test_a_ring_has_up_to_200_points() -> None:
    assert len(polygon(*_around(200)).ring) == 200
    with pytest.raises(ValidationError, match="200 points"):
        polygon(*_around(201))
    with pytest.raises(ValidationError, match="at most 201"):
        polygon(*_around(202))


def test_a_ring_that_ends_where_it_began_is_the_same_as_one_that_does_not() -> None:
    assert polygon(*SQUARE, SQUARE[0]) == polygon(*SQUARE)
    assert Criteria(polygon=polygon(*SQUARE, SQUARE[0])).canonical == Criteria(polygon=polygon(*SQUARE)).canonical


def test_what_is_in_a_notch_is_outside() -> None:
    notched = polygon((4.0, 50.0), (5.0, 50.0), (5.0, 51.0), (4.5, 50.2), (4.0, 51.0)).places
    assert not contains(notched, (4.5, 50.5))
    assert contains(notched, (4.5, 50.1))
    assert contains(notched, (4.5, 50.2))
    assert contains(notched, (4.1, 50.5))


@given(place=st.tuples(st.floats(3.5, 5.5), st.floats(49.5, 51.5)))
def test_a_rectangle_holds_what_the_box_holds_with_its_edges(place: tuple[float, float]) -> None:
    east, north = place
    assert contains(SQUARE, place) == (4.0 <= east <= 5.0 and 50.0 <= north <= 51.0)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=3, max_size=7, unique=True))
def test_a_crossing_is_found_wherever_two_sides_meet(ring: list[tuple[int, int]]) -> None:
    """On a grid of whole numbers, where each side can be cut at every place that another one can touch."""
    fine = 60
    seen: dict[tuple[int, int], set[int]] = {}
    for index, ((ax, ay), (bx, by)) in enumerate(zip(ring, ring[1:] + ring[:1], strict=True)):
        for step in range(fine + 1):
            place = (ax * fine + (bx - ax) * step, ay * fine + (by - ay) * step)
            seen.setdefault(place, set()).add(index)
    corners = {(x * fine, y * fine) for x, y in ring}
    touched = any(len(found) > (2 if place in corners else 1) for place, found in seen.items())
    if touched:
        assert crossing(tuple((float(x), float(y)) for x, y in ring)) is not None


def test_a_saved_polygon_is_read_as_it_was_written() -> None:
    wanted = Criteria(polygon=polygon(*SQUARE))
    saved = wanted.model_dump(mode="json", exclude_defaults=True)
    assert Criteria.model_validate(saved) == wanted
