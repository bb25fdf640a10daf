"""The feed as server-sent events."""

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest

from services.events.log.signal import LogSignal
from tests.events.entries import Ecosystem, organisation_id

STREAM = "/events/v1/feed/stream"


def blocks(answer: httpx.Response) -> Iterator[dict[str, str]]:
    """The stream's blocks, each as its fields; comments under the name ""."""
    block: dict[str, str] = {}
    for line in answer.iter_lines():
        if line:
            name, _, value = line.partition(": ")
            block[name.removesuffix(":")] = value
        else:
            yield block
            block = {}


def events(answer: httpx.Response, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for block in blocks(answer):
        if "event" in block:
            found.append({**block, "data": orjson.loads(block["data"])})
        if len(found) == count:
            break
    return found


def test_events_come_as_they_are_written(client: httpx.Client, ecosystem: Ecosystem) -> None:
    ecosystem.publish(1)
    with client.stream("GET", STREAM, params={"after": "1-0"}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["DWR-Position"] == "1-1"
        threading.Timer(0.2, lambda: ecosystem.publish(2)).start()
        first, second = events(answer, 2)
    assert (first["id"], first["event"]) == ("1-1", "profile-published")
    assert second["data"]["data"]["subject"]["id"] == organisation_id(2)


def test_the_feed_itself_is_a_stream_for_who_asks_so(client: httpx.Client, ecosystem: Ecosystem) -> None:
    ecosystem.fill(3)
    accept = {"Accept": "text/event-stream"}
    with client.stream("GET", "/events/v1/feed", params={"after": "1-1"}, headers=accept) as answer:
        assert [event["id"] for event in events(answer, 2)] == ["1-2", "1-3"]


def test_the_last_event_id_goes_before_the_parameter(client: httpx.Client, ecosystem: Ecosystem) -> None:
    ecosystem.fill(5)
    with client.stream("GET", STREAM, params={"after": "1-0"}, headers={"Last-Event-ID": "1-4"}) as answer:
        assert events(answer, 1)[0]["id"] == "1-5"


def test_without_a_position_the_stream_begins_now(client: httpx.Client, ecosystem: Ecosystem) -> None:
    ecosystem.fill(5)
    with client.stream("GET", STREAM) as answer:
        threading.Timer(0.2, lambda: ecosystem.publish(9)).start()
        assert events(answer, 1)[0]["id"] == "1-6"


def test_a_stream_can_be_filtered(client: httpx.Client, ecosystem: Ecosystem) -> None:
    ecosystem.fill(5)
    ecosystem.publish(3, size_class="micro")
    with client.stream("GET", STREAM, params={"after": "1-0", "criteria": '{"size_classes": ["micro"]}'}) as answer:
        assert events(answer, 1)[0]["id"] == "1-6"


def test_heartbeats_carry_the_position(
    client: httpx.Client, ecosystem: Ecosystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.events.feed.stream.HEARTBEAT_SECONDS", 0.1)
    ecosystem.fill(5)
    with client.stream("GET", STREAM, params={"after": "1-0", "types": "label-granted"}) as answer:
        heartbeat = next(block for block in blocks(answer) if "" in block)
    assert heartbeat == {"": "heartbeat", "id": "1-5"}


def test_a_stream_ends_when_the_process_does(client: httpx.Client, ecosystem: Ecosystem) -> None:
    ecosystem.fill(2)
    with client.stream("GET", STREAM, params={"after": "1-0"}) as answer:
        threading.Timer(0.3, ecosystem.signal.close).start()
        assert len(events(answer, 10)) == 2


def test_a_fork_under_a_stream_is_told_in_it(client: httpx.Client, ecosystem: Ecosystem) -> None:
    ecosystem.fill(2)
    with ecosystem.restored_to_now():
        ecosystem.fill(2, first=10)
        with client.stream("GET", STREAM, params={"after": "1-2"}) as answer:
            read = events(answer, 2)
            assert [event["id"] for event in read] == ["1-3", "1-4"]
    with client.stream("GET", STREAM, params={"after": "1-3"}) as answer:
        assert answer.status_code == 410


@pytest.mark.parametrize(
    ("parameters", "headers", "pointer"),
    [
        ({"after": "57"}, {}, "query:after"),
        ({}, {"Last-Event-ID": "57"}, "header:Last-Event-ID"),
        ({"limit": 5}, {}, "query:limit"),
        ({"types": "nothing"}, {}, "query:types"),
    ],
)
def test_what_cannot_be_honoured_is_refused_before_the_stream_begins(
    client: httpx.Client, parameters: dict[str, Any], headers: dict[str, str], pointer: str
) -> None:
    answer = client.get(STREAM, params=parameters, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)


def test_the_writer_is_not_slowed_by_who_listens() -> None:
    signal = LogSignal()
    calls = []
    forget = signal.listen(lambda: calls.append(1))
    signal.nudge()
    forget()
    signal.nudge()
    assert calls == [1]


def test_it_is_documented_as_what_it_is(client: httpx.Client) -> None:
    answers = client.get("/events/openapi.json").json()["paths"][STREAM]["get"]["responses"]
    assert set(answers["200"]["content"]) == {"text/event-stream"}
