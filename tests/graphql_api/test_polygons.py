"""A polygon drawn on a map, as a filter by the door."""

from typing import Any

import pytest

from tests.graphql_api.conftest import COUNT
from tests.graphql_api.documents import organisations
from tests.graphql_api.door import Door

pytestmark = pytest.mark.anyio

QUERY = """query ($filter: OrganisationFilter) {
  organisations(first: 100, filter: $filter) { nodes { id } }
  facets(filter: $filter, dimensions: [kind]) { totalCount }
}"""


def _filter(*places: tuple[float, float]) -> dict[str, Any]:
    return {"filter": {"polygon": {"ring": [{"longitude": east, "latitude": north} for east, north in places]}}}


async def test_a_rectangle_drawn_as_a_polygon_finds_what_the_box_finds(door: Door) -> None:
    drawn = await door.data(QUERY, _filter((4.8, 50.4), (4.95, 50.4), (4.95, 50.5), (4.8, 50.5)))
    box = {"west": 4.8, "south": 50.4, "east": 4.95, "north": 50.5}
    assert drawn == await door.data(QUERY, {"filter": {"box": box}})
    assert 0 < drawn["facets"]["totalCount"] < COUNT


async def test_an_edge_through_a_place_includes_it(door: Door) -> None:
    identifier, point = next(
        (one.subject.id, place["address"]["point"])
        for one in organisations(COUNT)
        for place in one.document.get("establishments", [])
        if "point" in place["address"]
    )
    east, north = point["longitude"], point["latitude"]
    drawn = await door.data(QUERY, _filter((east, north - 0.5), (east + 0.5, north), (east, north + 0.5)))
    assert identifier in {node["id"] for node in drawn["organisations"]["nodes"]}


@pytest.mark.parametrize(
    ("places", "pointer"),
    [
        (((4.0, 50.0), (5.0, 51.0)), "/filter/polygon/ring"),
        (((4.0, 50.0), (5.0, 51.0), (5.0, 50.0), (4.0, 51.0)), "/filter/polygon/ring"),
        (((-20.0, 50.0), (5.0, 51.0), (5.0, 50.0)), "/filter/polygon/ring"),
        (((4.0, 50.0), (5.0, 95.0), (5.0, 50.0)), "/filter/polygon/ring/1/latitude"),
    ],
)
async def test_a_ring_that_is_no_area_is_told_with_a_pointer_to_it(door: Door, places: Any, pointer: str) -> None:
    query = "query ($filter: OrganisationFilter) { organisations(first: 1, filter: $filter) { totalCount } }"
    (error,) = (await door.ask(query, _filter(*places))).json()["errors"]
    assert error["extensions"]["code"] == "INVALID_CONTENT"
    assert error["extensions"]["errors"][0]["pointer"] == pointer
