"""The feed as server-sent events."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import orjson
import structlog
from anyio.to_thread import run_sync
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from services.events.contracts.cloudevents import structured
from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.feed.pages import Page
from services.events.feed.places import StreamPlaces
from services.events.feed.waiting import Waiting
from services.http.heads import headers_only
from services.problems import Problem

HEARTBEAT_SECONDS = 15.0
SLOWEST_SECONDS = 30.0
"""How long a client may take for one piece; whoever is slower is disconnected and goes on later by `Last-Event-ID`."""
_AT_ONCE = 100
"""Entries that a stream holds in memory at most: more are read when these are sent."""
_RETRY_MS = 3_000

log = structlog.get_logger(__name__)


ReadPage = Callable[[Position, int], Page]
"""Reads so many entries after the position."""


async def events_after(
    read: ReadPage, waiting: Waiting, position: Position, view: View, public_url: str
) -> AsyncIterator[bytes]:
    """The entries after a position as they come, until the process ends; heartbeats in between.

    A heartbeat carries the position too: whoever filters and sees no event still moves on.
    """
    yield b"retry: %d\n\n" % _RETRY_MS
    heartbeat = time.monotonic()
    while not waiting.over:
        try:
            page = await run_sync(read, position, _AT_ONCE)
        except Problem as problem:
            yield _event("problem", orjson.dumps(problem.document()))
            return
        except SQLAlchemyError as error:
            # The database is away: the client comes again by `Last-Event-ID`, after the time in `retry`.
            log.warning("stream_interrupted", cause=type(error).__name__)
            return
        position = page.position
        if page.entries:
            yield b"".join(_entry(entry, view, public_url) for entry in page.entries)
            heartbeat = time.monotonic()
        elif time.monotonic() - heartbeat >= HEARTBEAT_SECONDS:
            yield b": heartbeat\nid: %s\n\n" % str(position).encode()
            heartbeat = time.monotonic()
        if not page.more:
            await waiting.beyond(position, HEARTBEAT_SECONDS)


def _entry(entry: Entry, view: View, public_url: str) -> bytes:
    data = orjson.dumps(structured(entry, view, public_url))
    return b"id: %s\n%s" % (str(entry.position).encode(), _event(entry.event, data))


def _event(name: str, data: bytes) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), data)


class EventStream(StreamingResponse):
    """Server-sent events to a client that keeps up."""

    media_type = "text/event-stream"

    def __init__(self, content: AsyncIterator[bytes], headers: Mapping[str, str], places: StreamPlaces) -> None:
        super().__init__(content, headers={**headers, "Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._places = places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream, however it ends. Raises Unavailable, with nothing sent yet, when no place is free."""
        if headers_only(scope):
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await send({"type": "http.response.body"})
            return
        with self._places.one():
            await super().__call__(scope, receive, send)

    async def stream_response(self, send: Send) -> None:
        """Send the pieces as they come."""

        async def send_in_time(message: Message) -> Any:
            async with asyncio.timeout(SLOWEST_SECONDS):
                await send(message)

        try:
            await super().stream_response(send_in_time)
        except TimeoutError:
            log.info("slow_stream_disconnected", seconds=SLOWEST_SECONDS)
