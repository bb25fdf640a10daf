"""Whether people find what they mean: recall among the first and the first five, with floors."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from graphql_api.examples import examples
from tests.graphql_api.door import Door
from tests.graphql_api.relevance.ecosystem import demo, model_of, questions_about, real, some_of_demo, whole, written
from tests.graphql_api.relevance.judged import BY_HAND

pytestmark = pytest.mark.anyio

AT_FIRST, AMONG_FIVE = 0.90, 0.98
DOCUMENT = next(example.document for example in examples() if example.name == "SearchByName")
Question = tuple[str, str]


@pytest.fixture(scope="module")
def documents() -> list[dict[str, Any]]:
    return demo()


@pytest.fixture(scope="module")
def asked() -> Door:
    return Door(whole())


async def _places(door: Door, questions: Sequence[Question]) -> list[tuple[Question, int | None]]:
    """The place at which the organisation meant is found, from 0; none where it is not among the first ten."""
    places: list[tuple[Question, int | None]] = []
    for text, slug in questions:
        answer = await door.data(DOCUMENT, {"text": text, "first": 10})
        slugs = [node["slug"] for node in answer["organisations"]["nodes"]]
        places.append(((text, slug), slugs.index(slug) if slug in slugs else None))
    return places


def _check_floors(places: Sequence[tuple[Question, int | None]]) -> None:
    late = [(question, place) for question, place in places if place != 0]
    first = sum(place == 0 for _, place in places) / len(places)
    five = sum(place is not None and place < 5 for _, place in places) / len(places)
    assert first >= AT_FIRST, f"R@1 {first:.3f}: {late}"
    assert five >= AMONG_FIVE, f"R@5 {five:.3f}: {late}"


async def test_at_least_150_queries_are_judged_by_hand() -> None:
    assert sum(len(questions) for questions in BY_HAND.values()) >= 150


async def test_queries_judged_by_hand_find_what_is_meant(asked: Door) -> None:
    _check_floors(await _places(asked, [question for some in BY_HAND.values() for question in some]))


@pytest.mark.parametrize("difficulty", BY_HAND)
async def test_no_difficulty_is_worse_than_one_query_in_ten(asked: Door, difficulty: str) -> None:
    places = await _places(asked, BY_HAND[difficulty])
    missed = [(question, place) for question, place in places if place is None or place > 4]
    assert len(missed) <= len(places) // 10, missed


async def test_names_of_the_demo_are_found_with_slips_and_by_their_beginnings(
    asked: Door, documents: list[dict[str, Any]]
) -> None:
    _check_floors(await _places(asked, list(questions_about(some_of_demo(documents), seed=1))))


async def test_real_names_are_found_with_slips_and_by_their_beginnings(
    shared: Path, documents: list[dict[str, Any]]
) -> None:
    named = real(shared)
    door = Door(model_of([*named, *written(), *documents]))
    _check_floors(await _places(door, list(questions_about(named, seed=1))))
