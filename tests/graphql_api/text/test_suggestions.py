"""Suggestions while somebody types: of three kinds, the likeliest first."""

from typing import Any

import pytest

from graphql_api.examples import examples
from tests.graphql_api.door import Door
from tests.graphql_api.relevance.ecosystem import model_of, whole, written

pytestmark = pytest.mark.anyio

DOCUMENT = next(example.document for example in examples() if example.name == "Suggest")


@pytest.fixture(scope="module")
def door() -> Door:
    return Door(whole())


async def _suggested(door: Door, text: str, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await door.data(DOCUMENT, {"text": text, **more}))["suggest"]
    return found


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("na", "commune", "92094"),
        ("Namur", "commune", "92094"),
        ("namru", "commune", "92094"),
        ("liege", "commune", "62063"),
        ("braine lall", "commune", "25014"),
        ("brainelalleud", "commune", "25014"),
        ("roboitque", "category", "technologies:robotics"),
        ("künstliche", "category", "technologies:artificial_intelligence"),
        ("cyberbev", "category", "products:services.security"),
        ("orang", "organisation", "orange"),
        ("hydroptre", "organisation", "hydro"),
        ("0403.22", "organisation", "number"),
    ],
)
async def test_what_is_meant_is_suggested_first(door: Door, text: str, kind: str, value: str) -> None:
    first = (await _suggested(door, text))[0]
    assert (first["kind"], first["value"]) == (kind, value)


async def test_values_are_what_a_filter_takes_and_counts_what_it_finds(door: Door) -> None:
    count = "query ($f: OrganisationFilter) { organisations(first: 1, filter: $f) { totalCount } }"
    seen = set()
    for text in ("nam", "data", "form"):
        for one in await _suggested(door, text):
            seen.add(one["kind"])
            scheme, _, code = one["value"].partition(":")
            filters = {
                "commune": {"communes": [one["value"]]},
                "category": {"categories": [[{"scheme": scheme, "code": code}]]},
            }
            if one["kind"] in filters:
                found = await door.data(count, {"f": filters[one["kind"]]})
                assert found["organisations"]["totalCount"] == one["count"] > 0
            else:
                slug = "query ($slug: String) { organisation(slug: $slug) { id kinds } }"
                found = await door.data(slug, {"slug": one["value"]})
                assert found["organisation"] == one["organisation"]
    assert seen == {"organisation", "commune", "category"}


async def test_each_kind_has_its_part_of_the_places(door: Door) -> None:
    kinds = [one["kind"] for one in await _suggested(door, "na", first=9)]
    assert kinds.count("commune") >= 3
    assert kinds.count("organisation") >= 3
    assert len(kinds) == 9


async def test_labels_are_in_the_language_asked_for_or_say_in_which(door: Door) -> None:
    (first, *_) = await _suggested(door, "robotique", language="nl")
    assert first["text"] == {"text": "Robotica", "language": "nl"}
    (first, *_) = await _suggested(door, "Liège", language="de")
    assert first["text"] == {"text": "Liège", "language": "fr"}


async def test_a_category_that_nobody_has_is_not_suggested() -> None:
    small = Door(model_of(written()))
    assert await _suggested(small, "robotique") == []


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"text": " "}, "INVALID_SEARCH"),
        ({"text": "x" * 201}, "INVALID_SEARCH"),
        ({"text": "x", "first": 0}, "INVALID_PAGE"),
        ({"text": "x", "first": 21}, "INVALID_PAGE"),
    ],
)
async def test_what_cannot_be_suggested_for_is_a_typed_error(door: Door, variables: dict[str, Any], code: str) -> None:
    (error,) = (await door.ask(DOCUMENT, variables)).json()["errors"]
    assert error["extensions"]["code"] == code
    assert error["extensions"]["errors"][0]["pointer"] == f"argument:{'first' if 'first' in variables else 'text'}"
