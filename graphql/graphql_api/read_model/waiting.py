"""Waiting for a position: how a caller reads what it has just written."""

import asyncio

from graphql_api.read_model.problems import NotLoaded, PositionNotReached, PositionOfOtherHistory
from services.events.contracts.position import Position


class Waiting:
    """Who waits for which position. Belongs to one event loop and is used on its thread alone."""

    def __init__(self) -> None:
        self._position: Position | None = None
        self._waiters: dict[asyncio.Future[None], Position] = {}

    def advance(self, position: Position) -> None:
        """Wake those whose position is reached, or can never be."""
        self._position = position
        for waiter, wanted in list(self._waiters.items()):
            if position >= wanted and not waiter.done():
                waiter.set_result(None)

    async def wait_for(self, position: Position, seconds: float) -> None:
        """Return when the position is reached.

        Raises PositionNotReached after `seconds`, and PositionOfOtherHistory for one of an older generation.
        """
        if not self.has_reached(position):
            waiter = asyncio.get_running_loop().create_future()
            self._waiters[waiter] = position
            try:
                await asyncio.wait_for(waiter, seconds)
            except TimeoutError:
                raise PositionNotReached(position, self._position) from None
            finally:
                del self._waiters[waiter]
        if not self.has_reached(position):
            raise NotLoaded

    def has_reached(self, position: Position) -> bool:
        """Whether there is nothing to wait for. Raises PositionOfOtherHistory."""
        here = self._position
        if here is not None and position.generation < here.generation:
            raise PositionOfOtherHistory(position, here)
        return here is not None and here >= position
