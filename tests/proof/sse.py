"""Clients of server-sent events, which connect again whenever they are cut off, and go on from where they were."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, NamedTuple, Self

import httpx

_TIMEOUT = httpx.Timeout(20.0, connect=2.0)
"""Longer than the time between two heartbeats."""
_AGAIN_SECONDS = 0.3


class Event(NamedTuple):
    """One event, whole."""

    name: str
    id: str
    data: str


class Client:
    """Reads while the context is open; what is asked and what an event means is its subclasses'."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=type(self).__name__)

    def request(self) -> dict[str, Any]:
        """What is asked, from where it was last: the arguments of `httpx.stream`."""
        raise NotImplementedError

    def take(self, event: Event) -> bool:
        """Keep what the event tells; whether the stream is to be gone on with."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            with suppress(httpx.HTTPError):  # to be cut off is to be expected
                self._read()
            self._stop.wait(_AGAIN_SECONDS)

    def _read(self) -> None:
        with httpx.stream(**self.request(), timeout=_TIMEOUT) as answer:
            answer.raise_for_status()
            for event in _events(answer.iter_lines()):
                if not self.take(event) or self._stop.is_set():
                    return


def _events(lines: Iterable[str]) -> Iterator[Event]:
    """Each event. One that breaks off is none: its id must not be gone on from."""
    fields = {"event": "", "id": "", "data": ""}
    for line in lines:
        name, _, value = line.partition(":")
        if name in fields:
            fields[name] += value.removeprefix(" ")
        elif not line:
            yield Event(fields["event"], fields["id"], fields["data"])
            fields = dict.fromkeys(fields, "")
