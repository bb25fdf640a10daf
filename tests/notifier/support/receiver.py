"""A webhook endpoint on loopback that answers as a test wants it to."""

import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

from tests.support.waiting import eventually


@dataclass(frozen=True)
class Reply:
    """What the endpoint answers."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Message:
    """What arrived."""

    headers: Mapping[str, str]
    body: bytes

    def payload(self, secret: str) -> dict[str, Any]:
        """The body, once the reference library has verified its signature."""
        found: dict[str, Any] = Webhook(secret).verify(self.body, dict(self.headers))
        return found


class Receiver(ThreadingHTTPServer):
    """Keeps what arrives; answers the `replies` one after another, then `otherwise`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[Message] = []
        self.replies: deque[Reply] = deque()
        self.otherwise = Reply()
        self.answering = threading.Event()
        """Clear it and requests are kept waiting until it is set."""
        self.answering.set()

    def handle_error(self, _request: object, _client_address: object) -> None:
        """Say nothing on the test run's output of clients that went away."""

    @property
    def url(self) -> str:
        """Where to deliver."""
        return f"http://127.0.0.1:{self.server_port}/hook"

    def wait_for(self, count: int) -> list[Message]:
        """What arrived, once that many messages have; more of them fail the test."""
        eventually(lambda: len(self.received) >= count)
        assert len(self.received) == count, self.received
        return list(self.received)


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.received.append(Message(headers, body))
        self.server.answering.wait(20)
        reply = self.server.replies.popleft() if self.server.replies else self.server.otherwise
        self.send_response(reply.status)
        for name, value in {"content-length": str(len(reply.body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing on the test run's output."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens while the context is open."""
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.answering.set()
            server.shutdown()
            thread.join()
