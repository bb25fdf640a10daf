"""A log, the read model that follows it and the GraphQL API in front, on a real socket."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from graphql_api.app import create_app
from graphql_api.read_model.model import ReadModel
from graphql_api.subscriptions.hub import Hub
from graphql_api.subscriptions.past import LogSource
from services.access.authenticator import Authenticator
from services.database import open_engine
from services.events.following.database import DatabaseSource
from services.events.following.follower import Follower
from services.events.log.reading import read_head
from services.settings import Settings
from services.telemetry.metrics import REGISTRY
from tests.events.entries import Ecosystem
from tests.graphql_api.door import TokenNames
from tests.support.serving import serving
from tests.support.waiting import eventually

PROTOCOL = Subprotocol("graphql-transport-ws")
DEADLINE = 10.0
CHANGES = """subscription ($filter: OrganisationFilter, $after: Position, $types: [EventType!]) {
  changes(filter: $filter, after: $after, types: $types) {
    position type transition organisationId version redirect
    changes { path before after }
    organisation { slug title { text } sizeClass } before { sizeClass }
  }
}"""


class Client:
    """A client of the protocol, which shows what comes as it comes."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def send(self, **message: Any) -> None:
        self.connection.send(json.dumps(message))

    def receive(self) -> dict[str, Any]:
        """The next message that is no ping."""
        while True:
            message: dict[str, Any] = json.loads(self.connection.recv(timeout=DEADLINE))
            if message["type"] != "ping":
                return message

    def initialise(self, as_: str | None = None) -> None:
        payload = {"Authorization": f"Bearer {as_}"} if as_ else None
        self.send(type="connection_init", **({"payload": payload} if payload else {}))
        assert self.receive() == {"type": "connection_ack"}

    def subscribe(self, query: str = CHANGES, name: str = "1", **variables: Any) -> None:
        self.send(type="subscribe", id=name, payload={"query": query, "variables": variables})

    def change(self, name: str = "1") -> dict[str, Any]:
        """The next change of the subscription."""
        message = self.receive()
        assert message["type"] == "next", message
        assert message["id"] == name
        assert "errors" not in message["payload"], message
        change: dict[str, Any] = message["payload"]["data"]["changes"]
        assert message["payload"]["extensions"] == {"position": change["position"]}
        return change

    def refusal(self, name: str = "1") -> dict[str, Any]:
        """The extensions of the error that ends the operation."""
        message = self.receive()
        assert (message["type"], message["id"]) == ("error", name), message
        extensions: dict[str, Any] = message["payload"][0]["extensions"]
        return extensions

    def closed(self) -> tuple[int | None, str | None]:
        """With which code and reason the server closes the socket; what still comes before that is passed over."""
        try:
            while True:
                self.connection.recv(timeout=DEADLINE)
        except ConnectionClosed:
            pass
        return self.connection.close_code, self.connection.close_reason


@dataclass
class Stage:
    """What a test plays with."""

    ecosystem: Ecosystem
    model: ReadModel
    hub: Hub
    address: str

    @contextmanager
    def connect(self, protocol: Subprotocol | None = PROTOCOL, **options: Any) -> Iterator[Client]:
        """A socket, not yet initialised."""
        address = self.address.replace("http", "ws") + "/graphql"
        options = {"subprotocols": [protocol] if protocol else None, "proxy": None, **options}
        with connect(address, **options) as connection:
            yield Client(connection)

    @contextmanager
    def client(self, as_: str | None = None, **options: Any) -> Iterator[Client]:
        """An initialised socket."""
        with self.connect(**options) as client:
            client.initialise(as_)
            yield client

    def subscriptions(self) -> float | None:
        """How many are open."""
        return REGISTRY.get_sample_value("dwr_graphql_subscriptions")

    def caught_up(self) -> None:
        """Wait until the read model has seen everything."""
        with self.ecosystem.engine.connect() as connection:
            head = read_head(connection).position
        eventually(lambda: self.model.position == head)


class _Attaching:
    """Attaches the read model to the server's loop, as `services.serving` does, before the follower starts."""

    def __init__(self, app: ASGIApp, model: ReadModel, follower: Follower) -> None:
        self._app = app
        self._model = model
        self._follower = follower

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        await receive()
        self._model.attach(asyncio.get_running_loop())
        self._follower.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.to_thread(self._follower.stop)
        await send({"type": "lifespan.shutdown.complete"})


_THE_LOG: Any = object()


@contextmanager
def stage(
    database_url: str,
    data_dir: Path,
    *,
    authenticator: Authenticator | None = None,
    past: LogSource | None = _THE_LOG,
    **options: Any,
) -> Iterator[Stage]:
    """Everything running; `past` is where old entries come from, and `options` are settings."""
    engine = open_engine(database_url)
    ecosystem, model = Ecosystem(engine), ReadModel()
    settings = Settings(data_dir=data_dir, read_your_writes_seconds=0.5, **options)
    source = DatabaseSource(engine, ecosystem.signal, poll_seconds=0.2)
    hub = Hub(settings, DatabaseSource(engine, ecosystem.signal, batch=10) if past is _THE_LOG else past)
    registry = httpx.AsyncClient(base_url="http://registry.example")
    app = create_app(settings, model, registry, authenticator or TokenNames(), hub)
    with serving(_Attaching(app, model, Follower(source, source, model, "test"))) as address:
        eventually(lambda: model.position is not None)
        yield Stage(ecosystem, model, hub, address)
    engine.dispose()
