"""How many streams a process keeps open, and what frees a place again."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.telemetry.metrics import REGISTRY
from tests.events.entries import Ecosystem
from tests.events.http.test_stream import STREAM, events
from tests.events.service import Service, events_service
from tests.support.waiting import eventually


@pytest.fixture
def service(ecosystem: Ecosystem, tmp_path: Path) -> Service:
    return events_service(ecosystem, tmp_path, streams=2)


@pytest.fixture(autouse=True)
def _nothing_is_left_open() -> Iterator[None]:
    assert opened() == 0
    yield
    eventually(lambda: opened() == 0)


def opened() -> float | None:
    return REGISTRY.get_sample_value("dwr_feed_streams")


def streaming(client: httpx.Client, **parameters: Any) -> httpx.Response:
    """A stream that is read up to its first line and left open."""
    request = client.build_request("GET", STREAM, params=parameters)
    return client.send(request, stream=True)


@pytest.fixture
def full(client: httpx.Client) -> Iterator[ExitStack]:
    """Every place is taken until the stack is closed."""
    with ExitStack() as streams:
        for _ in range(2):
            streams.callback(streaming(client).close)
        eventually(lambda: opened() == 2)
        yield streams


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(("path", "accept"), [(STREAM, "*/*"), ("/events/v1/feed", "text/event-stream")])
def test_a_stream_too_many_is_refused_and_told_what_to_do(client: httpx.Client, path: str, accept: str) -> None:
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/unavailable"
    assert "/events/v1/feed?after=…&wait=30" in answer.json()["detail"]
    assert answer.headers["Retry-After"] == "30"
    assert opened() == 2


@pytest.mark.usefixtures("full")
def test_pages_are_answered_while_the_places_are_taken(client: httpx.Client, ecosystem: Ecosystem) -> None:
    ecosystem.publish(1)
    assert client.get("/events/v1/feed", params={"wait": 1}).json()["position"] == 1


def test_a_client_that_goes_away_frees_its_place_without_an_event(
    client: httpx.Client, ecosystem: Ecosystem, full: ExitStack
) -> None:
    full.close()
    eventually(lambda: opened() == 0, 5)
    with client.stream("GET", STREAM, params={"after": "1-0"}) as answer:
        ecosystem.publish(1)
        assert events(answer, 1)[0]["id"] == "1-1"


@pytest.mark.usefixtures("full")
def test_a_stream_that_ends_by_itself_frees_its_place(ecosystem: Ecosystem) -> None:
    ecosystem.signal.close()
    eventually(lambda: opened() == 0, 5)


def test_a_client_that_does_not_read_frees_its_place(
    client: httpx.Client, ecosystem: Ecosystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.events.feed.stream.SLOWEST_SECONDS", 0.5)
    monkeypatch.setattr("services.events.feed.stream.HEARTBEAT_SECONDS", 0.1)
    for number in range(10):
        ecosystem.publish(number, description={"fr": "x" * 1_000_000})
    with ExitStack() as streams:
        streams.callback(streaming(client, after="1-0").close)
        eventually(lambda: opened() == 1)
        eventually(lambda: opened() == 0, 10)


def test_head_is_answered_at_once_and_takes_no_place(client: httpx.Client, ecosystem: Ecosystem) -> None:
    ecosystem.publish(1)
    for path, accept in ((STREAM, "*/*"), ("/events/v1/feed", "text/event-stream")):
        answer = client.head(path, params={"after": "1-0"}, headers={"Accept": accept}, timeout=5)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["DWR-Position"] == "1-1"
        assert opened() == 0


@pytest.mark.parametrize("after", ["1-99", "nonsense"])
def test_a_refused_position_takes_no_place(client: httpx.Client, after: str) -> None:
    for _ in range(3):
        assert client.get(STREAM, params={"after": after}).status_code in {400, 409}
    assert opened() == 0
