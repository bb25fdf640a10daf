"""What operations cost, what one request may cost, and what is told of it."""

from typing import Any

import pytest
from graphql import get_introspection_query, get_operation_ast, parse
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.conduct.counting import cost_of
from graphql_api.conduct.weights import READING
from graphql_api.examples import Example, examples
from graphql_api.read_model.paging import LARGEST_PAGE
from graphql_api.schema.schema import executable
from services.settings import Settings
from tests.graphql_api.documents import organisation
from tests.graphql_api.door import Door

pytestmark = pytest.mark.anyio

LIST = "query ($n: Int) { organisations(first: $n) { totalCount nodes { slug title { text } } } }"
BY_NAME = {example.name: example for example in examples()}


def cost(document: str, variables: dict[str, Any] | None = None) -> int:
    parsed = parse(document)
    operation = get_operation_ast(parsed)
    assert operation is not None
    return cost_of(executable(), parsed, operation).of(variables)


def values_in(answer: Any) -> int:
    """How many values an answer has: members of objects, and none for the lists and objects that hold them."""
    if isinstance(answer, list):
        return sum(values_in(one) for one in answer)
    return sum(1 + values_in(one) for one in answer.values()) if isinstance(answer, dict) else 0


@pytest.mark.parametrize(
    ("document", "points"),
    [
        ("{ viewer { authenticated front } }", 3),
        ("{ a: viewer { front } b: viewer { front } }", 4),
        ("{ viewer { front ...F ... { front } } } fragment F on Viewer { front }", 2),
        ("{ provinces { code } }", 1 + 5),
        ("{ organisations(first: 10) { nodes { slug } } }", 20 + 1 + 10),
        ("{ organisations(last: 10) { edges { cursor node { slug } } } }", 20 + 1 + 10 * 3),
        ('{ organisations(first: 10, search: "a") { totalCount } }', 20 + 300 + 1),
        ('{ nodes(ids: ["a", "b"]) { id ... on Organisation { relations { kind } } } }', 1 + 2 * (1 + 1 + 3)),
        ("{ facets(dimensions: [kind, commune]) { facets { values { count } } } }", 50 + 1 + 2 * (1 + 50)),
        ("{ viewer { __typename } }", 2),
    ],
)
def test_the_cost_is_the_number_of_values_and_the_work_of_finding_them(document: str, points: int) -> None:
    assert cost(document) == points


@given(st.integers(0, LARGEST_PAGE))
def test_a_page_costs_by_its_size_wherever_the_size_is_written(size: int) -> None:
    expected = 22 + 3 * size
    assert cost(LIST, {"n": size}) == expected
    assert cost(LIST.replace("$n)", f"{size})").replace("query ($n: Int)", ""), {}) == expected
    assert cost(LIST.replace("Int)", f"Int = {size})"), {}) == expected


@pytest.mark.parametrize("size", [LARGEST_PAGE + 1, 2**31, -5, "ten", None, 1.5, True])
def test_a_size_that_the_field_refuses_costs_no_more_than_a_page(size: object) -> None:
    assert cost(LIST, {"n": size}) <= cost(LIST, {"n": LARGEST_PAGE})


def test_fragments_in_fragments_are_counted_once_for_each_way_to_them_and_walked_once() -> None:
    levels = 40
    fragments = " ".join(
        f"fragment F{n} on Organisation {{ a: relations {{ organisation {{ ...F{n + 1} }} }} "
        f"b: relations {{ organisation {{ ...F{n + 1} }} }} }}"
        for n in range(levels)
    )
    document = f'{{ organisation(slug: "x") {{ ...F0 }} }} {fragments} fragment F{levels} on Organisation {{ slug }}'
    assert cost(document) > 6**levels


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_every_operation_of_ours_is_far_below_the_limit_with_the_largest_page(example: Example) -> None:
    assert cost(example.document, example.variables | {"first": LARGEST_PAGE}) < Settings().graphql_cost_limit / 4


def test_introspection_is_below_the_limit() -> None:
    assert cost(get_introspection_query()) < Settings().graphql_cost_limit


@pytest.mark.parametrize("name", ["OrganisationsOfAFront", "ExportSearch", "FacetsOfAFilter"])
async def test_what_is_charged_is_near_the_number_of_values_that_come(door: Door, name: str) -> None:
    example = BY_NAME[name]
    variables = example.variables | {"filter": {}} if "filter" in example.variables else example.variables
    data = await door.data(example.document, variables, as_="awex")
    assert values_in(data) / 3 < cost(example.document, variables) < values_in(data) * 3 + 500


async def test_answers_tell_what_was_charged_and_what_is_left(door: Door) -> None:
    reading = READING * len(LIST)
    small = Door(door.model, settings=Settings(graphql_cost_limit=100, graphql_budget_per_minute=600))
    first = (await small.ask(LIST, {"n": 10})).json()["extensions"]["cost"]
    second = (await small.ask(LIST, {"n": 10})).json()["extensions"]["cost"]
    assert first["requested"] == second["requested"] == 52
    assert first["limit"] == second["limit"] == 600
    # Ten points come back every second.
    assert first["remaining"] in range(600 - reading - 52, 600 - reading - 40)
    assert second["remaining"] in range(600 - reading - 104, 600 - reading - 80)
    assert second["resetsInSeconds"] in range((reading + 80) // 10, (reading + 104) // 10 + 2)


async def test_an_operation_over_the_limit_of_one_request_is_refused_with_both_figures(door: Door) -> None:
    small = Door(door.model, settings=Settings(graphql_cost_limit=50))
    answer = await small.ask(LIST, {"n": 10})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (400, "COST_LIMIT")
    assert (error["extensions"]["requested"], error["extensions"]["limit"]) == (52, 50)
    assert (await small.ask(LIST, {"n": 9})).status_code == 200


async def test_a_registered_front_has_no_limits_on_persisted_operations_and_on_others_it_has(door: Door) -> None:
    small = Door(door.model, settings=Settings(graphql_cost_limit=50, graphql_budget_per_minute=60))
    page, variables = BY_NAME["OrganisationPage"].document, {"slug": organisation(1).document["slug"]}
    for _ in range(3):
        free = await small.ask(page, variables, as_="front")
        assert free.status_code == 200
        assert free.json()["extensions"]["cost"] == {
            "requested": cost(page),
            "limit": None,
            "remaining": None,
            "resetsInSeconds": None,
        }
    assert (await small.ask(LIST, {"n": 10}, as_="front")).status_code in {400, 429}
    assert (await small.ask(page, variables, as_="member")).status_code == 400
