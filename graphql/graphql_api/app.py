"""The address `/graphql`: a bare ASGI application, because a framework's route costs more than the answer itself."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import httpx
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from graphql_api.conduct.admission import pay_for_body, pay_for_reading
from graphql_api.conduct.budgets import Account, Budgets, account_key
from graphql_api.conduct.deadlines import Deadline
from graphql_api.conduct.tags import Condition, program
from graphql_api.execution import Answer, answer, refusal
from graphql_api.negotiation import GRAPHQL_RESPONSE, JSON, negotiate, prefers_html
from graphql_api.operations import Operations
from graphql_api.page import is_page_address, page
from graphql_api.persisted import ADDRESS, listing
from graphql_api.read_model.model import ReadModel
from graphql_api.requests import read_request
from graphql_api.schema.context import Context
from graphql_api.schema.schema import executable
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
    """The application. `registry` reaches the registry's API, over the network or within this process.

    Whoever runs it attaches the read model to the event loop before the follower starts. `hub` serves subscriptions;
    without one they begin at what the read model sees from now on.
    """
    hub = hub or Hub(settings, past=None)
    read_model.listen(hub.window)
    application = _GraphQL(settings, read_model, registry, authenticator, hub)
    return Edge(HeadLikeGet(application), service="graphql", max_body_bytes=settings.max_body_bytes, route="/graphql")


class _GraphQL:
    def __init__(
        self,
        settings: Settings,
        read_model: ReadModel,
        registry: httpx.AsyncClient,
        authenticator: Authenticator,
        hub: Hub,
    ) -> None:
        self._settings = settings
        self._read_model = read_model
        self._registry = registry
        self._authenticator = authenticator
        self._operations = Operations(executable(), settings.graphql_kept_bytes)
        self._budgets = Budgets(settings.graphql_budget_per_minute)
        program()  # reads files, once: not while the first GET waits
        self._hub = hub
        self._sockets = Sockets(settings, self._operations, hub)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._sockets.serve(scope, receive, send, partial(self._identify, scope))
            return
        if scope["path"] == ADDRESS:
            await listing(scope["method"])(scope, receive, send)
            return
        fields, wanted = Fields(scope), scope["query_string"]
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
            told = Answer(refusal(problem), problem.status, self._read_model.position, headers=problem.headers)
            return _response(replace(told, well_formed=False), media_type)

    async def _context(self, scope: Scope, fields: Fields) -> Context:
        sent, record = fields.all(b"authorization"), record_of(scope)
        if len(sent) > 1:
            raise InvalidInput("Send the header Authorization once.")
        authorization = sent[0] if sent else None
        caller = await self._authenticator.authenticate(authorization)
        record.caller = caller.name
        return self._context_of(scope, caller, authorization, record.id)

    def _context_of(self, scope: Scope, caller: Caller, authorization: str | None, request_id: str) -> Context:
        return Context(
            self._settings,
            self._read_model,
            caller,
            datetime.now(UTC).date(),
            self._registry,
            authorization,
            request_id,
            Account(self._budgets, account_key(caller, _address(scope))),
            Deadline(self._settings.graphql_seconds),
        )

    def _streaming(self, context: Context, scope: Scope) -> Context:
        expires_at, headers = self._authenticator.expires_at(context.authorization), Headers(scope=scope)
        return replace(
            context, subscriber=Subscriber(self._hub, _place(context.caller, scope), expires_at, last_event(headers))
        )

    async def _identify(self, scope: Scope, authorization: str | None) -> Identified:
        """Who opens a socket: what makes the context of each of its operations, and until when the token is good."""
        caller, record = await self._authenticator.authenticate(authorization), record_of(scope)
        record.caller = caller.name
        subscriber = Subscriber(self._hub, _place(caller, scope))

        def context() -> Context:
            return replace(self._context_of(scope, caller, authorization, record.id), subscriber=subscriber)

        return context, self._authenticator.expires_at(authorization)


def _place(caller: Caller, scope: Scope) -> str:
    """Whose places a subscription takes: callers without a token are told apart by their address."""
    if caller.subject is not None:
        return caller.name
    address = _address(scope)
    return f"{caller.name} {address}" if address else caller.name


def _address(scope: Scope) -> str | None:
    return scope["client"][0] if scope.get("client") else None


def _response(given: Answer, media_type: str) -> ASGIApp:
    # Clients that name plain JSON are from before the media type: to them a refused document is an answer like any.
    refused = given.status == 400 and given.well_formed  # noqa: PLR2004
    status = 200 if refused and media_type == JSON else given.status
    headers = []
    if given.body:
        headers += [(b"content-type", _CONTENT_TYPES[media_type]), (b"content-length", b"%d" % len(given.body))]
    # What nobody may keep does not vary for anybody.
    kept = "Cache-Control" in given.headers
    headers.append((b"vary", b"Accept, Authorization") if kept else (b"cache-control", b"no-store"))
    if given.position is not None:
        headers.append((b"dwr-position", str(given.position).encode()))
    headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in given.headers.items()]
    return _Sending(status, headers, given.body)


_CONTENT_TYPES = {name: f"{name}; charset=utf-8".encode() for name in (JSON, GRAPHQL_RESPONSE)}


class _Sending:
    """A finished answer: two messages, and nothing that the general class of the framework prepares for."""

    __slots__ = ("_body", "_start")

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        self._start = {"type": "http.response.start", "status": status, "headers": headers}
        self._body = {"type": "http.response.body", "body": body}

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send(self._start)
        await send(self._body)
