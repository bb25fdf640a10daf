"""A process: its roles, its parts, its addresses."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from services.access.authenticator import Authenticator
from services.composition.addresses import by_prefix, only_get
from services.events.log.signal import LogSignal
from services.http.at_once import AtOnce
from services.http.edge import Edge
from services.pages import pages_app
from services.settings import Settings
from services.telemetry.health import HealthChecks, health_app
from services.telemetry.metrics import metrics_app

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from graphql_api.read_model.model import ReadModel
    from graphql_api.subscriptions.hub import Hub

_REQUEST_HEADERS = (
    "Authorization",
    "Content-Type",
    "DWR-Confirmation-Token",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "If-Range",
    "Last-Event-ID",
    "Range",
    "X-Request-Id",
)
_ANSWER_HEADERS = (
    "Accept-Ranges",
    "Content-Range",
    "DWR-Position",
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Repr-Digest",
    "Retry-After",
    "X-Request-Id",
)


class Role(StrEnum):
    """What a process can be; `dwr up` is all of them."""

    REGISTRY = "registry"
    RELAY = "relay"
    GRAPHQL = "graphql"
    NOTIFIER = "notifier"


ALL_ROLES = frozenset(Role)


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
    engines: "dict[str, Engine]" = field(default_factory=dict)
    read_model: "ReadModel | None" = None
    subscriptions: "Hub | None" = None
    at_once: AtOnce | None = None
    """What the server may ask before it goes the ordinary way."""

    @property
    def has_log_database(self) -> bool:
        """Whether the log's own database is at hand: its readers then need no outlet."""
        return bool(self.roles & {Role.REGISTRY, Role.RELAY})

    @property
    def app(self) -> ASGIApp:
        """The application in front of all parts, which pages of other origins may call."""
        shared: dict[str, ASGIApp] = {
            "/health": health_app(self.health),
            "/metrics": only_get("/metrics", metrics_app()),
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
