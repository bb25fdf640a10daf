"""The address `/graphql`: a bare ASGI application, because a framework's route costs more than the answer itself."""

from dataclasses import replace
from functools import partial

import httpx
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from graphql_api.conduct.admission import pay_for_body, pay_for_reading
from graphql_api.conduct.tags import Condition
from graphql_api.endpoint import Endpoint, address_of
from graphql_api.execution import Answer, answer, refusal
from graphql_api.hashes import ADDRESS as HASHES
from graphql_api.hashes import hashes
from graphql_api.http_answer import http_answer
from graphql_api.negotiation import JSON, negotiate, prefers_html
from graphql_api.page import is_page_address, page
from graphql_api.persisted import ADDRESS, listing
from graphql_api.read_model.model import ReadModel
from graphql_api.requests import read_request
from graphql_api.schema.context import Context
from graphql_api.subscriptions.connection import Identified
from graphql_api.subscriptions.event_stream import EventStream, is_wanted, last_event
from graphql_api.subscriptions.hub import Hub, Subscriber
from graphql_api.subscriptions.sockets import Sockets
from services.access.authenticator import Authenticator
from services.access.roles import Caller
from services.http.edge import Edge
from services.http.fields import Fields
from services.http.heads import HeadLikeGet, headers_only
from services.http.request_record import record_of
from services.problems import InvalidInput, NotFound, Problem
from services.settings import Settings


def create_app(
    settings: Settings,
    read_model: ReadModel,
    registry: httpx.AsyncClient,
    authenticator: Authenticator,
    hub: Hub | None = None,
) -> ASGIApp:
    """The application; `graphql_api.endpoint.Endpoint` says what it is made of.

    Whoever runs it attaches the read model to the event loop before the follower starts.
    """
    return app_of(Endpoint(settings, read_model, registry, authenticator, hub))


def app_of(endpoint: Endpoint) -> ASGIApp:
    """The application of the endpoint."""
    most = endpoint.settings.max_body_bytes
    return Edge(HeadLikeGet(_GraphQL(endpoint)), service="graphql", max_body_bytes=most, route="/graphql")


class _GraphQL:
    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._operations = endpoint.operations
        self._sockets = Sockets(endpoint.settings, endpoint.operations, endpoint.hub)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._sockets.serve(scope, receive, send, partial(self._identify, scope))
            return
        if scope["path"] == ADDRESS:
            await listing(scope["method"])(scope, receive, send)
            return
        fields, wanted = Fields(scope), scope["query_string"]
        if scope["path"] == HASHES:
            context = await self._context(scope, fields)
            await hashes(scope["method"], context.caller, self._endpoint.read_model)(scope, receive, send)
            return
        if scope["method"] == "GET" and is_page_address(wanted) and prefers_html(fields.get(b"accept")):
            await page(wanted)(scope, receive, send)
            return
        await (await self._response(scope, receive, fields))(scope, receive, send)

    async def _response(self, scope: Scope, receive: Receive, fields: Fields) -> ASGIApp:
        media_type = JSON
        try:
            if scope["path"].rstrip("/") != "/graphql":
                raise NotFound("There is nothing at this address; GraphQL is answered at /graphql.")
            accept = fields.get(b"accept")
            media_type = negotiate(accept)
            context = await self._context(scope, fields)
            request = await read_request(scope, fields, receive, partial(pay_for_body, context=context))
            pay_for_reading(self._operations, request, context)
            if not headers_only(scope) and is_wanted(accept, self._operations, request):
                return EventStream(self._operations, request, self._streaming(context, scope))
            condition = Condition(fields.get(b"if-none-match") or "", media_type) if request.is_get else None
            return _response(await answer(self._operations, request, context, condition), media_type)
        except Problem as problem:
            told = Answer(refusal(problem), problem.status, self._endpoint.read_model.position, headers=problem.headers)
            return _response(told._replace(well_formed=False), media_type)

    async def _context(self, scope: Scope, fields: Fields) -> Context:
        sent, record = fields.all(b"authorization"), record_of(scope)
        if len(sent) > 1:
            raise InvalidInput("Send the header Authorization once.")
        authorization = sent[0] if sent else None
        caller = await self._endpoint.authenticator.authenticate(authorization)
        record.caller = caller.name
        return self._endpoint.context(scope, caller, authorization, record.id)

    def _streaming(self, context: Context, scope: Scope) -> Context:
        expires_at = self._endpoint.authenticator.expires_at(context.authorization)
        place, since = _place(context.caller, scope), last_event(Headers(scope=scope))
        return replace(context, subscriber=Subscriber(self._endpoint.hub, place, expires_at, since))

    async def _identify(self, scope: Scope, authorization: str | None) -> Identified:
        """Who opens a socket: what makes the context of each of its operations, and until when the token is good."""
        endpoint, record = self._endpoint, record_of(scope)
        caller = await endpoint.authenticator.authenticate(authorization)
        record.caller = caller.name
        subscriber = Subscriber(endpoint.hub, _place(caller, scope))

        def context() -> Context:
            return replace(endpoint.context(scope, caller, authorization, record.id), subscriber=subscriber)

        return context, endpoint.authenticator.expires_at(authorization)


def _place(caller: Caller, scope: Scope) -> str:
    """Whose places a subscription takes: callers without a token are told apart by their address."""
    if caller.subject is not None:
        return caller.name
    address = address_of(scope)
    return f"{caller.name} {address}" if address else caller.name


def _response(given: Answer, media_type: str) -> ASGIApp:
    return _Sending(*http_answer(given, media_type))


class _Sending:
    """A finished answer: two messages, and nothing that the general class of the framework prepares for."""

    __slots__ = ("_body", "_start")

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        self._start = {"type": "http.response.start", "status": status, "headers": headers}
        self._body = {"type": "http.response.body", "body": body}

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send(self._start)
        await send(self._body)
