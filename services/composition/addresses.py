"""Which application answers at which address."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from services.http.answers import PROBLEM_HANDLERS


def by_prefix(routes: Mapping[str, ASGIApp], otherwise: ASGIApp) -> ASGIApp:
    """The application that the first part of the path belongs to; paths are handed on whole."""

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        first = "/" + scope["path"].lstrip("/").split("/", 1)[0]
        await routes.get(first, otherwise)(scope, receive, send)

    return dispatch


def only_get(path: str, app: ASGIApp) -> ASGIApp:
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
