"""Two servers over one read model: one answers at once what it can, the other sends everything the ordinary way."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import uvicorn
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Scope
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from graphql_api.app import app_of
from graphql_api.at_once import QueriesAtOnce
from graphql_api.endpoint import Endpoint
from graphql_api.read_model.model import ReadModel
from services.http.at_once import AnswerBody, Answered, Lane, protocol_with
from services.http.request_record import RequestRecord
from services.settings import Settings
from tests.graphql_api.door import TokenNames
from tests.support.waiting import eventually

SETTINGS = Settings(
    read_your_writes_seconds=0.2, graphql_cost_limit=2_000, graphql_budget_per_minute=10**12, max_body_bytes=20_000
)


def shared(app: ASGIApp) -> ASGIApp:
    """The application as pages of other origins may call it."""
    return CORSMiddleware(app, allow_origins=["https://front.example"], expose_headers=["DWR-Position"])


@dataclass
class Counting:
    """The endpoint as the protocol class asks it, counting what it answers."""

    inner: QueriesAtOnce
    answered: int = 0
    service: str = "graphql"
    route: str = "/graphql"
    largest_body: int = field(init=False)

    def __post_init__(self) -> None:
        self.largest_body = self.inner.largest_body

    def prepare(self, scope: Scope) -> AnswerBody | None:
        answer = self.inner.prepare(scope)
        if answer is None:
            return None

        def counted(record: RequestRecord, body: bytes) -> Answered | None:
            given = answer(record, body)
            self.answered += given is not None
            return given

        return counted


@dataclass(frozen=True)
class Server:
    """The port of one of them, and what it answered at once."""

    port: int
    counting: Counting | None = None

    @property
    def answered(self) -> int:
        return self.counting.answered if self.counting else 0

    def connect(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        # Each piece is sent when a test sends it, not when the one before was acknowledged.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection


@contextmanager
def served(
    model: ReadModel, *, at_once: bool, settings: Settings = SETTINGS, idle_seconds: int = 60
) -> Iterator[Server]:
    """One of the two."""
    endpoint = Endpoint(settings, model, httpx.AsyncClient(), TokenNames())
    config = uvicorn.Config(
        shared(app_of(endpoint)),
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=idle_seconds,
    )
    counting = Counting(QueriesAtOnce(endpoint)) if at_once else None
    if counting:
        lane = Lane(counting, lambda app: ProxyHeadersMiddleware(shared(app), config.forwarded_allow_ips))  # type: ignore[arg-type,return-value] # two libraries' names for ASGI
        config.http = protocol_with(lane)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],), name="way")
        thread.start()
        try:
            eventually(lambda: server.started or not thread.is_alive(), every=0.005)
            yield Server(listener.getsockname()[1], counting)
        finally:
            server.should_exit = True
            thread.join()
