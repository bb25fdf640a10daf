"""The protocol graphql-transport-ws, message by message and close code by close code."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from services.access.authenticator import authenticator_for
from services.access.local_issuer import issue
from services.database import migrate
from services.settings import Settings
from tests.graphql_api.subscriptions.stage import CHANGES, Stage, stage
from tests.support.waiting import eventually

VIEWER = "query { viewer { authenticated roles } }"


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One for all tests that write nothing."""
    folder = tmp_path_factory.mktemp("standing")
    url = f"sqlite:///{folder / 'registry.sqlite'}"
    migrate(url)
    with stage(url, folder) as made:
        yield made


def test_queries_are_answered_over_the_socket_and_complete(world: Stage) -> None:
    with world.client() as client:
        client.subscribe(VIEWER, "q")
        answer = client.receive()
        assert (answer["type"], answer["id"]) == ("next", "q")
        assert answer["payload"]["data"]["viewer"]["authenticated"] is False
        assert answer["payload"]["extensions"]["position"] == "1-0"
        assert client.receive() == {"type": "complete", "id": "q"}


def test_several_operations_run_at_once_and_each_has_its_own_answers(world: Stage) -> None:
    with world.client() as client:
        client.subscribe(name="all")
        client.subscribe(name="small", filter={"sizeClasses": ["small"]})
        client.subscribe(VIEWER, "q")
        assert [client.receive()["id"] for _ in range(2)] == ["q", "q"]
        world.ecosystem.publish(1, size_class="micro")
        assert client.change("all")["position"] == "1-1"
        world.ecosystem.publish(1, size_class="small")
        assert {client.receive()["id"] for _ in range(2)} == {"all", "small"}


def test_a_completed_subscription_says_nothing_more_and_its_id_is_free(world: Stage) -> None:
    with world.client() as client:
        client.subscribe()
        world.ecosystem.publish(1)
        assert client.change()["position"] == "1-1"
        client.send(type="complete", id="1")
        eventually(lambda: world.subscriptions() == 0)
        world.ecosystem.publish(2)
        world.caught_up()
        client.send(type="complete", id="1")  # again: it may have crossed a message of ours
        client.subscribe(after="1-1")
        assert client.change()["position"] == "1-2"


def test_a_ping_is_answered_with_its_payload_before_and_after_the_initialisation(standing: Stage) -> None:
    with standing.connect() as client:
        client.send(type="ping")
        assert client.receive() == {"type": "pong"}
        client.send(type="pong", payload={"unasked": True})
        client.initialise()
        client.send(type="ping", payload={"at": 1})
        assert client.receive() == {"type": "pong", "payload": {"at": 1}}


def test_a_subscriber_that_sees_nothing_is_told_where_it_stands(world: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphql_api.subscriptions.following.HEARTBEAT_SECONDS", 0.2)
    with world.client() as client:
        client.subscribe(filter={"sizeClasses": ["small"]})
        world.ecosystem.publish(1)

        def told() -> bool:
            message = json.loads(client.connection.recv(timeout=5))
            assert message["type"] == "ping"
            return bool(message["payload"] == {"id": "1", "position": "1-1"})

        eventually(told)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "The message is not JSON at line 1, column 2: expecting property name enclosed in double quotes."),
        ("[]", "Send an object whose type is one of connection_init, ping, pong, subscribe, complete."),
        ('{"type": "start"}', "Send an object whose type is one of connection_init, ping, pong, subscribe, complete."),
        ('{"type": 5}', "Send an object whose type is one of connection_init, ping, pong, subscribe, complete."),
        ('{"type": "next", "id": "1"}', None),
        ('{"type": "ping", "pay": {}}', "ping has no member pay."),
        ('{"type": "ping", "payload": []}', "The payload of ping must be an object."),
        ('{"type": "complete"}', "complete needs an id of 1 to 255 characters."),
        ('{"type": "complete", "id": 7}', "complete needs an id of 1 to 255 characters."),
        ('{"type": "complete", "type": "ping"}', None),
        ('{"type": "subscribe", "id": "1"}', "The payload of subscribe must be an object."),
        ('{"type": "subscribe", "id": "1", "payload": {}}', None),
        ('{"type": "subscribe", "id": "1", "payload": {"query": 1}}', None),
        ('{"type": "subscribe", "id": "1", "payload": {"query": "{a}", "variables": []}}', None),
    ],
)
def test_a_message_that_the_protocol_does_not_know_closes_the_socket(
    standing: Stage, text: str, reason: str | None
) -> None:
    with standing.client() as client:
        client.connection.send(text)
        code, said = client.closed()
    assert code == 4400
    assert said == reason if reason else said


def test_bytes_close_the_socket(standing: Stage) -> None:
    with standing.client() as client:
        client.connection.send(b'{"type": "ping"}')
        assert client.closed() == (4400, "Send messages as text, not as bytes.")


def test_a_message_too_long_closes_the_socket(sqlite_url: str, tmp_path: Path) -> None:
    with stage(sqlite_url, tmp_path, max_body_bytes=2_000) as world, world.client() as client:
        client.send(type="ping", payload={"text": "x" * 3_000})
        assert client.closed()[0] == 1009


def test_a_second_initialisation_closes_the_socket(standing: Stage) -> None:
    with standing.client() as client:
        client.send(type="connection_init")
        assert client.closed() == (4429, "Too many initialisation requests")


def test_an_operation_before_the_initialisation_closes_the_socket(standing: Stage) -> None:
    with standing.connect() as client:
        client.subscribe(VIEWER)
        assert client.closed() == (4401, "Unauthorized")


def test_an_id_that_is_in_use_closes_the_socket(standing: Stage) -> None:
    with standing.client() as client:
        client.subscribe(name="twice")
        client.subscribe(name="twice")
        assert client.closed() == (4409, "Subscriber for twice already exists")


