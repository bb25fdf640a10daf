"""GraphQL over server-sent events: each operation a connection of its own ("distinct connections mode").

The protocol: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md. Beyond it each event has the position as
its `id`, so that a browser's EventSource, which connects again with `Last-Event-ID`, misses nothing.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import orjson
import structlog
from starlette.datastructures import Headers
from starlette.responses import StreamingResponse
from starlette.types import Send

from graphql_api.errors import refusal_entry
from graphql_api.execution import answer
from graphql_api.negotiation import EVENT_STREAM, takes_events, takes_only_events
from graphql_api.operations import Operations, Refused
from graphql_api.requests import Request
from graphql_api.schema.context import Context
from graphql_api.subscriptions.following import Idle
from graphql_api.subscriptions.problems import SlowSubscriber
from graphql_api.subscriptions.running import Ended, Running
from services.events.contracts.position import Position
from services.problems import FieldError, InvalidInput, Problem

_COMPLETE = b"event: complete\ndata:\n\n"
_RETRY = b"retry: 3000\n\n"

log = structlog.get_logger(__name__)


def is_wanted(accept: str | None, operations: Operations, request: Request) -> bool:
    """Whether to answer with events: a subscription to who takes them, and everything to who takes no JSON."""
    if not takes_events(accept):
        return False
    if takes_only_events(accept):
        return True
    try:
        return operations.find(request.query, request.operation_name).is_subscription
    except (Refused, Problem):
        return False


def last_event(headers: Headers) -> Position | None:
    """The position that an EventSource connects again with. Raises InvalidInput."""
    text = headers.get("last-event-id")
    if not text:
        return None
    try:
        return Position.parse(text)
    except ValueError as error:
        wrong = FieldError("header:Last-Event-ID", "invalid", f"{error}.")
        raise InvalidInput(wrong.detail, errors=[wrong]) from error


class EventStream(StreamingResponse):
    """The results of one operation as events, to a client that keeps up."""

    media_type = EVENT_STREAM

    def __init__(self, operations: Operations, request: Request, context: Context) -> None:
        headers = {"Cache-Control": "no-store", "Vary": "Accept, Authorization", "X-Accel-Buffering": "no"}
        self._content = self._pieces(operations, request, context)
        super().__init__(self._content, headers=headers)
        self._seconds = context.settings.subscription_slowest_seconds
        self._delivered: Position | None = None

    async def stream_response(self, send: Send) -> None:
        """Send the pieces as they come, and in the end why there are no more."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        try:
            async with aclosing(self._content) as pieces:
                async for piece in pieces:
                    await self._send(send, piece)
        except TimeoutError:
            log.info("slow_subscriber_ended", seconds=self._seconds)
            await self._say_slow(send)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _say_slow(self, send: Send) -> None:
        if self._delivered is not None:
            last = _next(_errors_body(Ended.by(SlowSubscriber(self._delivered, self._seconds)))) + _COMPLETE
            await self._send(send, last)

    async def _send(self, send: Send, piece: bytes) -> None:
        async with asyncio.timeout(self._seconds):
            await send({"type": "http.response.body", "body": piece, "more_body": True})

    async def _pieces(self, operations: Operations, request: Request, context: Context) -> AsyncGenerator[bytes, None]:
        try:
            operation = operations.find(request.query, request.operation_name)
            if operation.is_subscription:
                yield _RETRY
                async with aclosing(self._results(await Running.start(operation, request, context))) as pieces:
                    async for piece in pieces:
                        yield piece
                return  # the process ends, which completes nothing: the client connects again
            yield _next((await answer(operations, request, context)).body)
        except Refused as refused:
            yield _next(orjson.dumps({"errors": [refusal_entry(error, refused.code) for error in refused.errors]}))
        except Ended as ended:
            yield _next(_errors_body(ended))
        except Problem as problem:
            yield _next(_errors_body(Ended.by(problem)))
        yield _COMPLETE

    async def _results(self, running: Running) -> AsyncGenerator[bytes, None]:
        self._delivered = running.delivered
        try:
            async for result in running:
                place = b"id: %b\n" % str(result.position).encode()
                yield b":\n%b\n" % place if isinstance(result, Idle) else place + _next(result.body)
                self._delivered = result.position
        finally:
            await running.aclose()


def _next(body: bytes) -> bytes:
    return b"event: next\ndata: %b\n\n" % body


def _errors_body(ended: Ended) -> bytes:
    return orjson.dumps({"errors": ended.errors})
