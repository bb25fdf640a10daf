"""Map clusters against the places of the documents: every place of the box in one cluster, whatever the zoom."""

import math
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from graphql_api.examples import examples
from graphql_api.read_model.clusters import MOST_CELLS, Cluster
from graphql_api.read_model.filtering import Reading, select
from graphql_api.read_model.map_cells import DEEPEST_ZOOM, cells_of
from graphql_api.read_model.state import State
from services.events.contracts.criteria import Box, Criteria
from services.events.contracts.matching import matches
from tests.graphql_api.conftest import COUNT
from tests.graphql_api.criteria_strategy import criteria
from tests.graphql_api.documents import organisations
from tests.graphql_api.door import Door
from tests.graphql_api.moving import Moving

pytestmark = pytest.mark.anyio

TODAY = date(2026, 11, 25)
ANYBODY = Criteria()
Place = tuple[str, float, float]


@pytest.fixture(scope="module")
def changed() -> Moving:
    """Read from a snapshot, then changed again and again."""
    moving = Moving(400)
    moving.move(800)
    return moving


BOXES = st.one_of(
    st.tuples(st.floats(2.5, 6), st.floats(49.4, 50.8), st.floats(0, 3), st.floats(0, 1.2)),
    st.tuples(st.floats(-180, 0), st.floats(-90, 40), st.floats(0, 180), st.floats(0, 50)),
    st.just((-180.0, -90.0, 360.0, 180.0)),
    st.tuples(st.floats(3, 6), st.floats(49.5, 50.8), st.floats(0, 0.1), st.floats(0, 0.05)),
).map(lambda box: Box(west=box[0], south=box[1], east=box[0] + box[2], north=box[1] + box[3]))


def _places(moving: Moving, box: Box, wanted: Criteria) -> list[Place]:
    points = [
        (identifier, place["address"]["point"])
        for identifier, one in moving.held.items()
        if matches(one.document, None, wanted, TODAY)
        for place in one.document.get("establishments", [])
        if "point" in place["address"]
    ]
    places = [(identifier, point["longitude"], point["latitude"]) for identifier, point in points]
    return [place for place in places if box.west <= place[1] <= box.east and box.south <= place[2] <= box.north]


def _holds(cluster: Cluster, zoom: int, place: Place) -> bool:
    """Whether the place is in the cluster's cell, computed otherwise than there: with logarithms, tile by tile."""
    _, longitude, latitude = place
    side = 4 * 2**zoom
    across = (longitude + 180) / 360 * side
    tangent = math.tan(math.radians(latitude)) + 1 / math.cos(math.radians(latitude))
    down = (1 - math.log(tangent) / math.pi) / 2 * side
    return cluster.cell == (math.floor(across), math.floor(down))


def _clusters(state: State, box: Box, zoom: int, wanted: Criteria, few: int) -> list[Cluster]:
    found = select(state, wanted, Reading(TODAY, restricted=False))
    return state.clusters.clusters(box, zoom, None if wanted == ANYBODY else found, few)


@given(
    box=BOXES, zoom=st.integers(0, DEEPEST_ZOOM), wanted=st.one_of(st.just(ANYBODY), criteria), few=st.integers(0, 5)
)
@settings(max_examples=400)
def test_every_place_of_the_box_is_in_the_cluster_of_its_cell(
    changed: Moving, box: Box, zoom: int, wanted: Criteria, few: int
) -> None:
    assume(cells_of(box, zoom) <= MOST_CELLS)
    state, expected = changed.model.state, _places(changed, box, wanted)
    clusters = _clusters(state, box, zoom, wanted, few)
    assert sum(cluster.count for cluster in clusters) == len(expected)
    assert len({cluster.cell for cluster in clusters}) == len(clusters)
    for cluster in clusters:
        mine = [place for place in expected if _holds(cluster, zoom, place)]
        assert cluster.count == len(mine)
        assert cluster.longitude == pytest.approx(sum(place[1] for place in mine) / len(mine), abs=2e-7)
        assert cluster.latitude == pytest.approx(sum(place[2] for place in mine) / len(mine), abs=2e-7)
        ids = {state.record(ordinal).id for ordinal in cluster.ordinals}
        assert ids == ({place[0] for place in mine} if len(mine) <= few else set())
        whole = Box(**cluster.edges(zoom))
        assert all(whole.west - 1e-9 <= place[1] <= whole.east + 1e-9 for place in mine)
        assert all(whole.south - 1e-9 <= place[2] <= whole.north + 1e-9 for place in mine)


