"""The time that an answer may take."""

import time
from dataclasses import replace
from typing import Any

import pytest

from graphql_api.conduct.deadlines import Deadline
from graphql_api.conduct.problems import TimeLimit
from graphql_api.read_model.model import ReadModel
from services.settings import Settings
from tests.graphql_api.documents import entry, identifier, organisation, snapshot
from tests.graphql_api.door import Door

pytestmark = pytest.mark.anyio

CROWD = 60
"""Organisations that are all linked to each other: three steps lead 60 × 60 × 60 × 60 ways."""
LINKS = "relations { organisation { slug "
WITHOUT_END = "{ organisations(first: 60) { nodes { " + LINKS * 3 + " } }" * 3 + " } } }"


@pytest.fixture(scope="module")
def linked() -> ReadModel:
    model = ReadModel()
    model.load(snapshot(CROWD))
    links = [{"kind": "partner", "target": identifier(number)} for number in range(CROWD)]
    for number in range(CROWD):
        before = organisation(number)
        after = replace(before, document=before.document | {"relations": links})
        model.apply([entry(CROWD + number + 1, before, after)])
    return model


def hurried(model: ReadModel) -> Door:
    return Door(model, settings=Settings(graphql_seconds=0.1))


@pytest.mark.parametrize("more", ["", "__schema { queryType { name } }"], ids=["by a plan", "the ordinary way"])
async def test_links_that_lead_to_links_end_with_the_time(linked: ReadModel, more: str) -> None:
    began = time.monotonic()
    answer = await hurried(linked).ask(WITHOUT_END.replace("{", "{" + more, 1))
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (400, "TIME_LIMIT")
    assert "data" not in answer.json()
    assert time.monotonic() - began < 2  # 0.1 s is allowed; nobody else has to wait for much longer


async def test_the_next_request_has_a_time_of_its_own(linked: ReadModel) -> None:
    door = hurried(linked)
    await door.ask(WITHOUT_END)
    assert (await door.ask("{ organisations(first: 60) { nodes { " + LINKS + " } } } } }")).status_code == 200


async def test_waiting_for_a_position_does_not_count(linked: ReadModel) -> None:
    door = Door(linked, settings=Settings(graphql_seconds=0.02, read_your_writes_seconds=0.1))
    query = "query ($p: Position) @atLeast(position: $p) { organisations(first: 5) { nodes { relations { kind } } } }"
    variables: dict[str, Any] = {"p": f"1-{CROWD * 2 + 5}"}
    answer = await door.ask(query, variables)
    assert answer.json()["errors"][0]["extensions"]["code"] == "POSITION_NOT_REACHED"


def test_the_clock_starts_when_it_is_first_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    deadline = Deadline(2)
    now = 200.0
    deadline.check()
    now = 202.0
    deadline.check()
    now = 202.1
    with pytest.raises(TimeLimit):
        deadline.check()
