"""A subscriber's webhook endpoint: a real HTTP server that verifies signatures with the `standardwebhooks` package."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

from tests.support.waiting import eventually


class Receiver(ThreadingHTTPServer):
    """Keeps what it received; `secret` is set when the subscription has been made."""

    secret: str

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        """Where to deliver."""
        return f"http://127.0.0.1:{self.server_port}/hook"

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """The verified payloads, in order of position, once there are that many. Each message counts once."""
        eventually(lambda: len(self.verified()) >= count, 20)
        found = self.verified()
        assert len(found) == count, found
        return found

    def verified(self) -> list[dict[str, Any]]:
        """Payloads by message id; a wrong signature fails the test."""
        webhook = Webhook(self.secret)
        messages = {headers["webhook-id"]: webhook.verify(body, headers) for headers, body in list(self.received)}
        return sorted(messages.values(), key=lambda payload: payload["data"]["position"])


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        """Keep the message and accept it."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing on the test run's output."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens while the context is open."""
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()