def test_a_socket_that_is_not_initialised_in_time_is_closed(sqlite_url: str, tmp_path: Path) -> None:
    with stage(sqlite_url, tmp_path, socket_init_seconds=0.2) as world, world.connect() as client:
        assert client.closed() == (4408, "Connection initialisation timeout")


@pytest.mark.parametrize("protocol", [None, Subprotocol("graphql-ws")], ids=["none", "the one before"])
def test_a_socket_without_the_protocol_is_closed(standing: Stage, protocol: Subprotocol | None) -> None:
    # The client library itself refuses an answer without the subprotocol only when it is one of several.
    with standing.connect(protocol) as client:
        assert client.closed() == (4406, "Ask for the subprotocol graphql-transport-ws.")


def test_another_address_takes_no_socket(world: Stage) -> None:
    world.address += "/elsewhere"
    with pytest.raises(InvalidStatus) as refused, world.connect():
        pass
    assert refused.value.response.status_code == 403


def test_a_page_of_a_foreign_origin_opens_no_socket_where_origins_are_named(sqlite_url: str, tmp_path: Path) -> None:
    with stage(sqlite_url, tmp_path, cors_origins="https://front.example") as world:
        with world.client(origin="https://front.example") as client:
            client.subscribe(VIEWER)
            assert client.receive()["type"] == "next"
        with pytest.raises(InvalidStatus) as refused, world.connect(origin="https://other.example"):
            pass
        assert refused.value.response.status_code == 403


class TestTheCaller:
    def test_is_told_by_the_payload_or_by_the_header(self, standing: Stage) -> None:
        with standing.client("awex") as client:
            client.subscribe(VIEWER)
            assert client.receive()["payload"]["data"]["viewer"]["roles"] == ["awex", "member"]
        with standing.client(additional_headers={"Authorization": "Bearer awex"}) as client:
            client.subscribe(VIEWER)
            assert client.receive()["payload"]["data"]["viewer"]["roles"] == ["awex", "member"]

    def test_is_not_told_twice_in_different_ways(self, standing: Stage) -> None:
        with standing.connect(additional_headers={"Authorization": "Bearer awex"}) as client:
            client.send(type="connection_init", payload={"Authorization": "Bearer member"})
            code, reason = client.closed()
        assert (code, reason) == (4400, "Send Authorization once: as a header or in connection_init.")

    @pytest.mark.parametrize("payload", [{"authorisation": "Bearer awex"}, {"Authorization": 5}])
    def test_is_not_told_by_what_is_not_understood(self, standing: Stage, payload: dict[str, Any]) -> None:
        with standing.connect() as client:
            client.send(type="connection_init", payload=payload)
            assert client.closed()[0] == 4400

    @pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nobody"}], ids=["payload", "header"])
    def test_with_a_token_that_is_not_accepted_is_forbidden(self, standing: Stage, headers: dict[str, str]) -> None:
        with standing.connect(additional_headers=headers) as client:
            client.send(type="connection_init", payload={} if headers else {"Authorization": "Bearer nobody"})
            assert client.closed() == (4403, "The token is not accepted.")

    def test_whose_token_expires_is_disconnected(self, sqlite_url: str, tmp_path: Path) -> None:
        settings = Settings(data_dir=tmp_path)
        token = issue(settings, "somebody", lifetime=timedelta(seconds=2))
        with stage(sqlite_url, tmp_path, authenticator=authenticator_for(settings)) as world:
            began = time.monotonic()
            with world.client(token) as client:
                client.subscribe()
                code, reason = client.closed()
            assert (code, reason) == (4403, "The access token has expired; connect again with a new one.")
            assert time.monotonic() - began < 5
            eventually(lambda: world.subscriptions() == 0)


class TestAnError:
    @pytest.mark.parametrize(
        ("query", "variables", "code"),
        [
            ("subscription {", {}, "GRAPHQL_PARSE_FAILED"),
            ("subscription { changes { nonsense } }", {}, "GRAPHQL_VALIDATION_FAILED"),
            ("subscription { a: changes { id } b: changes { id } }", {}, "GRAPHQL_VALIDATION_FAILED"),
            (CHANGES, {"after": 5}, "VARIABLES_INVALID"),
            (CHANGES, {"after": "five"}, "VARIABLES_INVALID"),
            (CHANGES, {"types": ["profile-exploded"]}, "VARIABLES_INVALID"),
            (CHANGES, {"types": []}, "INVALID_INPUT"),
            (CHANGES, {"filter": {"communes": ["nowhere"]}}, "INVALID_CONTENT"),
            ("query A { viewer { roles } } query B { viewer { roles } }", {}, "UNKNOWN_OPERATION"),
        ],
    )
    def test_of_one_operation_ends_it_alone(
        self, world: Stage, query: str, variables: dict[str, Any], code: str
    ) -> None:
        with world.client() as client:
            client.subscribe(name="other")
            client.subscribe(query, "wrong", **variables)
            assert client.refusal("wrong")["code"] == code
            world.ecosystem.publish(1)
            assert client.change("other")["position"] == "1-1"

    def test_of_a_field_leaves_the_subscription_going(self, world: Stage) -> None:
        query = "subscription { changes { position organisation { restricted { turnover { eur } } } } }"
        with world.client("member") as client:
            client.subscribe(query)
            for number in (1, 2):
                world.ecosystem.publish(number)
                payload = client.receive()["payload"]
                assert payload["data"]["changes"]["organisation"] == {"restricted": None}
                assert payload["errors"][0]["extensions"]["code"] == "FORBIDDEN"
                assert payload["errors"][0]["path"] == ["changes", "organisation", "restricted"]