@given(box=BOXES, zoom=st.integers(0, 10))
def test_what_is_kept_for_everybody_is_what_is_counted_from_the_places(changed: Moving, box: Box, zoom: int) -> None:
    assume(cells_of(box, zoom) <= MOST_CELLS)
    state = changed.model.state
    kept = state.clusters.clusters(box, zoom, None, 3)
    assert kept == state.clusters.clusters(box, zoom, state.everything, 3)


def test_cells_are_64_pixels_of_the_usual_tiles() -> None:
    world = Box(west=-180.0, south=-85.05, east=180.0, north=85.05)
    assert cells_of(world, 0) == 16
    assert cells_of(world, 3) == 1_024
    brussels = Box(**Cluster((2 * 4, 1 * 4), 1, 0.0, 0.0).edges(2))
    assert (brussels.west, brussels.east) == (0.0, 22.5)
    assert brussels.north == pytest.approx(66.513, abs=1e-3)


async def test_a_map_is_clustered_by_the_door(door: Door) -> None:
    example = next(example for example in examples() if example.name == "MapOfAFilter")
    filter_ = {"kinds": ["coworking", "epn"]}
    box = {"west": 2.8, "south": 49.4, "east": 6.5, "north": 50.9}
    answer = (await door.data(example.document, {"filter": filter_, "box": box, "zoom": 8}))["mapClusters"]
    wanted = Criteria.model_validate(filter_)
    inside = Box.model_validate(box)
    moving = Moving(COUNT)
    assert {one.subject.id for one in organisations(COUNT)} == moving.held.keys()
    expected = _places(moving, inside, wanted)
    assert answer["totalCount"] == len(expected) == sum(cluster["count"] for cluster in answer["clusters"])
    counts = [cluster["count"] for cluster in answer["clusters"]]
    assert counts == sorted(counts, reverse=True)
    for cluster in answer["clusters"]:
        assert len(cluster["ids"]) == (cluster["count"] == 1)
        assert cluster["box"]["west"] <= cluster["centre"]["longitude"] <= cluster["box"]["east"]


QUERY = """query ($box: BoxInput!, $zoom: Int!, $ids: Int) {
  mapClusters(box: $box, zoom: $zoom, idsUpTo: $ids) { totalCount }
}"""
WALLONIA = {"west": 2.8, "south": 49.4, "east": 6.5, "north": 50.9}


@pytest.mark.parametrize(
    ("variables", "code", "pointer"),
    [
        ({"box": WALLONIA, "zoom": -1}, "INVALID_INPUT", "argument:zoom"),
        ({"box": WALLONIA, "zoom": 23}, "INVALID_INPUT", "argument:zoom"),
        ({"box": WALLONIA, "zoom": 8, "ids": 21}, "INVALID_INPUT", "argument:idsUpTo"),
        ({"box": WALLONIA, "zoom": 8, "ids": -1}, "INVALID_INPUT", "argument:idsUpTo"),
        ({"box": WALLONIA, "zoom": 14}, "INVALID_INPUT", "argument:box"),
        ({"box": {**WALLONIA, "west": 7.0}, "zoom": 8}, "INVALID_CONTENT", "/box"),
        ({"box": {**WALLONIA, "north": 91.0}, "zoom": 8}, "INVALID_CONTENT", "/box/north"),
    ],
)
async def test_a_view_that_cannot_be_answered_is_a_typed_error(
    door: Door, variables: dict[str, Any], code: str, pointer: str
) -> None:
    (error,) = (await door.ask(QUERY, variables)).json()["errors"]
    assert error["extensions"]["code"] == code
    assert error["extensions"]["errors"][0]["pointer"] == pointer
