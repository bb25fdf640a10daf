"""Pages by the door: joined they are the list, as long as its total and its facets, also while the log moves."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.events.contracts.criteria import Criteria
from services.events.contracts.matching import matches
from tests.graphql_api.criteria_strategy import criteria_json
from tests.graphql_api.door import Door
from tests.graphql_api.moving import Moving

pytestmark = pytest.mark.anyio

QUERY = """query (
  $filter: OrganisationFilter, $search: String, $near: NearInput, $orderBy: OrganisationOrder
  $first: Int, $after: String, $last: Int, $before: String
) {
  organisations(
    filter: $filter, search: $search, near: $near, orderBy: $orderBy
    first: $first, after: $after, last: $last, before: $before
  ) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    nodes { id registeredOn lastValidatedOn }
  }
  facets(filter: $filter, search: $search, near: $near, dimensions: [size_class]) {
    totalCount
    facets { withoutValue values { count } }
  }
}"""
NEAR = {"point": {"longitude": 4.87, "latitude": 50.467}, "radiusKm": 60.0}
FIELDS: dict[str, dict[str, Any]] = {
    "title": {},
    "registered_on": {},
    "last_validated_on": {},
    "distance": {"near": NEAR},
    "relevance": {"search": "meuse"},
}
DAYS = {"registered_on": "registeredOn", "last_validated_on": "lastValidatedOn"}
"""Orders with many equal ranks: days, and none at all."""


class Reader:
    """Reads a list page by page, forwards or backwards."""

    def __init__(self, door: Door, variables: dict[str, Any], size: int, *, backwards: bool) -> None:
        self._door = door
        self._variables = variables
        self._size = size
        self._backwards = backwards
        self._cursor: str | None = None
        self.nodes: list[dict[str, Any]] = []
        self.more = True

    @property
    def ids(self) -> list[str]:
        return [node["id"] for node in self.nodes]

    async def read(self) -> Any:
        """Read one page more; the whole answer."""
        size, cursor = ("last", "before") if self._backwards else ("first", "after")
        data = await self._door.data(QUERY, {**self._variables, size: self._size, cursor: self._cursor})
        listed = data["organisations"]
        info, nodes = listed["pageInfo"], listed["nodes"]
        self.nodes = nodes + self.nodes if self._backwards else self.nodes + nodes
        self.more = info["hasPreviousPage" if self._backwards else "hasNextPage"]
        # A page can be empty while the log moves: what was behind it is gone.
        self._cursor = info["startCursor" if self._backwards else "endCursor"] or self._cursor
        assert len(nodes) == self._size or not self.more
        return data


@pytest.fixture(scope="module")
def changed() -> Moving:
    moving = Moving(300)
    moving.move(300)
    return moving


def _variables(field: str, direction: str, filter_: dict[str, Any]) -> dict[str, Any]:
    return {"filter": filter_, "orderBy": {"field": field, "direction": direction}, **FIELDS[field]}


def _without_figures(filter_: dict[str, Any]) -> dict[str, Any]:
    """Turnover is not asked for: not everybody may. GraphQL's own spelling of the names."""
    criteria = Criteria.model_validate(filter_)
    shown: dict[str, Any] = criteria.model_dump(mode="json", by_alias=True, exclude_none=True)
    for part in (shown, *shown.get("noneOf", [])):
        part.get("export", {}).pop("turnoverEur", None)
    return shown


FILTERS = st.one_of(st.just({}), criteria_json.map(_without_figures))
LISTS = st.builds(_variables, st.sampled_from(sorted(FIELDS)), st.sampled_from(("asc", "desc")), FILTERS)


@given(variables=LISTS, size=st.integers(1, 100), backwards=st.booleans())
@settings(max_examples=100)
async def test_pages_joined_are_the_list_its_total_and_the_sum_of_a_facet(
    *, changed: Moving, variables: dict[str, Any], size: int, backwards: bool
) -> None:
    door = Door(changed.model)
    reader = Reader(door, variables, size, backwards=backwards)
    whole = Reader(door, variables, 100, backwards=False)
    while whole.more:
        data = await whole.read()
    while reader.more:
        data = await reader.read()
    assert reader.ids == whole.ids
    assert len(set(reader.ids)) == len(reader.ids)
    (sizes,) = data["facets"]["facets"]
    summed = sum(value["count"] for value in sizes["values"]) + sizes["withoutValue"]
    assert len(reader.ids) == data["organisations"]["totalCount"] == data["facets"]["totalCount"] == summed
    if not variables.keys() & {"search", "near"}:
        assert set(reader.ids) == _meeting(changed, variables["filter"])
    if name := DAYS.get(variables["orderBy"]["field"]):
        ranks = [(node[name] or "", node["id"]) for node in reader.nodes]
        assert ranks == sorted(ranks, reverse=variables["orderBy"]["direction"] == "desc")


@given(
    variables=LISTS,
    size=st.integers(1, 20),
    backwards=st.booleans(),
    steps=st.lists(st.integers(0, 12), min_size=1, max_size=6),
)
@settings(max_examples=60)
async def test_while_the_log_moves_who_does_not_change_is_neither_skipped_nor_repeated(
    *, variables: dict[str, Any], size: int, backwards: bool, steps: list[int]
) -> None:
    moving = Moving(60)
    door = Door(moving.model)
    before = await _whole(door, variables)
    reader = Reader(door, variables, size, backwards=backwards)
    touched: set[str] = set()
    for step in _repeated(steps):
        data = await reader.read()
        (sizes,) = data["facets"]["facets"]
        summed = sum(value["count"] for value in sizes["values"]) + sizes["withoutValue"]
        assert data["organisations"]["totalCount"] == data["facets"]["totalCount"] == summed
        if not reader.more:
            break
        touched |= moving.move(step)
    unchanged = [identifier for identifier in before if identifier not in touched]
    assert [identifier for identifier in reader.ids if identifier not in touched] == unchanged


async def _whole(door: Door, variables: dict[str, Any]) -> list[str]:
    reader = Reader(door, variables, 100, backwards=False)
    while reader.more:
        await reader.read()
    return reader.ids


def _repeated(steps: list[int]) -> Iterator[int]:
    """The steps, and then no more: a reader comes to the end of a log that rests."""
    yield from steps
    while True:
        yield 0


def _meeting(moving: Moving, filter_: dict[str, Any]) -> set[str]:
    wanted, today = Criteria.model_validate(filter_), datetime.now(UTC).date()
    return {identifier for identifier, one in moving.held.items() if matches(one.document, None, wanted, today)}
