"""The address `/graphql`: a bare ASGI application, because a framework's route costs more than the answer itself."""

from datetime import UTC, datetime

import httpx
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from graphql_api.execution import Answer, answer, refusal
from graphql_api.negotiation import JSON, negotiate, prefers_html
from graphql_api.operations import Operations
from graphql_api.page import is_page_address, page
from graphql_api.read_model.model import ReadModel
from graphql_api.requests import read_request
from graphql_api.schema.context import Context
from graphql_api.schema.schema import executable
from services.access.authenticator import Authenticator
from services.http.edge import Edge
from services.http.request_record import record_of
from services.problems import InvalidInput, NotFound, Problem
from services.settings import Settings


def create_app(
    settings: Settings, read_model: ReadModel, registry: httpx.AsyncClient, authenticator: Authenticator
) -> ASGIApp:
    """The application. `registry` reaches the registry's API, over the network or within this process.

    Whoever runs it attaches the read model to the event loop before the follower starts.
    """
    application = _GraphQL(settings, read_model, registry, authenticator)
    return Edge(application, service="graphql", max_body_bytes=settings.max_body_bytes, route="/graphql")


class _GraphQL:
    def __init__(
        self, settings: Settings, read_model: ReadModel, registry: httpx.AsyncClient, authenticator: Authenticator
    ) -> None:
        self._settings = settings
        self._read_model = read_model
        self._registry = registry
        self._authenticator = authenticator
        self._operations = Operations(executable(), settings.graphql_kept_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        wanted = scope["query_string"]
        if scope["method"] == "GET" and is_page_address(wanted) and prefers_html(headers.get("accept")):
            await page(wanted)(scope, receive, send)
            return
        await (await self._response(scope, receive, headers))(scope, receive, send)

    async def _response(self, scope: Scope, receive: Receive, headers: Headers) -> Response:
        media_type = JSON
        try:
            if scope["path"].rstrip("/") != "/graphql":
                raise NotFound("There is nothing at this address; GraphQL is answered at /graphql.")
            media_type = negotiate(headers.get("accept"))
            request = await read_request(scope, receive)
            context = await self._context(scope, headers)
            return _response(await answer(self._operations, request, context), media_type)
        except Problem as problem:
            failed = Answer(refusal(problem), problem.status, self._read_model.position, well_formed=False)
            return _response(failed, media_type, problem.headers)

    async def _context(self, scope: Scope, headers: Headers) -> Context:
        sent, record = headers.getlist("authorization"), record_of(scope)
        if len(sent) > 1:
            raise InvalidInput("Send the header Authorization once.")
        authorization = sent[0] if sent else None
        caller = await self._authenticator.authenticate(authorization)
        record.caller = caller.name
        today = datetime.now(UTC).date()
        return Context(self._settings, self._read_model, caller, today, self._registry, authorization, record.id)


def _response(given: Answer, media_type: str, headers: dict[str, str] | None = None) -> Response:
    # Clients that name plain JSON are from before the media type: to them a refused document is an answer like any.
    refused = given.status == 400 and given.well_formed  # noqa: PLR2004
    status = 200 if refused and media_type == JSON else given.status
    found = {"Vary": "Accept, Authorization", "Cache-Control": "private, no-cache", **(headers or {})}
    if given.position is not None:
        found["DWR-Position"] = str(given.position)
    content_type = f"{media_type}; charset=utf-8"
    return Response(given.body, status, found, content_type)
