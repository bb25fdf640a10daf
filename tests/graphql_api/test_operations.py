"""Every document of `graphql/operations` does what front ends send it for."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from graphql import get_operation_ast, parse, validate

from graphql_api.examples import Example, examples
from graphql_api.schema.schema import executable
from services.events.contracts.criteria import Criteria
from services.events.contracts.matching import matches
from tests.graphql_api.conftest import COUNT
from tests.graphql_api.documents import identifier, organisation, organisations
from tests.graphql_api.door import Door

pytestmark = pytest.mark.anyio

BY_NAME = {example.name: example for example in examples()}
READS = [example for example in examples() if example.is_read]


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_every_operation_is_valid_and_named_like_its_file(example: Example) -> None:
    document = parse(example.document)
    assert validate(executable(), document) == []
    operation = get_operation_ast(document)
    assert operation is not None
    assert operation.name is not None
    assert operation.name.value == example.name


@pytest.mark.parametrize("example", READS, ids=lambda example: example.name)
async def test_every_read_answers_with_data_for_its_example_variables(door: Door, example: Example) -> None:
    data = await door.data(example.document, _of_here(example.variables), as_="awex")
    assert all(value is not None for value in data.values())


async def test_the_page_of_an_organisation_shows_what_its_document_says(door: Door) -> None:
    for number in range(0, COUNT, 13):
        document = organisation(number).document
        variables = {"slug": document["slug"], "language": "nl"}
        shown = (await door.data(BY_NAME["OrganisationPage"].document, variables))["organisation"]
        titles = document["title"]
        language = "nl" if "nl" in titles else next(iter(titles))
        assert shown["title"] == {"text": titles[language], "language": language}
        assert shown["kinds"] == list(document["profiles"])
        assert shown["websites"] == document.get("websites", [])
        assert len(shown["establishments"]) == len(document.get("establishments", []))
        assert (shown["profiles"]["coworking"] or {}).get("desks") == document["profiles"].get("coworking", {}).get(
            "desks"
        )


async def test_the_list_of_a_front_is_the_naive_list_and_its_total_is_right(door: Door) -> None:
    example = BY_NAME["OrganisationsOfAFront"]
    wanted = {"kinds": ["company"], "provinces": ["BE-WLG"]}
    expected = _naive(wanted)
    found: list[str] = []
    after = None
    while True:
        listed = (await door.data(example.document, {"filter": wanted, "first": 7, "after": after}))["organisations"]
        found += [node["id"] for node in listed["nodes"]]
        assert listed["totalCount"] == len(expected)
        if not listed["pageInfo"]["hasNextPage"]:
            break
        after = listed["pageInfo"]["endCursor"]
    assert set(found) == expected
    assert len(found) == len(expected)


async def test_the_facets_of_a_filter_agree_with_its_list(door: Door) -> None:
    wanted = {"kinds": ["company", "start_up"]}
    answer = (await door.data(BY_NAME["FacetsOfAFilter"].document, {"filter": wanted}))["facets"]
    assert answer["totalCount"] == len(_naive(wanted))
    kinds = next(facet for facet in answer["facets"] if facet["dimension"] == "kind")
    for value in kinds["values"]:
        assert value["count"] == len(_naive(wanted) & _naive({"kinds": [value["value"]]}))
    assert kinds["values"][0]["label"] == {"text": "Entreprise", "language": "fr"}


async def test_a_name_is_found_with_a_slip_without_accents_and_by_its_beginning(door: Door) -> None:
    number = next(n for n in range(COUNT) if organisation(n).document["title"].get("fr", "").startswith("Éclair"))
    title = organisation(number).document["title"]["fr"]
    for text in (
        title,
        title.replace("Éclair", "eclair"),
        title.replace("Éclair", "eclari"),
        title[:-1].replace("clair", "cla"),
    ):
        found = (await door.data(BY_NAME["SearchByName"].document, {"text": text, "first": 100}))["organisations"]
        assert identifier(number) in [node["id"] for node in found["nodes"]], text
    whole = (await door.data(BY_NAME["SearchByName"].document, {"text": title}))["organisations"]
    assert whole["nodes"][0]["title"]["text"] == title


async def test_places_near_a_point_come_nearest_first_and_none_is_outside(door: Door) -> None:
    near = {"point": {"longitude": 4.87, "latitude": 50.467}, "radiusKm": 8}
    listed = (await door.data(BY_NAME["PlacesNearAPoint"].document, {"near": near, "first": 100}))["organisations"]
    distances = [edge["distanceKm"] for edge in listed["edges"]]
    assert distances == sorted(distances)
    assert distances
    assert distances[-1] <= 8
    kinds = {"kinds": ["coworking", "fab_lab", "epn"], "near": near}
    assert {edge["node"]["id"] for edge in listed["edges"]} == _naive(kinds)


def _naive(criteria: Mapping[str, object]) -> set[str]:
    wanted, today = Criteria.model_validate(criteria), datetime.now(UTC).date()
    return {one.subject.id for one in organisations(COUNT) if matches(one.document, None, wanted, today)}


def _of_here(variables: Mapping[str, object]) -> dict[str, object]:
    """The example's variables, which name an organisation of the demo, with one of this ecosystem in its place."""
    named = {"id": identifier(1), "slug": organisation(1).document["slug"]}
    return {name: named.get(name, value) for name, value in variables.items()}
