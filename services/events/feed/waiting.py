"""Waiting for the log without a thread for each who waits."""

import asyncio

from services.events.contracts.position import Position
from services.events.log.signal import LogSignal


class Waiting:
    """Brings the LogSignal, which is announced in the writer's thread, to any number of waiters on the event loop.

    The writer's thread pays for one call at most however many wait.
    """

    def __init__(self, signal: LogSignal, poll_seconds: float) -> None:
        self._signal = signal
        self._poll_seconds = poll_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._risen = asyncio.Event()
        self._scheduled = False
        signal.listen(self._announced)

    @property
    def over(self) -> bool:
        """Whether the process is about to end, so that nothing more is waited for."""
        return self._signal.closed

    async def beyond(self, position: Position, seconds: float) -> None:
        """Return when the log may have gone on: at an announcement, after a poll's time, or after the seconds."""
        self._loop = asyncio.get_running_loop()
        risen = self._risen
        if self._signal.is_beyond(position) or self.over:
            return
        try:
            async with asyncio.timeout(min(seconds, self._poll_seconds)):
                await risen.wait()
        except TimeoutError:
            return

    def _announced(self) -> None:
        loop = self._loop
        if loop is None or loop.is_closed() or self._scheduled:
            return
        self._scheduled = True
        loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._scheduled = False
        self._risen.set()
        self._risen = asyncio.Event()
