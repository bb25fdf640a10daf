"""One operation over a socket: its results as messages, until it completes."""

import asyncio
from collections.abc import Awaitable, Callable

import orjson
import structlog

from graphql_api.conduct.admission import pay_for_reading
from graphql_api.errors import refusal_entry
from graphql_api.execution import answer
from graphql_api.operations import Operations, Refused
from graphql_api.requests import Request
from graphql_api.schema.context import Context
from graphql_api.subscriptions.following import Idle
from graphql_api.subscriptions.messages import written
from graphql_api.subscriptions.problems import SlowSubscriber
from graphql_api.subscriptions.running import Ended, Running
from services.problems import InternalError, Problem

_INTERNAL = "The registry has a defect here. Report the time and the operation: the log has the cause."

log = structlog.get_logger(__name__)
Say = Callable[[str], Awaitable[None]]


class Operating:
    """Carries out operations and says what comes of them."""

    def __init__(self, operations: Operations, say: Say, seconds: float) -> None:
        """`say` sends a message, and is waited for so many seconds at most."""
        self._operations = operations
        self._say = say
        self._seconds = seconds

    async def carry_out(self, identifier: str, request: Request, context: Context, end: Callable[[], None]) -> None:
        """Do it to its end. `end` is called before the last message: then the client may use the id again.

        Raises OSError when nobody takes what is said.
        """
        try:
            pay_for_reading(self._operations, request, context)
            found = self._operations.find(request.query, request.operation_name)
            if found.is_subscription:
                # It has no end of its own: when the process ends the socket is closed, and nothing is complete.
                await self._stream(identifier, await Running.start(found, request, context))
                return
            await self._once(identifier, request, context)
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - each becomes the operation's last message
            end()
            await self._send("error", identifier, orjson.dumps(_errors(error)))
        else:
            end()
            await self._send("complete", identifier)

    async def _once(self, identifier: str, request: Request, context: Context) -> None:
        given = await answer(self._operations, request, context)
        if given.status != 200:  # noqa: PLR2004 - nothing was executed
            raise Ended(orjson.loads(given.body)["errors"])
        await self._send("next", identifier, given.body)

    async def _stream(self, identifier: str, running: Running) -> None:
        try:
            async for result in running:
                if isinstance(result, Idle):
                    place = {"id": identifier, "position": str(result.position)}
                    await self._deliver(running, "ping", None, orjson.dumps(place))
                else:
                    await self._deliver(running, "next", identifier, result.body)
                running.delivered = result.position
        finally:
            await running.aclose()

    async def _deliver(self, running: Running, kind: str, identifier: str | None, payload: bytes) -> None:
        try:
            await self._send(kind, identifier, payload)
        except TimeoutError:
            log.info("slow_subscriber_ended", seconds=self._seconds)
            raise SlowSubscriber(running.delivered, self._seconds) from None

    async def _send(self, kind: str, identifier: str | None, payload: bytes | None = None) -> None:
        async with asyncio.timeout(self._seconds):
            await self._say(written(kind, identifier, payload))


def _errors(error: Exception) -> list[dict[str, object]]:
    """The errors that the last message tells."""
    if isinstance(error, Ended):
        return error.errors
    if isinstance(error, Refused):
        return [refusal_entry(one, error.code) for one in error.errors]
    if not isinstance(error, Problem):
        log.error("operation_failed", exc_info=error)
        error = InternalError(_INTERNAL)
    return Ended.by(error).errors
