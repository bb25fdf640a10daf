"""WebSockets with the protocol graphql-transport-ws, from the handshake to the close frame."""

import asyncio
import time
from collections.abc import Sequence

import structlog
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from graphql_api.operations import Operations
from graphql_api.subscriptions.connection import Connection, Gone, Identify, Serving
from graphql_api.subscriptions.hub import Hub
from graphql_api.subscriptions.messages import SUBPROTOCOL, CloseCode, Closing
from services.http.request_record import start_record
from services.problems import Unavailable
from services.settings import Settings
from services.telemetry.logs import REQUEST_ID

_OTHER_PROTOCOL = Closing(CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE, f"Ask for the subprotocol {SUBPROTOCOL}.")
_CLOSE_SECONDS = 5.0
"""How long a client that does not read is waited for to be told why."""

log = structlog.get_logger(__name__)


class Sockets:
    """The ASGI application for WebSockets."""

    def __init__(self, settings: Settings, operations: Operations, hub: Hub) -> None:
        self._serving = Serving(settings, operations, hub)

    async def serve(self, scope: Scope, receive: Receive, send: Send, identify: Identify) -> None:
        """Serve one socket to its end."""
        record, began = start_record(scope, "graphql"), time.monotonic()
        REQUEST_ID.set(record.id)
        await receive()  # websocket.connect
        if not _is_wanted(scope, self._serving.settings.cors_origins):
            await send({"type": "websocket.close"})  # before it is accepted: the handshake is answered 403
            return
        code = await self._serve(scope, Connection(self._serving, receive, send, identify), send)
        log.info("socket_closed", code=code, caller=record.caller, seconds=round(time.monotonic() - began, 1))

    async def _serve(self, scope: Scope, connection: Connection, send: Send) -> int | None:
        """Gives back the code with which we closed it; none where the client did."""
        try:
            spoken = SUBPROTOCOL in scope.get("subprotocols", ())
            await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if spoken else None})
            if not spoken:
                return await _close(send, _OTHER_PROTOCOL)
            with self._serving.hub.socket():
                await connection.run(Headers(scope=scope).getlist("authorization"))
        except Unavailable as problem:
            return await _close(send, Closing(CloseCode.TRY_AGAIN_LATER, problem.detail))
        except Closing as closing:
            return await _close(send, closing)
        except (Gone, OSError):
            pass
        return None


def _is_wanted(scope: Scope, origins: Sequence[str]) -> bool:
    """Whether the address is ours, and the page that opens the socket, if it is one, may call us."""
    origin = Headers(scope=scope).get("origin")
    return scope["path"].rstrip("/") == "/graphql" and (origin is None or "*" in origins or origin in origins)


async def _close(send: Send, closing: Closing) -> int:
    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await send({"type": "websocket.close", "code": int(closing.code), "reason": closing.reason})
    except OSError:  # it does not read, or is away
        log.debug("socket_was_gone")
    return int(closing.code)
