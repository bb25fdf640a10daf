"""The receiver of the notifier's webhooks."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from standardwebhooks import Webhook

from tests.proof.told import Told, told_by_event


class Receiver(ThreadingHTTPServer):
    """Keeps what it was told while the context is open; `secret` is set when the saved search has been made."""

    secret: str
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.told: list[Told] = []
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name="receiver")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def position(self) -> int:
        """The highest position that it was told."""
        return max((told.position for told in self.told[-1_000:]), default=0)


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        """Keep the message when its signature is right, and accept it."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        event = Webhook(self.server.secret).verify(body, dict(self.headers.items()))
        self.server.told.append(told_by_event(event["id"], event["data"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing on the test run's output."""
