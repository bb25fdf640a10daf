"""A client of the feed's stream, which goes on by `Last-Event-ID`."""

from typing import Any

import orjson

from services.events.contracts.position import Position
from tests.proof.sse import Client, Event
from tests.proof.told import Told, told_by_event


class Stream(Client):
    """Keeps what the stream told."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.told: list[Told] = []
        self.findings: list[str] = []
        self._address = f"{address}/events/v1/feed/stream"
        self._last = "1-0"

    def position(self) -> int:
        """Where it stands."""
        return Position.parse(self._last).number

    def request(self) -> dict[str, Any]:
        """From the last event on."""
        headers = {"Last-Event-ID": self._last, "Accept": "text/event-stream"}
        return {"method": "GET", "url": self._address, "headers": headers}

    def take(self, event: Event) -> bool:
        """A heartbeat has an id and no data."""
        if event.name == "problem":
            self.findings.append(f"stream: after {self._last}: {event.data[:300]}")
            return False
        if event.data:
            told = orjson.loads(event.data)
            self.told.append(told_by_event(told["id"], told["data"]))
        self._last = event.id or self._last
        return True
