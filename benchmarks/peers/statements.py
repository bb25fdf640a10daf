"""The subject that is one statement by hand: the least that an answer from PostgreSQL costs.

    python -m benchmarks.peers.statements postgresql://…

A bare ASGI application. Each of its connections has every statement prepared, under a name, so that PostgreSQL parses
and plans it once; the plans are generic ones, which suits statements without conditions that may be left out.
"""

import asyncio
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import orjson
import uvicorn
from asyncpg.prepared_stmt import PreparedStatement
from starlette.types import Receive, Scope, Send

from benchmarks.peers.questions import QUESTIONS, Question
from benchmarks.peers.subjects import Subject
from benchmarks.processes import started

NAME = "statements"
CONNECTIONS = 16
"""As many as the load has: nobody waits for one."""
_HEADERS = (b"content-type", b"application/json")


@contextmanager
def statements(database_url: str) -> Iterator[Subject]:
    """The statements behind HTTP, in a process."""
    with started([sys.executable, "-m", "benchmarks.peers.statements", database_url]) as server:
        yield Subject(NAME, "SQL by hand", server, _ask)


def _ask(question: Question, variables: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return f"/{question.name}", variables


Prepared = dict[str, tuple[tuple[str, ...], "PreparedStatement[Any]"]]


class Application:
    """Answers `POST /question` with variables by the JSON text that the question's statement gives."""

    def __init__(self) -> None:
        self._connections: list[asyncpg.Connection[Any]] = []
        self._free = asyncio.LifoQueue[Prepared]()

    async def connect(self, database_url: str) -> None:
        """Work over one connection more."""
        settings = {"plan_cache_mode": "force_generic_plan"}
        connection = await asyncpg.connect(database_url, server_settings=settings)
        prepared = {
            f"/{question.name}": (question.parameters, await connection.prepare(question.statement))
            for question in QUESTIONS
        }
        self._connections.append(connection)
        self._free.put_nowait(prepared)

    async def close(self) -> None:
        """Leave the database."""
        for connection in self._connections:
            await connection.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        variables = orjson.loads(await _body(receive))
        prepared = await self._free.get()
        try:
            parameters, statement = prepared[scope["path"]]
            answer = await statement.fetchval(*(variables[name] for name in parameters))
        finally:
            self._free.put_nowait(prepared)
        body = answer.encode()
        headers = [_HEADERS, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def _body(receive: Receive) -> bytes:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message["body"]
        more = message["more_body"]
    return body


async def connected(database_url: str, connections: int = CONNECTIONS) -> Application:
    """The application over so many connections."""
    application = Application()
    for _ in range(connections):
        await application.connect(database_url)
    return application


async def _serve(database_url: str) -> None:
    application = await connected(database_url)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1_024)
        print(f"PORT {listening.getsockname()[1]}", flush=True)
        config = uvicorn.Config(application, lifespan="off", ws="none", log_config=None, access_log=False)
        await uvicorn.Server(config).serve(sockets=[listening])


if __name__ == "__main__":
    import uvloop

    uvloop.run(_serve(sys.argv[1]))
