"""Answers given inside the server's protocol class, to requests that need not wait for anything.

Every other request becomes a task and passes the layers around an application, which takes longer than most answers of
the GraphQL API. Here the head of a request is read once, by the server's own parser and with the layers around the
application, and kept: a client sends the same again and again. After that a request is a look-up of its head, the
answer to its body, and one write. Access, limits, log and metrics are those of the ordinary way, which also takes
whatever is unusual: pipelined requests, bodies in pieces, a connection that is to end, a client that reads slowly.

`DWR_ANSWER_AT_ONCE=false` sends everything the ordinary way. The answers are the same.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from services.http.accounting import Outcome, account
from services.http.request_head import HEAD_END, read_head
from services.http.request_record import RequestRecord, new_id, sent_id
from services.telemetry.logs import REQUEST_ID

_MOST_HEADS = 2_000
_LONGEST_HEAD = 4_096

Lines = list[tuple[bytes, bytes]]
"""Header fields."""

log = structlog.get_logger(__name__)


class Answered(NamedTuple):
    """An answer."""

    status: int
    lines: bytes
    """Header fields, as `lines` writes them."""
    body: bytes
    position: str | None
    """Position that it was made from, for the log."""


AnswerBody = Callable[[RequestRecord, bytes], Answered | None]
"""The answer to a body; none where it has to go the ordinary way, and then nothing was done with it yet."""


class AtOnce(Protocol):
    """An application that can answer some requests without waiting."""

    service: str
    route: str
    largest_body: int
    """Bytes of a body that it takes here."""

    def prepare(self, scope: Scope) -> AnswerBody | None:
        """What answers requests with that head; none where the ordinary way has to."""
        ...


@dataclass(frozen=True, slots=True)
class _Head:
    """What is the same for all requests with one head."""

    method: str
    length: int
    """Of the body, in bytes."""
    request_id: str | None
    added: bytes
    """Header fields that the layers around the application add to its answers, as they are sent."""
    answer: AnswerBody


class Lane:
    """What the connections of a process share: the application, and the heads that were met lately."""

    def __init__(self, app: AtOnce, around: Callable[[ASGIApp], ASGIApp]) -> None:
        """`around` puts the layers in front of an application that stand in front of this one."""
        self._app = app
        self._around = around(_bare_answer)
        self._heads: dict[tuple[str | None, bytes], _Head | None] = {}
        self._usual: tuple[Lines, bytes] = ([], b"")

    def head(self, raw: bytes, client: tuple[str, int] | None) -> _Head | None:
        """The head, read now or before; none where requests with it go the ordinary way."""
        key = client and client[0], raw
        try:
            return self._heads[key]
        except KeyError:
            if len(raw) > _LONGEST_HEAD:
                return None
            if len(self._heads) >= _MOST_HEADS:
                self._heads.clear()
            return self._heads.setdefault(key, self._read(raw, client))

    def _read(self, raw: bytes, client: tuple[str, int] | None) -> _Head | None:
        scope = read_head(raw, client)
        if scope is None or (length := _body_length(scope["headers"])) is None or length > self._app.largest_body:
            return None
        added = _added_by(self._around, scope)
        answer = None if added is None else self._app.prepare(scope)
        if added is None or answer is None:
            return None
        return _Head(scope["method"], length, sent_id(scope), lines(added), answer)

    def answer(self, head: _Head, body: bytes, began: float, usual: Lines) -> bytes | None:
        """The answer as it is sent, `usual` fields first; none where the request has to go the ordinary way."""
        record = RequestRecord(self._app.service, head.request_id or new_id())
        before = REQUEST_ID.set(record.id)
        try:
            answered = head.answer(record, body)
        except Exception as error:
            log.warning("not_answered_at_once", exc_info=error)
            return None
        finally:
            REQUEST_ID.reset(before)
        if answered is None:
            return None
        seconds = time.perf_counter() - began
        account(record, Outcome(head.method, self._app.route, answered.status, seconds, seconds, answered.position))
        own = b"%bx-request-id: %b\r\n" % (answered.lines, record.id.encode())
        return b"".join(
            (STATUS_LINE[answered.status], self._usual_lines(usual), own, head.added, b"\r\n", answered.body)
        )

    def _usual_lines(self, usual: Lines) -> bytes:
        # The server makes a new list once a second.
        if usual is not self._usual[0]:
            self._usual = usual, lines(usual)
        return self._usual[1]


class AtOnceProtocol(HttpToolsProtocol):
    """Uvicorn's protocol with a lane of its own for what can be answered at once."""

    lane: Lane

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._is_in_request = False
        self._held = b""
        """A request whose body is not there yet: many clients send it in a piece of its own."""
        self._answered_at = 0.0
        """By the loop's clock."""

    def data_received(self, data: bytes) -> None:
        """Answer what was received, or hand it to the parser."""
        began = time.perf_counter()
        if self._held:
            data, self._held = self._held + data, b""
        if not self._is_free or not self._take(data, began):
            super().data_received(data)

    def on_message_begin(self) -> None:
        """Note that the parser is within a request: what comes next is the rest of it, whatever it looks like."""
        self._is_in_request = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """Note that the parser has read a request to its end."""
        self._is_in_request = False
        super().on_message_complete()

    @property
    def _is_free(self) -> bool:
        """Whether no other request is under way here, and the client reads what it is sent."""
        # There is no cycle before the first request.
        waits = self._is_in_request or (self.cycle is not None and not self.cycle.response_complete)  # type: ignore[redundant-expr]
        return not (waits or self.flow.write_paused or self.transport.is_closing())

    def _take(self, data: bytes, began: float) -> bool:
        """Whether the data is taken care of: answered, or held until the rest of it is there."""
        end = data.find(HEAD_END) + len(HEAD_END)
        head = self.lane.head(data[:end], self.client) if end >= len(HEAD_END) else None
        if head is None:
            return False
        if len(data) < end + head.length:
            self._unset_keepalive_if_required()
            self._held = data
            return True
        is_alone = len(data) == end + head.length
        usual = self.server_state.default_headers
        answer = self.lane.answer(head, data[end:], began, usual) if is_alone else None
        if answer is not None:
            self._send(answer)
        return answer is not None

    def _send(self, answer: bytes) -> None:
        self.transport.write(answer)
        self.server_state.total_requests += 1
        self._answered_at = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._close_after(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection, unless there was an answer meanwhile: those given at once leave the timer as it is."""
        left = self._answered_at + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._close_after(left)
        else:
            super().timeout_keep_alive_handler()

    def _close_after(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)


def protocol_with(lane: Lane) -> type[asyncio.Protocol]:
    """The protocol class for a server's configuration."""
    return type("AtOnceProtocol", (AtOnceProtocol,), {"lane": lane})


def lines(fields: Lines) -> bytes:
    """Header fields as they are sent."""
    return b"".join([b"%b: %b\r\n" % field for field in fields])


def _body_length(fields: Lines) -> int | None:
    """The length that is told; none where the body comes in another way."""
    found = dict(fields)
    if b"transfer-encoding" in found or b"expect" in found:
        return None
    told = found.get(b"content-length", b"0")
    return int(told) if told.isdigit() else None


async def _bare_answer(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


def _added_by(layers: ASGIApp, scope: Scope) -> Lines | None:
    """The header fields that the layers add to an answer; none where they wait for something.

    They change the scope as they would for the application: behind a proxy, the client is another one.
    """
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    passing: Any = layers(scope, _nothing, send)  # a coroutine
    try:
        passing.send(None)
    except StopIteration:
        return list(sent[0]["headers"])
    passing.close()
    return None


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
