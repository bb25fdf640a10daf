"""Wiring: what a process runs, and the one ASGI application in front of it. The only place that knows every part."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import httpx
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from graphql_api.app import app_of
from graphql_api.at_once import QueriesAtOnce
from graphql_api.conduct.tags import program
from graphql_api.endpoint import Endpoint
from graphql_api.read_model.model import ReadModel
from graphql_api.read_model.store.folder import RecordFolder
from graphql_api.subscriptions.hub import Hub
from graphql_api.subscriptions.past import PAGE, LogSource
from services.access.authenticator import Authenticator, authenticator_for
from services.database import open_engine, reading
from services.events.app import create_app as create_events_app
from services.events.contracts.vocabulary import View
from services.events.following.database import DatabaseSource
from services.events.following.feed import FeedSource
from services.events.following.follower import Follower
from services.events.following.kafka import KafkaSource
from services.events.following.protocol import EntrySource, Reader, SnapshotSource
from services.events.listening import Listener
from services.events.log.reading import read_head
from services.events.log.signal import LogSignal
from services.events.relay.relay import Relay
from services.http import PROBLEM_HANDLERS, Edge
from services.http.at_once import AtOnce
from services.notifier.app import create_app as create_notifier_app
from services.notifier.delivery import Deliverer
from services.notifier.matching import Matcher
from services.pages import pages_app
from services.problems import InvalidInput
from services.registry.app import create_app as create_registry_app
from services.registry.writer import Writer
from services.settings import Settings
from services.telemetry.health import HealthChecks, health_app
from services.telemetry.metrics import (
    READ_MODEL_LAG_ENTRIES,
    READ_MODEL_LAG_SECONDS,
    READ_MODEL_POSITION,
    metrics_app,
)


class Role(StrEnum):
    """What a process can be; `dwr up` is all of them."""

    REGISTRY = "registry"
    RELAY = "relay"
    GRAPHQL = "graphql"
    NOTIFIER = "notifier"


ALL_ROLES = frozenset(Role)
_REQUEST_HEADERS = (
    "Authorization",
    "Content-Type",
    "DWR-Confirmation-Token",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Last-Event-ID",
    "X-Request-Id",
)
_ANSWER_HEADERS = (
    "DWR-Position",
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Request-Id",
)


class Part(Protocol):
    """Something that runs beside the HTTP server."""

    def start(self) -> None:
        """Begin; return at once."""
        ...

    def stop(self) -> None:
        """Finish what is under way and end."""
        ...


@dataclass
class Process:
    """What one process runs: its parts in the order in which they start, and the addresses in front of them."""

    settings: Settings
    roles: frozenset[Role]
    authenticator: Authenticator
    signal: LogSignal = field(default_factory=LogSignal)
    health: HealthChecks = field(default_factory=HealthChecks)
    parts: list[Part] = field(default_factory=list)
    routes: dict[str, ASGIApp] = field(default_factory=dict)
    engines: dict[str, Engine] = field(default_factory=dict)
    read_model: ReadModel | None = None
    subscriptions: Hub | None = None
    at_once: AtOnce | None = None
    """What the server may ask before it goes the ordinary way."""

    @property
    def app(self) -> ASGIApp:
        """The application in front of all parts, which pages of other origins may call."""
        shared: dict[str, ASGIApp] = {
            "/health": health_app(self.health),
            "/metrics": _only_get("/metrics", metrics_app()),
        }
        pages = Edge(pages_app(self.settings), service="pages", max_body_bytes=self.settings.max_body_bytes)
        return self.shared_by_origins(by_prefix(shared | self.routes, otherwise=pages))

    def shared_by_origins(self, app: ASGIApp) -> ASGIApp:
        """The application, for pages of other origins too."""
        return CORSMiddleware(
            app,
            allow_origins=self.settings.cors_origins,
            allow_methods=("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
            allow_headers=_REQUEST_HEADERS,
            expose_headers=_ANSWER_HEADERS,
        )

    def engine(self, url: str) -> Engine:
        """The engine of that database; parts that use the same one share it."""
        if url not in self.engines:
            self.engines[url] = open_engine(url)
        return self.engines[url]

    def start(self) -> None:
        """Start every part."""
        for part in self.parts:
            part.start()

    def stop(self) -> None:
        """Stop every part, the last one started first, and close the databases."""
        self.signal.close()
        for part in reversed(self.parts):
            part.stop()
        for engine in self.engines.values():
            engine.dispose()


def compose(settings: Settings, roles: frozenset[Role] = ALL_ROLES) -> Process:
    """The parts of a process with these roles, wired and not yet started.

    Raises InvalidInput where a role that runs apart is not told where the registry is.
    """
    process = Process(settings, roles, authenticator_for(settings))
    if _reads_database(roles):
        engine = process.engine(settings.effective_database_url)
        process.parts.append(Listener(engine, process.signal))
        process.health.register("database", lambda: _does_not_answer(engine))
    for role in Role:
        if role in roles:
            _ADD[role](process)
    return process


def by_prefix(routes: Mapping[str, ASGIApp], otherwise: ASGIApp) -> ASGIApp:
    """The application that the first part of the path belongs to; paths are handed on whole."""

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        first = "/" + scope["path"].lstrip("/").split("/", 1)[0]
        await routes.get(first, otherwise)(scope, receive, send)

    return dispatch


def _only_get(path: str, app: ASGIApp) -> ASGIApp:
    """The application at that one address, by GET."""
    route = Route(path, _Endpoint(app), methods=["GET"])
    only: ASGIApp = Starlette(routes=[route], exception_handlers=PROBLEM_HANDLERS)
    return only


@dataclass(frozen=True, slots=True)
class _Endpoint:
    """An ASGI application as the endpoint of a route: Starlette gives a mere function a request instead."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


