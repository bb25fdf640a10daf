"""A log, the notifier over it, and callers of its API."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import Engine

from services.access.authenticator import authenticator_for
from services.access.local_issuer import issue
from services.access.roles import Role
from services.database import reading
from services.events.contracts.entries import Entry
from services.events.following.protocol import Snapshot
from services.events.log.reading import entries_after, read_head
from services.notifier.app import create_app
from services.notifier.delivery import Deliverer
from services.notifier.matching import Matcher
from services.settings import Settings
from tests.events.entries import Ecosystem
from tests.support.waiting import eventually

SEARCHES = "/notifier/v1/searches"
DELIVERIES = "/notifier/v1/deliveries"


@dataclass
class World:
    """The registry's log and the notifier that follows it, in one database."""

    settings: Settings
    engine: Engine

    def __post_init__(self) -> None:
        self.ecosystem = Ecosystem(self.engine)
        self.deliverer = Deliverer(self.settings, self.engine)
        self.matcher = Matcher(self.settings, self.engine, self.deliverer.wake)
        app = create_app(self.settings, self.engine, authenticator_for(self.settings), self.deliverer.wake)
        self.transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    def start_at_head(self) -> None:
        """What a follower does with a reader that has no position yet."""
        with reading(self.engine) as connection:
            head = read_head(connection)
        self.matcher.load(Snapshot(head.position, head.published_ms, "", ()))

    def match(self) -> Sequence[Entry]:
        """Let the matcher read on to the head, as its follower does."""
        position = self.matcher.position
        assert position is not None
        with reading(self.engine) as connection:
            entries = entries_after(connection, position.number, 1_000)
        self.matcher.apply(entries)
        return entries

    def call(self, method: str, path: str, who: str = "partner", *roles: Role, **options: Any) -> httpx.Response:
        """Call the API as that person."""
        token = issue(self.settings, who, roles)
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        return self.call_with(method, path, headers=headers, **options)

    def call_with(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Call the API with these headers and no others."""

        async def send() -> httpx.Response:
            async with httpx.AsyncClient(transport=self.transport, base_url="http://notifier") as client:
                return await client.request(method, path, **options)

        return asyncio.run(send())

    def save(self, url: str, criteria: dict[str, Any] | None = None, who: str = "partner", *roles: Role) -> Any:
        """Save a search for whatever the criteria say; returns the answer's body."""
        body = {"name": "Watched", "criteria": criteria or {}, "url": url}
        answer = self.call("POST", SEARCHES, who, *roles, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def change(self, search: dict[str, Any], **members: Any) -> Any:
        """Change a search, as its owner."""
        path, headers = f"{SEARCHES}/{search['id']}", {"If-Match": self.etag(search)}
        answer = self.call("PATCH", path, json=members, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def etag(self, search: dict[str, Any]) -> str:
        """The present version of the search, as `If-Match` wants it."""
        return str(self.call("GET", f"{SEARCHES}/{search['id']}").headers["ETag"])

    def read(self, search: dict[str, Any]) -> Any:
        """The search as it is now."""
        return self.call("GET", f"{SEARCHES}/{search['id']}").json()

    def deliveries(self, search: dict[str, Any], **query: Any) -> list[Any]:
        """What the delivery log says, the newest first."""
        answer = self.call("GET", f"{SEARCHES}/{search['id']}/deliveries", params=query)
        assert answer.status_code == 200, answer.text
        found: list[Any] = answer.json()["items"]
        return found

    def payloads(self, search: dict[str, Any]) -> list[Any]:
        """The bodies of the deliveries, in the order of positions."""
        found = [self.call("GET", f"{DELIVERIES}/{one['id']}").json()["payload"] for one in self.deliveries(search)]
        return sorted(found, key=lambda payload: payload["data"]["position"])

    def transitions(self, search: dict[str, Any]) -> list[tuple[int, str]]:
        """Position and transition of each delivery."""
        return [(payload["data"]["position"], payload["transition"]) for payload in self.payloads(search)]

    def wait_for_states(self, search: dict[str, Any], *states: str) -> list[Any]:
        """The deliveries, once they are in these states, the newest first."""
        eventually(lambda: [one["state"] for one in self.deliveries(search)] == list(states))
        return self.deliveries(search)

    @contextmanager
    def delivering(self) -> Iterator[None]:
        """Deliver while the context is open."""
        self.deliverer.start()
        try:
            yield
        finally:
            self.deliverer.stop()
