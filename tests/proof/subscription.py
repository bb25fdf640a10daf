"""A subscriber of the GraphQL API, which goes on after the last position that it has."""

from typing import Any

import orjson

from services.events.contracts.position import Position
from tests.proof.sse import Client, Event
from tests.proof.told import Told

_QUERY = "subscription ($after: Position) { changes(after: $after) { id position organisationId version } }"


class Subscription(Client):
    """Keeps what the subscription told."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.told: list[Told] = []
        self._address = f"{address}/graphql"
        self._last = "1-0"

    def position(self) -> int:
        """Where it stands."""
        return Position.parse(self._last).number

    def request(self) -> dict[str, Any]:
        """From the last change on."""
        operation = {"query": _QUERY, "variables": {"after": self._last}}
        return {"method": "POST", "url": self._address, "json": operation, "headers": {"Accept": "text/event-stream"}}

    def take(self, event: Event) -> bool:
        """An error ends the subscription: it is begun again."""
        if event.name != "next":
            return event.name == ""
        answer = orjson.loads(event.data)
        if "errors" in answer:
            return False
        change = answer["data"]["changes"]
        self._last = change["position"]
        subject = f"organisation/{change['organisationId']}"
        self.told.append(Told(self.position(), change["id"], subject, change["version"], document=""))
        return True
