"""Entries that are older than the window, or that the read model has not seen yet: read from the log itself."""

import threading
from collections.abc import Sequence
from typing import Protocol

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from graphql_api.subscriptions.steps import Step
from graphql_api.subscriptions.window import Window
from services.events.contracts.position import Position
from services.events.following.protocol import EntrySource, SourceUnavailable
from services.events.log.problems import PositionAhead, PositionBeyondFork, PositionExpired
from services.problems import Unavailable

PAGE = 100
"""Entries read at once: what one subscriber that catches up holds in memory."""
_AT_ONCE = 4
"""Reads at the same time, however many subscribers come back after a pause."""


class LogSource(EntrySource, Protocol):
    """Where old entries come from: the sources that followers use, the database or the feed."""

    def head(self) -> Position:
        """Where the log stands now."""
        ...


class Past:
    """The log before the window. Without a source there is none, and whoever needs it is told so."""

    def __init__(self, window: Window, source: LogSource | None) -> None:
        self._window = window
        self._source = source
        self._limiter: CapacityLimiter | None = None

    async def after(self, position: Position) -> Sequence[Step] | Position:
        """The next steps; where the log has none after the position, its head.

        Raises PositionAhead, PositionBeyondFork or PositionExpired where nobody can go on from there, and Unavailable
        when the log does not answer.
        """
        if self._source is None:
            raise self._unknown(position)
        self._limiter = self._limiter or CapacityLimiter(_AT_ONCE)
        try:
            return await run_sync(_read, self._source, position, limiter=self._limiter, abandon_on_cancel=True)
        except SourceUnavailable as error:
            raise Unavailable(
                "The log cannot be read at the moment; subscribe again a little later, from where you stand."
            ) from error

    def _unknown(self, position: Position) -> PositionAhead | PositionBeyondFork | PositionExpired:
        end = self._window.end or Position(1, 0)
        if position > end:
            return PositionAhead(position, end)
        if position.generation < end.generation:
            return PositionBeyondFork(position, end, 0)
        start = self._window.start or end
        return PositionExpired(position, Position(start.generation, start.number + 1))


def _read(source: LogSource, position: Position) -> Sequence[Step] | Position:
    if found := _page(source, position):
        return found
    # Only what is read after the head was asked for says that there is nothing up to it: the log goes on meanwhile.
    head = source.head()
    return _page(source, position) or head


def _page(source: LogSource, position: Position) -> Sequence[Step]:
    stop = threading.Event()
    found: list[Step] = []
    for batch in source.follow(position, 0, stop):
        found.extend(map(Step, batch))
        stop.set()  # one page is enough; the source then ends by itself
    return found
