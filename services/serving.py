"""The HTTP server of a process, with the parts that run beside it: started together, ended in order."""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.composition import Process
from services.garbage import pace_search
from services.http.at_once import Lane, protocol_with

_GRACE_SECONDS = 5
"""How long requests under way may take once the process was asked to end."""
_LOOK_SECONDS = 0.05
_FAREWELL_SECONDS = 2
"""How long subscribers may take to be told that the process ends."""

log = structlog.get_logger(__name__)


def serve(process: Process, listening: socket.socket, when_ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; then finish the requests, stop the parts, return."""
    pace_search()
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(process, listening, when_ready))


async def _serve(process: Process, listening: socket.socket, when_ready: Callable[[], None]) -> None:
    if process.read_model:
        process.read_model.attach(asyncio.get_running_loop())
    process.start()
    announcing = asyncio.create_task(_announce(process, when_ready))
    try:
        await _Server(process).serve(sockets=[listening])
    finally:
        announcing.cancel()
        # In a thread: parts that are ending may still want a turn of this loop.
        await asyncio.to_thread(process.stop)


async def _announce(process: Process, when_ready: Callable[[], None]) -> None:
    while await asyncio.to_thread(process.health.not_ready):  # noqa: ASYNC110 - the parts are threads, and know nothing of the loop's events
        await asyncio.sleep(_LOOK_SECONDS)
    log.info("ready", roles=sorted(process.roles))
    when_ready()


def _protocol(process: Process, trusted_proxies: list[str] | str) -> type[asyncio.Protocol]:
    """The protocol class, with a lane for what is answered at once where there is something of that kind."""
    if process.at_once is None:
        return HttpToolsProtocol

    def around(app: ASGIApp) -> ASGIApp:
        layers: Any = ProxyHeadersMiddleware(process.shared_by_origins(app), trusted_proxies)  # type: ignore[arg-type] # two libraries' names for ASGI
        return layers  # type: ignore[no-any-return]

    return protocol_with(Lane(process.at_once, around))


class _Server(uvicorn.Server):
    """Uvicorn, which ends by returning: it would otherwise raise the signal again, and the parts could not finish."""

    def __init__(self, process: Process) -> None:
        config = uvicorn.Config(
            process.app,
            lifespan="off",
            ws="websockets-sansio",
            ws_max_size=process.settings.max_body_bytes,
            # It would cost each socket more memory than everything else about it.
            ws_per_message_deflate=False,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        config.http = _protocol(process, config.forwarded_allow_ips)
        super().__init__(config)
        self._process = process

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Note the signals that ask to end."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams first: they would keep their connections open for ever."""
        self._process.signal.close()
        if self._process.subscriptions:
            await self._process.subscriptions.end(_FAREWELL_SECONDS)
        await super().shutdown(sockets)
