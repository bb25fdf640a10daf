"""One connection of the protocol graphql-transport-ws: its initialisation, its operations, its end."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from starlette.types import Receive, Send

from graphql_api.errors import problem_error
from graphql_api.operations import Operations
from graphql_api.problems import InvalidRequest
from graphql_api.requests import Request, request_of
from graphql_api.schema.context import Context
from graphql_api.subscriptions.hub import Hub
from graphql_api.subscriptions.messages import CloseCode, Closing, Message, read_message, written
from graphql_api.subscriptions.operating import Operating
from services.problems import Problem, TooManyRequests, Unauthenticated, Unavailable
from services.settings import Settings

MOST_OPERATIONS = 100
"""Operations under way over one socket; the per-caller bound of subscriptions counts over all sockets."""

log = structlog.get_logger(__name__)


class Gone(Exception):  # noqa: N818 - the end of a socket
    """There is nobody at the other end any more."""


Identified = tuple[Callable[[], Context], float | None]
"""What makes the context of each operation of a caller, and when the caller's token expires (seconds since 1970)."""
Identify = Callable[[str | None], Awaitable[Identified]]
"""From the header Authorization to the caller. Raises Unauthenticated and Unavailable."""


@dataclass(frozen=True, slots=True)
class Serving:
    """What connections are served with."""

    settings: Settings
    operations: Operations
    hub: Hub


class Connection:
    """One connection: its initialisation, its operations, its end."""

    def __init__(self, serving: Serving, receive: Receive, send: Send, identify: Identify) -> None:
        self._settings = serving.settings
        self._hub = serving.hub
        self._receive = receive
        self._send = send
        self._identify = identify
        self._seconds = serving.settings.subscription_slowest_seconds
        self._operating = Operating(serving.operations, self._say, self._seconds)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._initialised = asyncio.Event()
        self._context: Callable[[], Context] | None = None
        self._headers: Sequence[str] = ()

    async def run(self, authorization: Sequence[str]) -> None:
        """Serve until one side ends it. Raises Closing or Gone; `authorization` are the headers of that name."""
        self._headers = authorization
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._wait_for_init())
                tasks.create_task(self._wait_for_end())
                await self._read(tasks)
        except BaseExceptionGroup as group:
            raise _first(group) from None

    async def _wait_for_init(self) -> None:
        try:
            async with asyncio.timeout(self._settings.socket_init_seconds):
                await self._initialised.wait()
        except TimeoutError:
            raise Closing(CloseCode.INITIALISATION_TIMEOUT, "Connection initialisation timeout") from None

    async def _wait_for_end(self) -> None:
        await self._hub.ended.wait()
        raise Closing(CloseCode.GOING_AWAY, "This process ends; connect again and go on from where you stand.")

    async def _wait_for_expiry(self, expires_at: float) -> None:
        await asyncio.sleep(max(0.0, expires_at - time.time()))
        raise Closing(CloseCode.FORBIDDEN, "The access token has expired; connect again with a new one.")

    async def _read(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            received = await self._receive()
            if received["type"] == "websocket.disconnect":
                raise Gone
            await self._take(read_message(received.get("text"), self._settings.max_body_bytes), tasks)

    async def _take(self, message: Message, tasks: asyncio.TaskGroup) -> None:
        match message.type:
            case "connection_init":
                await self._initialise(message.payload or {}, tasks)
            case "ping":
                payload = None if message.payload is None else orjson.dumps(message.payload)
                await self._say_in_time(written("pong", None, payload))
            case "subscribe":
                await self._subscribe(message, tasks)
            case "complete":
                if task := self._under_way.pop(message.id, None):
                    task.cancel()

    async def _initialise(self, payload: dict[str, Any], tasks: asyncio.TaskGroup) -> None:
        if self._initialised.is_set():
            raise Closing(CloseCode.TOO_MANY_INITIALISATIONS, "Too many initialisation requests")
        self._initialised.set()
        try:
            self._context, expires_at = await self._identify(_authorization(payload, self._headers))
        except Unauthenticated as problem:
            raise Closing(CloseCode.FORBIDDEN, problem.detail) from problem
        await self._say_in_time(written("connection_ack"))
        if expires_at is not None:
            tasks.create_task(self._wait_for_expiry(expires_at))

    async def _subscribe(self, message: Message, tasks: asyncio.TaskGroup) -> None:
        if self._context is None:
            raise Closing(CloseCode.UNAUTHORIZED, "Unauthorized")
        if message.id in self._under_way:
            raise Closing(CloseCode.SUBSCRIBER_EXISTS, f"Subscriber for {message.id} already exists")
        try:
            request = request_of(message.payload or {})
        except InvalidRequest as problem:
            raise Closing(CloseCode.BAD_REQUEST, problem.detail) from problem
        except Problem as problem:  # it is one, of a document that is not known
            await self._refuse(message.id, problem)
            return
        if len(self._under_way) >= MOST_OPERATIONS:
            await self._refuse(message.id, TooManyRequests(f"{MOST_OPERATIONS} operations are under way here."))
            return

        def end() -> None:
            if self._under_way.get(message.id) is task:
                del self._under_way[message.id]

        work = self._carry_out(message.id, request, self._context(), end)
        task = self._under_way[message.id] = tasks.create_task(work)

    async def _carry_out(self, identifier: str, request: Request, context: Context, end: Callable[[], None]) -> None:
        try:
            await self._operating.carry_out(identifier, request, context, end)
        except OSError:
            raise Gone from None

    async def _refuse(self, identifier: str, problem: Problem) -> None:
        await self._say_in_time(written("error", identifier, orjson.dumps([problem_error(problem)])))

    async def _say_in_time(self, text: str) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await self._say(text)
        except OSError:  # too slow, or away
            raise Gone from None

    async def _say(self, text: str) -> None:
        await self._send({"type": "websocket.send", "text": text})


def _authorization(payload: dict[str, Any], headers: Sequence[str]) -> str | None:
    """What says who connects: the payload's member, which browsers can send, or the header of the handshake."""
    given = list(headers)
    for name, value in payload.items():
        if name.lower() != "authorization" or not isinstance(value, str):
            raise Closing(CloseCode.BAD_REQUEST, 'connection_init takes {"Authorization": "Bearer ..."} alone.')
        given.append(value)
    if len(set(given)) > 1:
        raise Closing(CloseCode.BAD_REQUEST, "Send Authorization once: as a header or in connection_init.")
    return given[0] if given else None


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """What ended the socket: a reason to tell goes before a defect, and both before its being gone."""
    found = list(_leaves(group))
    for kind in (Closing, Unavailable):
        for error in found:
            if isinstance(error, kind):
                return error
    defects = [error for error in found if not isinstance(error, Gone)]
    if not defects:
        return Gone()
    log.error("socket_failed", exc_info=defects[0])
    return Closing(CloseCode.INTERNAL_ERROR, "Internal server error")


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    found: list[BaseException] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
