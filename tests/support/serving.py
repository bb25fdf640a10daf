"""An ASGI application behind a real socket, in a thread of the test."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.support.waiting import eventually


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Serve the application on a free port of this machine; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), name="test-server")
        thread.start()
        try:
            eventually(lambda: server.started or not thread.is_alive(), every=0.005)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


class Exchangeable:
    """An application that hands on to another one, which tests exchange: a server for each test would cost most."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.app is None or scope["type"] != "http":
            raise RuntimeError("there is no application here now")
        await self.app(scope, receive, send)
