"""The layers around every application, plain ASGI so that they cost little and fit those without a framework too.

Edge: request id, access log, metrics
  └── problems as answers, also of errors that nobody expected
        └── limit on the body
              └── the application
"""

import time
from functools import cache

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.http.answers import problem_response
from services.http.request_record import RequestRecord, record_of, route_template, start_record
from services.problems import BodyTooLarge, InternalError, Problem
from services.telemetry.access_log import request_answered
from services.telemetry.logs import REQUEST_ID
from services.telemetry.metrics import HTTP_REQUESTS, HTTP_SECONDS

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

log = structlog.get_logger(__name__)


class Edge:
    """An application with everything around it that all of ours share."""

    def __init__(self, app: ASGIApp, *, service: str, max_body_bytes: int, route: str | None = None) -> None:
        """`service` names the application in logs and metrics; `route` its one address, if FastAPI does not route."""
        self._app = _Problems(_BodyLimit(app, max_body_bytes))
        self._service = service
        self._route = route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        record = start_record(scope, self._service)
        record.route = self._route
        answer = _Answer(record.id, send)
        before = REQUEST_ID.set(record.id)
        try:
            await self._app(scope, receive, answer.send)
        finally:
            _account(scope, record, answer)
            REQUEST_ID.reset(before)


class _Answer:
    """Passes an answer on, with the request's id in it, and keeps what log and metrics say about it."""

    def __init__(self, request_id: str, send: Send) -> None:
        self._request_id = request_id
        self._send = send
        self.began = time.perf_counter()
        self.first_byte_seconds: float | None = None
        self.status = 0
        """0 while there is no answer: the client went away first."""
        self.position: str | None = None

    @property
    def seconds(self) -> float:
        """How long the request has taken so far."""
        return time.perf_counter() - self.began

    async def send(self, message: Message) -> None:
        """Send the next part of the answer."""
        if message["type"] == "http.response.start":
            self.first_byte_seconds = self.seconds
            self.status = message["status"]
            headers = [*message.get("headers", ()), (b"x-request-id", self._request_id.encode())]
            self.position = next((value.decode() for name, value in headers if name == b"dwr-position"), None)
            message = {**message, "headers": headers}
        await self._send(message)


def _account(scope: Scope, record: RequestRecord, answer: _Answer) -> None:
    method = scope["method"] if scope["method"] in _METHODS else "other"
    route = route_template(scope)
    _requests(record.service, method, route, str(answer.status)).inc()
    if answer.first_byte_seconds is not None:
        _seconds(record.service, method, route).observe(answer.first_byte_seconds)
    # The template, never the path or the query: they can hold a sole trader's number.
    fields = {
        "service": record.service,
        "method": method,
        "route": route,
        "status": answer.status,
        "milliseconds": round(answer.seconds * 1000, 1),
        "caller": record.caller,
        "request_id": record.id,
    }
    if answer.position:
        fields["position"] = answer.position
    request_answered(fields)


# Finding a labelled metric takes longer than counting in it.
_requests = cache(HTTP_REQUESTS.labels)
_seconds = cache(HTTP_SECONDS.labels)


class _Problems:
    """Answers with the problem that the application raised; an error that is none becomes InternalError."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except ClientDisconnect:
            # It went away while its body was read: there is nobody to answer.
            return
        except Exception as error:
            problem = _problem(error)
            if started:
                # Half an answer is out; only breaking the connection tells the client that it is not whole.
                raise
            await problem_response(problem, record_of(scope).id)(scope, receive, send)


def _problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    log.error("request_failed", exc_info=error)
    return InternalError("The registry has a defect here. Report the request_id: the log has the cause under it.")


class _BodyLimit:
    """Refuses bodies over the limit: at once where the length is told, else as soon as they pass it."""

    def __init__(self, app: ASGIApp, max_body_bytes: int) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        if told.isdigit() and int(told[:20]) > self._max_body_bytes:
            raise self._too_large()
        read = 0

        async def count() -> Message:
            nonlocal read
            if read > self._max_body_bytes:
                # Asked again after the first refusal: the server may have nothing more to give, and would wait for it.
                raise self._too_large()
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._max_body_bytes:
                raise self._too_large()
            return message

        async def refuse_if_passed(message: Message) -> None:
            # FastAPI takes any error while it reads a body for a bad request; the limit is the better answer.
            if read > self._max_body_bytes and message["type"] == "http.response.start":
                raise self._too_large()
            await send(message)

        await self._app(scope, count, refuse_if_passed)

    def _too_large(self) -> BodyTooLarge:
        return BodyTooLarge(f"The body may have {self._max_body_bytes} bytes at most; send less in one request.")
