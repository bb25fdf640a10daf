"""GraphQL over server-sent events, in distinct connections mode."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from graphql_api.examples import Example, examples
from services.access.authenticator import authenticator_for
from services.access.local_issuer import issue
from services.settings import Settings
from tests.graphql_api.subscriptions.stage import CHANGES, Stage, stage
from tests.support.waiting import eventually

EVENTS = "text/event-stream"
VIEWER = "{ viewer { authenticated } }"
Event = dict[str, str]


@contextmanager
def streaming(world: Stage, query: str = CHANGES, *, headers: Any = None, **variables: Any) -> Iterator[httpx.Response]:
    body = {"query": query, "variables": variables}
    sent = {"Accept": EVENTS, **(headers or {})}
    with (
        httpx.Client(base_url=world.address, timeout=10) as client,
        client.stream("POST", "/graphql", json=body, headers=sent) as answer,
    ):
        yield answer


def events(answer: httpx.Response) -> Iterator[Event]:
    """Events with their fields, as a browser reads them: those without data are not passed on."""
    fields: Event = {}
    for line in answer.iter_lines():
        name, _, value = line.partition(":")
        if line and name:
            fields[name] = value.removeprefix(" ")
        elif not line and fields:
            yield fields
            fields = {}


def results(answer: httpx.Response) -> Iterator[Event]:
    return (event for event in events(answer) if event.get("event") == "next")


def test_changes_come_as_events_whose_id_is_the_position(world: Stage) -> None:
    with streaming(world) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == f"{EVENTS}; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store"
        eventually(lambda: world.subscriptions() == 1)
        found = results(answer)
        for number in (1, 2):
            world.ecosystem.publish(number)
            event = next(found)
            payload = json.loads(event["data"])
            assert event["id"] == payload["data"]["changes"]["position"] == f"1-{number}"
            assert payload["extensions"] == {"position": f"1-{number}"}
    eventually(lambda: world.subscriptions() == 0)


def test_a_browser_connects_by_get_and_comes_back_with_the_last_event_it_saw(world: Stage) -> None:
    for number in range(1, 4):
        world.ecosystem.publish(number)
    world.caught_up()
    parameters = {"query": CHANGES, "variables": '{"after": "1-0"}'}
    for last, following in ((None, "1-1"), ("1-2", "1-3")):
        headers = {"Accept": EVENTS} | ({"Last-Event-ID": last} if last else {})
        with httpx.stream("GET", f"{world.address}/graphql", params=parameters, headers=headers) as answer:
            assert next(results(answer))["id"] == following


def test_who_sees_nothing_moves_on_all_the_same(world: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphql_api.subscriptions.following.HEARTBEAT_SECONDS", 0.2)
    with streaming(world, filter={"sizeClasses": ["small"]}) as answer:
        eventually(lambda: world.subscriptions() == 1)
        world.ecosystem.publish(1)
        assert next(event for event in events(answer) if event.get("id") == "1-1") == {"id": "1-1"}


def test_a_query_is_one_event_and_complete(world: Stage) -> None:
    with streaming(world, VIEWER) as answer:
        first, last = events(answer)
    assert json.loads(first["data"])["data"] == {"viewer": {"authenticated": False}}
    assert last == {"event": "complete", "data": ""}


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("subscription {", {}, "GRAPHQL_PARSE_FAILED"),
        ("subscription { changes { nonsense } }", {}, "GRAPHQL_VALIDATION_FAILED"),
        (CHANGES, {"after": 5}, "VARIABLES_INVALID"),
        (CHANGES, {"after": "1-99"}, "POSITION_AHEAD"),
        (CHANGES, {"filter": {"export": {"turnoverEur": {"min": 1}}}}, "UNAUTHENTICATED"),
        ("query A { viewer { roles } } query B { viewer { roles } }", {}, "UNKNOWN_OPERATION"),
    ],
)
def test_an_operation_that_is_refused_is_an_event_with_errors_and_complete(
    world: Stage, query: str, variables: dict[str, Any], code: str
) -> None:
    with streaming(world, query, **variables) as answer:
        assert answer.status_code == 200
        *_, refused, last = events(answer)
    payload = json.loads(refused["data"])
    assert "data" not in payload
    assert payload["errors"][0]["extensions"]["code"] == code
    assert last == {"event": "complete", "data": ""}


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Authorization": "Bearer nobody"}, 401, "UNAUTHENTICATED"),
        ({"Last-Event-ID": "yesterday"}, 400, "INVALID_INPUT"),
    ],
)
def test_a_request_that_cannot_be_read_is_answered_with_a_problem(
    world: Stage, headers: dict[str, str], status: int, code: str
) -> None:
    with streaming(world, headers=headers) as answer:
        assert answer.status_code == status
        assert json.loads(answer.read())["errors"][0]["extensions"]["code"] == code


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/graphql-response+json"])
def test_a_subscription_is_not_answered_as_one_document(world: Stage, accept: str) -> None:
    with streaming(world, headers={"Accept": accept}) as answer:
        assert answer.status_code == 406
        assert json.loads(answer.read())["errors"][0]["extensions"]["code"] == "NOT_ACCEPTABLE"


@pytest.mark.parametrize(("query", "given"), [(VIEWER, "application/json"), (CHANGES, EVENTS)])
def test_of_a_client_that_takes_both_only_subscriptions_are_answered_with_events(
    world: Stage, query: str, given: str
) -> None:
    with streaming(world, query, headers={"Accept": f"application/json, {EVENTS}"}) as answer:
        assert answer.headers["content-type"] == f"{given}; charset=utf-8"


def test_a_stream_ends_when_the_token_expires_and_names_the_position(sqlite_url: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    headers = {"Authorization": f"Bearer {issue(settings, 'somebody', lifetime=timedelta(seconds=2))}"}
    with (
        stage(sqlite_url, tmp_path, authenticator=authenticator_for(settings)) as world,
        streaming(world, headers=headers) as answer,
    ):
        *_, refused, last = events(answer)
        error = json.loads(refused["data"])["errors"][0]
        assert (error["extensions"]["code"], error["extensions"]["reason"]) == ("UNAUTHENTICATED", "expired")
        assert 'after: "1-0"' in error["message"]
        assert last["event"] == "complete"


def test_streams_take_the_places_of_a_caller_too(sqlite_url: str, tmp_path: Path) -> None:
    with stage(sqlite_url, tmp_path, subscriptions_per_caller=1) as world, streaming(world):
        eventually(lambda: world.subscriptions() == 1)
        with streaming(world) as refused:
            *_, event, _ = events(refused)
            assert json.loads(event["data"])["errors"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"
        with streaming(world, headers={"Authorization": "Bearer awex"}):
            eventually(lambda: world.subscriptions() == 2)


EXAMPLES = [example for example in examples() if example.is_subscription]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_subscription_that_fronts_send_tells_a_change(world: Stage, example: Example) -> None:
    world.ecosystem.publish(1, profiles={"coworking": {"desks": 4}})
    world.caught_up()
    with streaming(world, example.document, **example.variables) as answer:
        payload = json.loads(next(results(answer))["data"])
    assert "errors" not in payload
    assert payload["data"]["changes"]["transition"] == "entered"