def _reads_database(roles: frozenset[Role]) -> bool:
    """Whether the log's own database is at hand: its readers then need no outlet."""
    return bool(roles & {Role.REGISTRY, Role.RELAY})


def _add_registry(process: Process) -> None:
    engine = process.engine(process.settings.effective_database_url)
    writer = Writer(process.settings, engine, process.signal)
    process.parts.append(writer)
    process.routes["/registry"] = create_registry_app(process.settings, engine, writer, process.authenticator)
    process.routes["/events"] = create_events_app(process.settings, engine, process.signal, process.authenticator)


def _add_relay(process: Process) -> None:
    settings = process.settings
    if settings.kafka_bootstrap_servers:
        process.parts.append(Relay(settings, process.engine(settings.effective_database_url), process.signal))
    elif process.roles == {Role.RELAY}:
        raise InvalidInput("Name the brokers in DWR_KAFKA_BOOTSTRAP_SERVERS: the relay has nowhere to publish to.")


def _add_graphql(process: Process) -> None:
    model = ReadModel(folder=RecordFolder(process.settings.effective_graphql_records_dir, program()))
    follower = _follow(process, model, Role.GRAPHQL)
    model.newest = lambda: follower.state.head
    _measure(model)
    process.read_model = model
    process.subscriptions = Hub(process.settings, _past(process, View.INTERNAL))
    endpoint = Endpoint(
        process.settings, model, _registry_client(process), process.authenticator, process.subscriptions
    )
    process.routes["/graphql"] = app_of(endpoint)
    if process.settings.answer_at_once:
        process.at_once = QueriesAtOnce(endpoint)


def _add_notifier(process: Process) -> None:
    engine = process.engine(process.settings.effective_notifier_database_url)
    deliverer = Deliverer(process.settings, engine)
    process.parts.append(deliverer)
    _follow(process, Matcher(process.settings, engine, deliverer.wake), Role.NOTIFIER)
    process.routes["/notifier"] = create_notifier_app(
        process.settings, engine, process.authenticator, wake=deliverer.wake
    )


_ADD = {
    Role.REGISTRY: _add_registry,
    Role.RELAY: _add_relay,
    Role.GRAPHQL: _add_graphql,
    Role.NOTIFIER: _add_notifier,
}


def _follow(process: Process, reader: Reader, role: Role) -> Follower:
    """Keep the reader in step with the internal view: both readers answer questions about restricted figures."""
    snapshots, entries = _sources(process, View.INTERNAL)
    follower = Follower(snapshots, entries, reader, role)
    process.parts.append(follower)
    process.health.register(role, lambda: _not_caught_up(follower))
    return follower


def _sources(process: Process, view: View) -> tuple[SnapshotSource, EntrySource]:
    """The database where it is at hand; else snapshots from the registry, and entries from Kafka or its feed."""
    settings = process.settings
    if _reads_database(process.roles):
        engine = process.engine(settings.effective_database_url)
        source = DatabaseSource(engine, process.signal, poll_seconds=settings.poll_seconds, view=view)
        return source, source
    feed = FeedSource(_registry_url(settings), settings.reader_token, view)
    return feed, KafkaSource(settings, view) if settings.kafka_bootstrap_servers else feed


def _past(process: Process, view: View) -> LogSource:
    """Where subscribers catch up: never Kafka, which would read from the beginning for each of them."""
    settings = process.settings
    if _reads_database(process.roles):
        return DatabaseSource(process.engine(settings.effective_database_url), process.signal, view=view, batch=PAGE)
    return FeedSource(_registry_url(settings), settings.reader_token, view, wait_seconds=0, batch=PAGE)


def _registry_url(settings: Settings) -> str:
    if not settings.registry_url:
        raise InvalidInput("Write the address of the registry in DWR_REGISTRY_URL: this process runs apart from it.")
    return settings.registry_url.rstrip("/")


def _registry_client(process: Process) -> httpx.AsyncClient:
    """What mutations are forwarded through: to the registry of this process without a socket, or over the network."""
    if app := process.routes.get("/registry"):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://registry")
    return httpx.AsyncClient(base_url=_registry_url(process.settings))


def _measure(model: ReadModel) -> None:
    """Let the metrics look at the model when they are asked for."""
    READ_MODEL_POSITION.set_function(lambda: model.position.number if model.position else 0)
    READ_MODEL_LAG_ENTRIES.set_function(lambda: model.lag.entries)
    READ_MODEL_LAG_SECONDS.set_function(lambda: model.lag.seconds)


def _does_not_answer(engine: Engine) -> str | None:
    try:
        with reading(engine) as connection:
            read_head(connection)
    except SQLAlchemyError as error:
        return f"the database does not answer, or is not migrated ({type(error).__name__})"
    return None


def _not_caught_up(follower: Follower) -> str | None:
    state = follower.state
    if state.caught_up:
        return None
    return state.error or f"at {state.position or 'the start'} of {state.head or 'a log not yet seen'}"
