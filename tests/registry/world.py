"""A registry as its callers meet it: the HTTP application on a real database, with tokens of the local issuer."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import Engine, func, select

from services.access.authenticator import authenticator_for
from services.access.local_issuer import issue
from services.access.roles import Role
from services.database import metadata
from services.events.contracts.entries import Entry
from services.events.log.reading import Head, entries_after, read_head
from services.events.log.signal import LogSignal
from services.registry.app import create_app
from services.registry.unit import SYSTEM, Author, Unit
from services.registry.writer import Result, Writer
from services.settings import Settings

BASE = "/registry/v1/organisations"
Headers = Mapping[str, str]


class Clock:
    """Milliseconds that a test moves, also backwards."""

    def __init__(self, now_ms: int = 1_790_000_000_000) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms

    def go_on(self, *, days: int = 0, milliseconds: int = 0) -> None:
        """Let time pass."""
        self.now_ms += days * 86_400_000 + milliseconds


class Client:
    """Sends requests to the application, one after the other."""

    def __init__(self, app: FastAPI) -> None:
        self._runner = asyncio.Runner()
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://registry.example")

    def request(self, method: str, address: str, **options: Any) -> httpx.Response:
        """Any request."""
        return self.together([(method, address, options)])[0]

    def together(self, requests: list[tuple[str, str, dict[str, Any]]]) -> list[httpx.Response]:
        """Several requests at the same time."""

        async def send() -> list[httpx.Response]:
            return await asyncio.gather(*(self.http.request(method, where, **how) for method, where, how in requests))

        return self._runner.run(send())

    def get(self, address: str, **options: Any) -> httpx.Response:
        """Read."""
        return self.request("GET", address, **options)

    def post(self, address: str, **options: Any) -> httpx.Response:
        """Make, or do something with."""
        return self.request("POST", address, **options)

    def put(self, address: str, **options: Any) -> httpx.Response:
        """Set."""
        return self.request("PUT", address, **options)

    def patch(self, address: str, **options: Any) -> httpx.Response:
        """Change."""
        return self.request("PATCH", address, **options)

    def delete(self, address: str, **options: Any) -> httpx.Response:
        """Remove."""
        return self.request("DELETE", address, **options)

    def close(self) -> None:
        """Send no more."""
        self._runner.run(self.http.aclose())
        self._runner.close()


@dataclass
class World:
    """One process of the registry, and who calls it."""

    settings: Settings
    engine: Engine
    clock: Clock = field(default_factory=Clock)
    signal: LogSignal = field(default_factory=LogSignal)

    def __post_init__(self) -> None:
        self.writer = Writer(self.settings, self.engine, self.signal, self.clock)
        app = create_app(self.settings, self.engine, self.writer, authenticator_for(self.settings))
        self.client = Client(app)

    def start(self) -> None:
        """Begin to serve."""
        self.writer.start()

    def stop(self) -> None:
        """End."""
        self.client.close()
        self.writer.stop()

    def token(self, subject: str, *roles: Role, front: str | None = None) -> dict[str, str]:
        """Headers of a caller."""
        return {"Authorization": f"Bearer {issue(self.settings, subject, roles, front)}"}

    @property
    def owner(self) -> dict[str, str]:
        """Somebody who registers organisations and owns them."""
        return self.token("owner")

    @property
    def moderator(self) -> dict[str, str]:
        """Somebody of the agency."""
        return self.token("moderator", Role.MODERATOR)

    def register(self, body: Mapping[str, Any], headers: Headers | None = None, **query: str) -> dict[str, Any]:
        """Register an organisation and return the answer's body."""
        answer = self.client.post(BASE, json=body, headers=headers or self.owner, params=query)
        assert answer.status_code == 201, answer.text
        content: dict[str, Any] = answer.json()
        return content

    def publish(self, body: Mapping[str, Any], owner: Headers | None = None) -> "Known":
        """Register an organisation as its owner and publish it as a moderator."""
        registered = self.register(body, owner, submit="true")
        known = Known(self, registered["organisation"]["id"])
        assert known.do("publish").status_code == 200
        return known

    def run(self, work: Callable[[Unit], Result], author: Author = SYSTEM) -> Result:
        """Carry a command out without HTTP."""
        return self.writer.run_blocking(work, author)

    def head(self) -> Head:
        """Where the log stands."""
        with self.engine.connect() as connection:
            return read_head(connection)

    def entries(self) -> list[Entry]:
        """The whole log."""
        with self.engine.connect() as connection:
            return entries_after(connection, 0, 100_000)

    def rows(self) -> dict[str, int]:
        """How many rows each table has: what a refused request leaves as it was."""
        with self.engine.connect() as connection:
            return {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in metadata.sorted_tables
            }

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table: what a refused request leaves as it was."""
        with self.engine.connect() as connection:
            return {
                table.name: sorted(tuple(row) for row in connection.execute(select(table)))
                for table in metadata.sorted_tables
            }


@dataclass
class Known:
    """A registered organisation."""

    world: World
    id: str

    @property
    def address(self) -> str:
        """Where it is."""
        return f"{BASE}/{self.id}"

    @property
    def version(self) -> int:
        """Its present version."""
        answer = self.read(self.world.moderator)
        version: int = answer.json()["version"]
        return version

    def read(self, headers: Headers | None = None) -> httpx.Response:
        """Read it."""
        return self.world.client.get(self.address, headers=headers)

    def do(self, move: str, body: Any = None, headers: Headers | None = None) -> httpx.Response:
        """Post one of the moves on its present version, as a moderator unless said otherwise."""
        sent = {"If-Match": f'"{self.version}"', **(headers or self.world.moderator)}
        return self.world.client.post(f"{self.address}/{move}", json=body, headers=sent)

    def patch(self, patch: Any, headers: Headers | None = None) -> httpx.Response:
        """Change it on its present version, as its owner unless said otherwise."""
        sent = {"If-Match": f'"{self.version}"', **(headers or self.world.owner)}
        return self.world.client.patch(self.address, json=patch, headers=sent)
