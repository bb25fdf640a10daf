"""A registry that answers badly as often as well: what lies between it and a partner is to blame."""

import random
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Disturb = Callable[["Flaky", Scope, Receive, Send], Awaitable[None]]


class Flaky:
    """Passes requests on to the application, or disturbs their answers; `calm` ends that."""

    def __init__(self, app: ASGIApp, seed: int) -> None:
        self.app = app
        self.calm = False
        self.disturbed = 0
        self._chance = random.Random(seed)  # noqa: S311 - draws troubles, guards nothing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self.calm or self._chance.random() < 0.5:
            await self.app(scope, receive, send)
            return
        self.disturbed += 1
        await self._chance.choice(DISTURBANCES)(self, scope, receive, send)

    async def unavailable(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await _answer(send, 503, b"upstream is away", "text/plain")

    async def garbage(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await _answer(send, 200, b"<html>Please sign in to the network</html>", "text/html")

    async def broken_problem(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await _answer(send, 500, b'{"type": "/problems/', "application/problem+json")

    async def cut_off(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Half of the first piece of the body, and then the end of the connection: the answer is never finished."""
        cut = False

        async def half(message: Message) -> None:
            nonlocal cut
            if message["type"] == "http.response.start":
                await send(message)
            elif not cut:
                cut, body = True, message.get("body", b"")
                await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})

        await self.app(scope, receive, half)

    async def half_a_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A proxy that takes what it has for all there is: no length, and an end that looks like one."""
        whole = False

        async def half(message: Message) -> None:
            nonlocal whole
            if message["type"] == "http.response.start":
                kept = [pair for pair in message["headers"] if pair[0] != b"content-length"]
                await send({**message, "headers": kept})
            elif not whole:
                whole = True
                body = message.get("body", b"")
                await send({"type": "http.response.body", "body": body[: len(body) // 2]})

        await self.app(scope, receive, half)


DISTURBANCES: tuple[Disturb, ...] = (
    Flaky.unavailable,
    Flaky.garbage,
    Flaky.broken_problem,
    Flaky.cut_off,
    Flaky.half_a_page,
)


async def _answer(send: Send, status: int, body: bytes, media_type: str) -> None:
    headers = [(b"content-type", media_type.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
