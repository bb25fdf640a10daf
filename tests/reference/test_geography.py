"""Points, outlines and communes."""

import math
from datetime import date
from random import Random

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reference.communes import communes_on
from services.reference.geography import (
    DEFAULT_TOLERANCE_M,
    commune_at,
    distance_m,
    is_inside,
    outline,
    random_point_inside,
)

CODES = [found.nis_code for found in communes_on(date(2025, 6, 1))]
NAMUR, LIEGE, PROFONDEVILLE = "92094", "62063", "92101"
CITADEL_OF_NAMUR = (4.8615, 50.4596)


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - a demonstration needs no secrets


def great_circle_m(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Haversine distance on a sphere of the earth's mean radius."""
    (east, north), (other_east, other_north) = (tuple(map(math.radians, point)) for point in (first, second))
    half = math.sin((other_north - north) / 2) ** 2
    half += math.cos(north) * math.cos(other_north) * math.sin((other_east - east) / 2) ** 2
    return 2 * 6_371_009 * math.asin(math.sqrt(half))


class TestOutlines:
    @pytest.mark.parametrize("metres", [100, 500])
    def test_every_commune_has_an_outline_and_no_two_overlap(self, metres: int) -> None:
        outlines = [outline(code, metres) for code in CODES]
        assert all(shape.is_valid and not shape.is_empty for shape in outlines)
        assert shapely.union_all(outlines).area == pytest.approx(sum(shape.area for shape in outlines), rel=1e-9)

    def test_the_outlines_together_are_as_large_as_wallonia(self) -> None:
        square_kilometres = sum(outline(code).area for code in CODES) * 111.23**2 * 0.6385
        assert square_kilometres == pytest.approx(16_901, rel=0.01)

    def test_neighbours_share_a_border_and_far_communes_do_not(self) -> None:
        assert shapely.intersection(outline(NAMUR), outline(PROFONDEVILLE)).length > 0
        assert not outline(NAMUR).intersects(outline(LIEGE))


class TestCommuneAt:
    def test_a_point_is_in_the_commune_whose_outline_it_lies_in(self) -> None:
        assert commune_at(*CITADEL_OF_NAMUR) == NAMUR

    @pytest.mark.parametrize("point", [(4.3517, 50.8466), (6.1319, 49.6116), (0.0, 0.0), (50.46, 4.86)])
    def test_a_point_outside_wallonia_is_in_none(self, point: tuple[float, float]) -> None:
        assert commune_at(*point) is None

    def test_a_point_on_a_shared_border_has_one_answer(self) -> None:
        border = shapely.intersection(outline(NAMUR), outline(PROFONDEVILLE))
        for longitude, latitude in shapely.get_coordinates(border):
            touching = {code for code in CODES if outline(code).intersects(shapely.Point(longitude, latitude))}
            assert commune_at(longitude, latitude) == min(touching)


class TestIsInside:
    def test_a_point_inside_is_inside_without_tolerance(self) -> None:
        assert is_inside(NAMUR, *CITADEL_OF_NAMUR, tolerance_m=0)

    def test_a_point_of_another_commune_is_not(self) -> None:
        assert not is_inside(LIEGE, *CITADEL_OF_NAMUR)

    @pytest.mark.parametrize("code", [NAMUR, "63023", "53014", "85045"])
    def test_the_tolerance_is_in_metres_whatever_the_direction(self, code: str) -> None:
        west, south, east, north = outline(code).bounds
        for longitude, latitude in ((west - 0.02, (south + north) / 2), ((west + east) / 2, north + 0.02)):
            metres = distance_m(code, longitude, latitude)
            assert metres > DEFAULT_TOLERANCE_M
            assert is_inside(code, longitude, latitude, tolerance_m=metres + 0.1)
            assert not is_inside(code, longitude, latitude, tolerance_m=metres - 0.1)

    @pytest.mark.parametrize("code", [NAMUR, "63023", "53014", "85045"])
    def test_distances_are_those_of_the_great_circle(self, code: str) -> None:
        points = [(float(longitude), float(latitude)) for longitude, latitude in shapely.get_coordinates(outline(code))]
        west, north = min(points), max(points, key=lambda point: point[1])
        beyond_west, beyond_north = (west[0] - 0.01, west[1]), (north[0], north[1] + 0.01)
        assert distance_m(code, *beyond_west) == pytest.approx(great_circle_m(west, beyond_west), rel=0.006)
        assert distance_m(code, *beyond_north) == pytest.approx(great_circle_m(north, beyond_north), rel=0.006)

    def test_a_former_code_stands_for_what_the_commune_became(self) -> None:
        bertogne = (5.6690, 50.0848)
        assert is_inside("82005", *bertogne)
        assert is_inside("82039", *bertogne)

    def test_an_unknown_code_is_refused(self) -> None:
        with pytest.raises(ValueError, match="not the NIS code"):
            is_inside("00000", *CITADEL_OF_NAMUR)


class TestRandomPoints:
    @settings(max_examples=300)
    @given(st.sampled_from(CODES), st.integers(0, 2**32))
    def test_a_made_up_point_lies_inside_both_outlines_of_its_commune(self, code: str, seed: int) -> None:
        longitude, latitude = random_point_inside(code, seeded(seed))
        assert commune_at(longitude, latitude) == code
        assert all(shapely.contains_xy(outline(code, metres), longitude, latitude) for metres in (100, 500))
        assert is_inside(code, longitude, latitude, tolerance_m=0)

    def test_every_commune_has_room_for_points(self) -> None:
        random = seeded(1)
        assert all(commune_at(*random_point_inside(code, random)) == code for code in CODES for _ in range(20))

    def test_the_same_seed_gives_the_same_points(self) -> None:
        first, second = ([random_point_inside(NAMUR, random) for _ in range(50)] for random in (seeded(7), seeded(7)))
        assert first == second
        assert len(set(first)) == 50
