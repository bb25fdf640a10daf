"""Pages of a search, sorted by relevance: joined they are the list, also while organisations come and go."""

from typing import Any

import pytest

from graphql_api.read_model.model import ReadModel
from tests.graphql_api.documents import entry, organisation, snapshot
from tests.graphql_api.door import Door
from tests.graphql_api.relevance.ecosystem import whole

pytestmark = pytest.mark.anyio

DOCUMENT = """
query ($text: String!, $first: Int, $after: String, $last: Int, $before: String) {
  organisations(search: $text, first: $first, after: $after, last: $last, before: $before) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { match { score } node { id title { text } } }
  }
  facets(search: $text, dimensions: [kind]) { totalCount }
}
"""


async def _pages(door: Door, text: str, size: int, *, backwards: bool) -> tuple[list[dict[str, Any]], int]:
    listed: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        window = {"last": size, "before": cursor} if backwards else {"first": size, "after": cursor}
        data = await door.data(DOCUMENT, {"text": text, **window})
        page = data["organisations"]
        assert data["facets"]["totalCount"] == page["totalCount"]
        listed = page["edges"] + listed if backwards else listed + page["edges"]
        if not page["pageInfo"]["hasPreviousPage" if backwards else "hasNextPage"]:
            return listed, page["totalCount"]
        cursor = page["pageInfo"]["startCursor" if backwards else "endCursor"]


@pytest.mark.parametrize("text", ["géo", "robtique", "santé tourisme", "e-guichet namur", "hydroptere"])
@pytest.mark.parametrize("backwards", [False, True], ids=["forwards", "backwards"])
async def test_pages_joined_are_the_list_best_first_and_equal_ones_by_title(text: str, *, backwards: bool) -> None:
    listed, total = await _pages(Door(whole()), text, 37, backwards=backwards)
    ids = [edge["node"]["id"] for edge in listed]
    assert len(set(ids)) == len(ids) == total > 0
    scores = [edge["match"]["score"] for edge in listed]
    assert scores == sorted(scores, reverse=True)


async def test_a_page_goes_on_where_the_last_one_ended_though_its_organisation_went_and_others_came() -> None:
    model = ReadModel()
    model.load(snapshot(60))
    door = Door(model)
    before = (await door.data(DOCUMENT, {"text": "numerique", "first": 100}))["organisations"]["edges"]
    page = (await door.data(DOCUMENT, {"text": "numerique", "first": 2}))["organisations"]
    gone = page["edges"][-1]["node"]["id"]
    number = next(number for number in range(60) if organisation(number).subject.id == gone)
    changes = [entry(61, organisation(number), None), *(entry(62 + at, None, organisation(60 + at)) for at in range(9))]
    model.apply(changes)
    rest, _ = await _pages_after(door, page["pageInfo"]["endCursor"])
    known = [edge["node"]["id"] for edge in before]
    assert [one for one in rest if one in known] == known[2:]


async def _pages_after(door: Door, cursor: str) -> tuple[list[str], int]:
    data = await door.data(DOCUMENT, {"text": "numerique", "first": 100, "after": cursor})
    return [edge["node"]["id"] for edge in data["organisations"]["edges"]], data["organisations"]["totalCount"]
