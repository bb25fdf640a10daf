"""An explanation says which words and criteria were met, and its parts make the score by which the list is sorted."""

from typing import Any

import pytest

from graphql_api.examples import examples
from tests.graphql_api.door import Door
from tests.graphql_api.relevance.ecosystem import whole
from tests.graphql_api.relevance.judged import BY_HAND

pytestmark = pytest.mark.anyio

DOCUMENT = next(example.document for example in examples() if example.name == "SearchExplained")


@pytest.fixture(scope="module")
def door() -> Door:
    return Door(whole())


async def _edges(door: Door, text: str, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await door.data(DOCUMENT, {"text": text, **more}))["organisations"]["edges"]
    return found


async def test_the_parts_make_the_score_and_the_list_is_sorted_by_it(door: Door) -> None:
    for text, _ in (question for some in BY_HAND.values() for question in some):
        matches = [edge["match"] for edge in await _edges(door, text, first=100)]
        scores = [match["score"] for match in matches]
        assert scores == sorted(scores, reverse=True)
        for match in matches:
            assert match["score"] == sum(part["points"] for part in [*match["terms"], *match["bonuses"]]), text


async def test_every_word_that_is_not_there_itself_is_told_with_what_stands_in_its_place(door: Door) -> None:
    for text, _ in (question for some in BY_HAND.values() for question in some):
        for edge in await _edges(door, text):
            for term in edge["match"]["terms"]:
                assert (term["word"] is None) == (term["way"] == "exact"), (text, edge)


@pytest.mark.parametrize(
    ("text", "term", "told"),
    [
        ("braserie", "braserie", ("title", "one_slip", "brasserie", "brasserie")),
        ("litotheqe", "litotheqe", ("title", "two_slips", "lithotheque", "lithotheque")),
        ("hydrop", "hydrop", ("title", "beginning", "hydroptere", None)),
        ("hydopt", "hydopt", ("title", "slip_in_beginning", "hydroptere", "hydroptere")),
        ("journal", "journal", ("title", "form", "journaux", None)),
        ("teamcaptain", "teamcaptain", ("title", "joined", "team captain", None)),
        ("co mesure", "mesure", ("title", "joined", "comesure", None)),
        ("udadw", "udadw", ("initials", "exact", None, None)),
        ("cétacés", "cetaces", ("description", "exact", None, None)),
        ("sondes", "sondes", ("short_description", "exact", None, None)),
        ("displays", "displays", ("category", "exact", None, None)),
        ("be 0403.22", "040322", ("enterprise_number", "beginning", "0403227515", None)),
    ],
)
async def test_a_word_is_told_with_its_field_and_way(
    door: Door, text: str, term: str, told: tuple[str | None, ...]
) -> None:
    matches = [edge["match"] for edge in await _edges(door, text, first=20)]
    terms = [found for match in matches for found in match["terms"] if found["term"] == term]
    assert told in {(one["field"], one["way"], one["word"], one["correctedTo"]) for one in terms}


async def test_a_whole_title_is_favoured_and_it_is_said(door: Door) -> None:
    (first, *_) = await _edges(door, "Namur Numérique")
    assert first["node"]["slug"] == "namur-num"
    assert {"bonus": "whole_title", "points": 1_000} in first["match"]["bonuses"]


async def test_criteria_are_told_with_the_values_that_were_met(door: Door) -> None:
    wanted = {
        "kinds": ["company", "start_up"],
        "notInProvinces": ["BE-WBR"],
        "categories": [[{"scheme": "markets", "code": "health"}, {"scheme": "markets", "code": "energy"}]],
        "export": {"exports": ["yes", "no", "unknown"]},
    }
    edges = await _edges(door, "data", filter=wanted)
    assert edges
    for edge in edges:
        criteria = {met["criterion"]: met["values"] for met in edge["match"]["criteria"]}
        assert set(criteria) == {"kinds", "notInProvinces", "categories", "export.exports"}
        assert set(criteria["kinds"]) <= {"company", "start_up"}
        assert set(criteria["categories"]) <= {"markets:health", "markets:energy"}
        assert criteria["kinds"]
        assert criteria["categories"]
        assert len(criteria["export.exports"]) == 1
        assert criteria["notInProvinces"] == []


async def test_without_a_search_there_is_no_score(door: Door) -> None:
    query = "{ organisations(first: 1, filter: {kinds: [company]}) { edges { match { score terms { term } criteria { criterion values } } } } }"  # noqa: E501
    (edge,) = (await door.data(query))["organisations"]["edges"]
    assert edge["match"] == {"score": None, "terms": [], "criteria": [{"criterion": "kinds", "values": ["company"]}]}


async def test_what_only_some_may_read_is_not_told_to_others_as_met(door: Door) -> None:
    query = "{ organisations(first: 100, filter: {export: {sharePercent: {min: 1}}}) { edges { match { criteria { criterion values } } } } }"  # noqa: E501
    for edge in (await door.data(query))["organisations"]["edges"]:
        assert edge["match"]["criteria"] == [{"criterion": "export.sharePercent", "values": []}]
