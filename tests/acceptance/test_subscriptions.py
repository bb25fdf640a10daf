"""Subscriptions of a whole installation: told while the registry is written to, resumed, and ended in order."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from services.composition import compose
from services.settings import Settings
from tests.acceptance import examples
from tests.acceptance.processes import Installation, one_process
from tests.support.serving import serving

QUERY = """subscription ($filter: OrganisationFilter, $after: Position) {
  changes(filter: $filter, after: $after) {
    position transition organisationId organisation { profiles { coworking { desks } } }
  }
}"""
WANTED = {"kinds": ["coworking"], "provinces": ["BE-WNA"]}


@contextmanager
def subscribed(address: str, after: str | None = None) -> Iterator[ClientConnection]:
    socket = connect(
        address.replace("http", "ws") + "/graphql", subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None
    )
    with socket as connection:
        connection.send(json.dumps({"type": "connection_init"}))
        assert json.loads(connection.recv(timeout=10)) == {"type": "connection_ack"}
        payload = {"query": QUERY, "variables": {"filter": WANTED, "after": after}}
        connection.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
        yield connection


def told(connection: ClientConnection) -> dict[str, Any]:
    while (message := json.loads(connection.recv(timeout=20)))["type"] == "ping":
        pass
    assert message["type"] == "next", message
    change: dict[str, Any] = message["payload"]["data"]["changes"]
    return change


class Writing:
    """Writes through the registry's API."""

    def __init__(self, address: str, installation: Installation) -> None:
        self._address = f"{address}/registry/v1/organisations"
        self._moderator = installation.token("moderator", "moderator")
        self._etags: dict[str, str] = {}

    def publish(self, title: str) -> str:
        answer = httpx.post(
            self._address, params={"publish": "true"}, headers=self._moderator, json=examples.coworking(title)
        )
        assert answer.is_success, answer.text
        found: str = answer.json()["organisation"]["id"]
        self._etags[found] = answer.headers["ETag"]
        return found

    def desks(self, organisation: str, desks: int) -> None:
        self._send(organisation, httpx.patch, "", json={"profiles": {"coworking": {"desks": desks}}})

    def archive(self, organisation: str) -> None:
        self._send(organisation, httpx.post, "/archive")

    def _send(self, organisation: str, method: Callable[..., httpx.Response], step: str, **options: Any) -> None:
        headers = self._moderator | {"If-Match": self._etags[organisation]}
        answer = method(f"{self._address}/{organisation}{step}", headers=headers, **options)
        assert answer.is_success, answer.text
        self._etags[organisation] = answer.headers["ETag"]


def check(reading: str, writing: Writing) -> str:
    """What is written is told, also to who comes back; gives the last position."""
    with subscribed(reading) as connection:
        organisation = writing.publish("Le Hangar des Tisserands")
        entered = told(connection)
        writing.desks(organisation, 30)
        changed = told(connection)
    writing.desks(organisation, 31)
    writing.archive(organisation)
    with subscribed(reading, changed["position"]) as connection:
        missed, left = told(connection), told(connection)
    found = (entered, changed, missed, left)
    assert {one["organisationId"] for one in found} == {organisation}
    assert [one["transition"] for one in found] == ["entered", "changed", "changed", "left"]
    desks = [one["organisation"] and one["organisation"]["profiles"]["coworking"]["desks"] for one in found]
    assert desks == [24, 30, 31, None]
    position: str = left["position"]
    return position


def test_one_process_tells_what_is_written_and_says_goodbye_when_it_ends(tmp_path: Path) -> None:
    installation = Installation(tmp_path, {})
    with ExitStack() as listening:
        with one_process(installation) as addresses:
            address = addresses["graphql"]
            position = check(address, Writing(address, installation))
            connection = listening.enter_context(subscribed(address, position))
            stream = listening.enter_context(streamed(address))
        with pytest.raises(ConnectionClosed) as closed:
            told(connection)
        rest = stream.read().decode()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1001
    assert "event: complete" not in rest  # it is not: the client is to connect again
    said = "".join(log.read_text() for log in tmp_path.glob("*.log"))
    assert "socket_closed" in said
    assert '"WebSocket' not in said  # the server's own line has the caller's address


@pytest.mark.parametrize("path", ["/", "/events/v1/feed", "/registry/v1/organisations", "/metrics", "/health/live"])
def test_no_other_address_takes_a_socket(tmp_path: Path, path: str) -> None:
    process = compose(Settings(data_dir=tmp_path))
    with serving(process.app) as address, pytest.raises(InvalidStatus) as refused:
        connect(address.replace("http", "ws") + path, proxy=None)
    assert refused.value.response.status_code == 403


@contextmanager
def streamed(address: str) -> Iterator[httpx.Response]:
    headers = {"Accept": "text/event-stream"}
    with httpx.stream("POST", f"{address}/graphql", json={"query": QUERY}, headers=headers, timeout=20) as answer:
        assert answer.status_code == 200
        yield answer


def test_a_process_apart_tells_what_the_registry_writes_also_from_before_it_began(tmp_path: Path) -> None:
    installation = Installation(tmp_path, {})
    installation.run("migrate")
    reader = installation.run("token", "--subject", "reader", "--role", "reader").strip()
    with installation.serving("registry") as registry:
        writing = Writing(registry, installation)
        before = writing.publish("Avant tout")
        apart = {"DWR_REGISTRY_URL": registry, "DWR_READER_TOKEN": reader}
        with installation.serving("graphql", **apart) as graphql:
            with subscribed(graphql, "1-0") as connection:
                assert told(connection)["organisationId"] == before
            check(graphql, writing)
