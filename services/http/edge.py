"""What stands around every application: request ids, the limit on bodies, problems as answers, access log, metrics.

Plain ASGI, so that it costs little and fits applications without a framework too.
"""

import time

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.http.accounting import Outcome, account
from services.http.answers import problem_response
from services.http.request_record import record_of, route_template, start_record
from services.problems import BodyTooLarge, InternalError, Problem
from services.telemetry.logs import REQUEST_ID

log = structlog.get_logger(__name__)


class Edge:
    """An application with everything around it that all of ours share."""

    def __init__(self, app: ASGIApp, *, service: str, max_body_bytes: int, route: str | None = None) -> None:
        """`service` names the application in logs and metrics; `route` its one address, if FastAPI does not route."""
        self._app = app
        self._service = service
        self._max_body_bytes = max_body_bytes
        self._route = route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        record = start_record(scope, self._service)
        record.route = self._route
        exchange = _Exchange(record.id, receive, send, self._max_body_bytes)
        before = REQUEST_ID.set(record.id)
        try:
            await self._answer(scope, exchange)
        finally:
            account(record, exchange.outcome(scope))
            REQUEST_ID.reset(before)

    async def _answer(self, scope: Scope, exchange: "_Exchange") -> None:
        try:
            exchange.check_told_length(scope)
            await self._app(scope, exchange.receive, exchange.send)
        except ClientDisconnect:
            # It went away while its body was read: there is nobody to answer.
            return
        except Exception as error:
            problem = _problem(error)
            if exchange.status:
                # Half an answer is out; only breaking the connection tells the client that it is not whole.
                raise
            exchange.is_refused = True
            await problem_response(problem, record_of(scope).id)(scope, exchange.receive, exchange.send)


class _Exchange:
    """One request and its answer: limits what comes in, marks what goes out, and keeps what log and metrics say of it.

    One object between server and application, because each layer more is waited for at every message.
    """

    def __init__(self, request_id: str, receive: Receive, send: Send, max_body_bytes: int) -> None:
        self._request_id = request_id.encode()
        self._receive = receive
        self._send = send
        self._max_body_bytes = max_body_bytes
        self._read = 0
        self.began = time.perf_counter()
        self.first_byte_seconds: float | None = None
        self.status = 0
        """0 while there is no answer; also when the client went away first."""
        self.position: str | None = None
        self.is_refused = False
        """Whether the answer is one that the edge itself gives."""

    @property
    def seconds(self) -> float:
        """How long the request has taken so far."""
        return time.perf_counter() - self.began

    def outcome(self, scope: Scope) -> Outcome:
        """What became of the request."""
        route = route_template(scope)
        return Outcome(scope["method"], route, self.status, self.seconds, self.first_byte_seconds, self.position)

    def check_told_length(self, scope: Scope) -> None:
        """Refuse a body that is told to be over the limit before any of it is read. Raises BodyTooLarge."""
        told = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        if told.isdigit() and int(told[:20]) > self._max_body_bytes:
            raise self._too_large()

    async def receive(self) -> Message:
        """The next part of the request. Raises BodyTooLarge as soon as the body passes the limit."""
        if self._read > self._max_body_bytes:
            # Asked again after the first refusal: the server may have nothing more to give, and would wait for it.
            raise self._too_large()
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > self._max_body_bytes:
            raise self._too_large()
        return message

    async def send(self, message: Message) -> None:
        """Send the next part of the answer."""
        if message["type"] == "http.response.start":
            # FastAPI takes any error while it reads a body for a bad request; the limit is the better answer.
            if self._read > self._max_body_bytes and not self.is_refused:
                raise self._too_large()
            self.first_byte_seconds = self.seconds
            self.status = message["status"]
            headers = [*message.get("headers", ()), (b"x-request-id", self._request_id)]
            self.position = next((value.decode() for name, value in headers if name == b"dwr-position"), None)
            message = {**message, "headers": headers}
        await self._send(message)

    def _too_large(self) -> BodyTooLarge:
        return BodyTooLarge(f"The body may have {self._max_body_bytes} bytes at most; send less in one request.")


def _problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    log.error("request_failed", exc_info=error)
    return InternalError("The registry has a defect here. Report the request_id: the log has the cause under it.")
