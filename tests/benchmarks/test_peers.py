"""What the benchmark compares is the same: SQL by hand and GraphQL give the same answers to the same questions."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import orjson
import pytest

from benchmarks.organisations import snapshot
from benchmarks.peers.checking import Answer, read_answer
from benchmarks.peers.database import load
from benchmarks.peers.questions import QUESTIONS, Question
from benchmarks.peers.statements import Application, connected
from benchmarks.peers.variables import Asked, variables
from graphql_api.read_model.model import ReadModel
from tests.graphql_api.door import Door

COUNT = 400
ASKED = 40


@pytest.fixture(scope="module")
def asked() -> dict[str, list[Asked]]:
    """What is asked, fewer than the benchmark asks."""
    return {name: sets[:ASKED] for name, sets in variables(COUNT).items()}


@pytest.fixture(scope="module")
def door() -> Door:
    """Our GraphQL over the organisations of the benchmark."""
    model = ReadModel()
    model.load(snapshot(COUNT))
    return Door(model)


@pytest.fixture
async def statements(empty_postgresql_url: str) -> AsyncIterator[Application]:
    """The statements over the same organisations."""
    load(empty_postgresql_url, COUNT)
    application = await connected(empty_postgresql_url, connections=1)
    yield application
    await application.close()


@pytest.mark.anyio
async def test_sql_by_hand_answers_as_graphql_does(
    statements: Application, door: Door, asked: dict[str, list[Asked]]
) -> None:
    for question in QUESTIONS:
        sets = asked[question.name]
        ours = [read_answer(await door.data(question.graphql, one.variables)) for one in sets]
        theirs = await _by_hand(statements, question, sets)
        assert any(answer.values for answer in ours), f"{question.name} finds nothing at all"
        if question.is_ranked_freely:
            assert _recall(sets, ours) >= 0.95
            assert _recall(sets, theirs) >= 0.95
        else:
            assert ours == theirs, question.name


async def _by_hand(statements: Application, question: Question, sets: Sequence[Asked]) -> list[Answer]:
    transport = httpx.ASGITransport(statements)
    async with httpx.AsyncClient(transport=transport, base_url="http://statements.example") as client:
        answers = [await client.post(f"/{question.name}", content=orjson.dumps(one.variables)) for one in sets]
    return [read_answer(answer.json()) for answer in answers]


def _recall(sets: Sequence[Asked], answers: Sequence[Answer]) -> float:
    return sum(one.meant in answer.ids for one, answer in zip(sets, answers, strict=True)) / len(sets)


def test_answers_of_other_forms_that_say_the_same_are_the_same() -> None:
    ours: dict[str, Any] = {
        "organisations": {
            "totalCount": 1,
            "edges": [{"distanceKm": 1.0, "node": {"id": "a", "titles": [{"language": "fr", "text": "Été"}]}}],
        }
    }
    theirs: dict[str, Any] = {
        "organisations": {
            "totalCount": 1,
            "nodes": [{"distanceKm": 1.1, "organisation": {"id": "a", "title": {"fr": "Été"}, "phone": None}}],
        }
    }
    assert read_answer(ours) == read_answer(theirs)


def test_an_answer_that_leaves_a_value_out_is_another_one() -> None:
    whole = {"organisation": {"id": "a", "kinds": ["company", "epn"]}}
    part = {"organisation": {"id": "a", "kinds": ["company"]}}
    assert read_answer(whole) != read_answer(part)


def test_counts_of_other_values_are_another_answer() -> None:
    one = {"facets": [{"value": "epn", "count": 1}, {"value": "company", "count": 2}]}
    other = {"facets": [{"value": "epn", "count": 2}, {"value": "company", "count": 1}]}
    assert read_answer(one) != read_answer(other)
