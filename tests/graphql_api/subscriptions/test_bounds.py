"""Bounds: how many subscribe, how slow they may be, and what becomes of their places."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from services.telemetry.metrics import REGISTRY
from tests.graphql_api.subscriptions.stage import CHANGES, Client, Stage, stage
from tests.support.waiting import eventually

BIG = {"fr": "x" * 500_000}
WITH_TEXT = CHANGES.replace("sizeClass } before", "sizeClass descriptions { text } } before")


@pytest.fixture
def narrow(sqlite_url: str, tmp_path: Path) -> Iterator[Stage]:
    with stage(sqlite_url, tmp_path, subscriptions=3, subscriptions_per_caller=2) as made:
        yield made
        eventually(lambda: made.subscriptions() == 0)


def test_a_caller_has_so_many_subscriptions_and_not_one_more(narrow: Stage) -> None:
    with narrow.client("awex") as first, narrow.client("awex") as second:
        first.subscribe(name="1")
        second.subscribe(name="1")
        eventually(lambda: narrow.subscriptions() == 2)
        second.subscribe(name="2")
        refusal = second.refusal("2")
        assert (refusal["code"], refusal["status"]) == ("TOO_MANY_SUBSCRIPTIONS", 429)
        with narrow.client("member") as other:
            other.subscribe(name="1")
            eventually(lambda: narrow.subscriptions() == 3)
        first.send(type="complete", id="1")
        eventually(lambda: narrow.subscriptions() == 1)
        second.subscribe(name="2")
        eventually(lambda: narrow.subscriptions() == 2)


def test_a_process_has_so_many_subscriptions_and_not_one_more(narrow: Stage) -> None:
    with narrow.client("awex") as first, narrow.client("member") as second:
        for client, name in ((first, "1"), (first, "2"), (second, "1")):
            client.subscribe(name=name)
        eventually(lambda: narrow.subscriptions() == 3)
        second.subscribe(name="2")
        assert second.refusal("2")["code"] == "UNAVAILABLE"


def test_a_process_has_so_many_sockets_and_not_one_more(narrow: Stage) -> None:
    with narrow.client(), narrow.client(), narrow.client():
        with narrow.connect() as refused:
            assert refused.closed()[0] == 1013
        assert REGISTRY.get_sample_value("dwr_graphql_sockets") == 3
    eventually(lambda: REGISTRY.get_sample_value("dwr_graphql_sockets") == 0)
    with narrow.client():
        pass


def test_a_refused_subscription_takes_no_place(narrow: Stage) -> None:
    with narrow.client() as client:
        for _ in range(5):
            client.subscribe(after="1-99")
            assert client.refusal()["code"] == "POSITION_AHEAD"
    assert narrow.subscriptions() == 0


def test_a_client_that_goes_away_frees_its_places(narrow: Stage) -> None:
    with narrow.client() as client:
        client.subscribe(name="1")
        client.subscribe(name="2")
        eventually(lambda: narrow.subscriptions() == 2)
        client.connection.socket.close()
        eventually(lambda: narrow.subscriptions() == 0)


def test_a_slow_subscriber_is_ended_with_the_position_from_which_it_misses_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    count = 40
    with stage(sqlite_url, tmp_path, subscription_slowest_seconds=2.0) as world, slow(world) as client:
        client.subscribe(WITH_TEXT)
        for number in range(count):
            world.ecosystem.publish(number, description=BIG)
        eventually(lambda: world.subscriptions() == 0)  # given up, and its last message waits to be taken
        found: list[str] = []
        refusal = read_until_refused(client, found)
        assert refusal["code"] == "SLOW_SUBSCRIBER"
        assert refusal["position"] == found[-1]
        client.subscribe(CHANGES, "again", after=refusal["position"])
        while len(found) < count:
            found.append(client.change("again")["position"])
    assert found == [f"1-{number}" for number in range(1, count + 1)]


@contextmanager
def slow(world: Stage) -> Iterator[Client]:
    """A client that holds little of what it was sent and does not read on until it is asked to."""
    host, _, port = world.address.removeprefix("http://").partition(":")
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
    narrow.connect((host, int(port)))
    with world.client(sock=narrow, compression=None, max_queue=1, max_size=None) as client:
        yield client


def read_until_refused(client: Client, found: list[str]) -> dict[str, Any]:
    while True:
        message = client.receive()
        if message["type"] == "error":
            extensions: dict[str, Any] = message["payload"][0]["extensions"]
            return extensions
        found.append(message["payload"]["data"]["changes"]["position"])


def test_a_subscriber_that_never_reads_again_loses_its_place(sqlite_url: str, tmp_path: Path) -> None:
    with stage(sqlite_url, tmp_path, subscription_slowest_seconds=0.3) as world, slow(world) as client:
        client.subscribe(WITH_TEXT)
        for number in range(30):
            world.ecosystem.publish(number, description=BIG)
        eventually(lambda: world.subscriptions() == 0)
        eventually(lambda: REGISTRY.get_sample_value("dwr_graphql_sockets") == 0)
        client.connection.socket.close()


def test_a_slow_subscriber_delays_nobody_else(sqlite_url: str, tmp_path: Path) -> None:
    with stage(sqlite_url, tmp_path) as world, slow(world) as stalled, world.client() as other:
        stalled.subscribe(WITH_TEXT)
        other.subscribe()
        for number in range(20):
            world.ecosystem.publish(number, description=BIG)
            assert other.change()["position"] == f"1-{number + 1}"
        stalled.connection.socket.close()
