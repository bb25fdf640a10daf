"""A client of the feed's stream of server-sent events, which connects again by `Last-Event-ID`."""

import threading
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

import httpx
import orjson

from services.events.contracts.position import Position
from tests.proof.told import Told, told_by_event

_TIMEOUT = httpx.Timeout(20.0, connect=2.0)
"""Longer than the time between two heartbeats."""
_AGAIN_SECONDS = 0.3


class Stream:
    """Keeps what the stream told while the context is open."""

    def __init__(self, address: str) -> None:
        self.told: list[Told] = []
        self.findings: list[str] = []
        self._address = f"{address}/events/v1/feed/stream"
        self._last = "1-0"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stream")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def position(self) -> int:
        """Where it stands."""
        return Position.parse(self._last).number

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._read()
            except httpx.HTTPError:
                self._stop.wait(_AGAIN_SECONDS)

    def _read(self) -> None:
        headers = {"Last-Event-ID": self._last, "Accept": "text/event-stream"}
        with httpx.stream("GET", self._address, headers=headers, timeout=_TIMEOUT) as answer:
            answer.raise_for_status()
            for event, identifier, data in _events(answer.iter_lines()):
                if event == "problem":
                    self.findings.append(f"stream: after {self._last}: {data[:300]}")
                elif data:
                    told = orjson.loads(data)
                    self.told.append(told_by_event(told["id"], told["data"]))
                self._last = identifier or self._last
                if self._stop.is_set():
                    return


def _events(lines: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Name, id and data of each event. One that breaks off is none: its id must not be gone on from."""
    event = identifier = data = ""
    for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            event = value
        elif name == "id":
            identifier = value
        elif name == "data":
            data += value
        elif not line:
            yield event, identifier, data
            event = identifier = data = ""
