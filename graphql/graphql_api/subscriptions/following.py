"""One subscriber's way through the log: from the window while it keeps up, from the log itself where it does not."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from graphql_api.subscriptions.past import PAGE, Past
from graphql_api.subscriptions.steps import Step
from graphql_api.subscriptions.wanted import Wanted
from graphql_api.subscriptions.window import Window
from services.access.refusals import Refusal, refused
from services.events.contracts.position import Position
from services.events.contracts.transitions import Transition

HEARTBEAT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing came for a while that the subscriber asked for. Whoever filters moves on all the same."""

    position: Position


@dataclass(frozen=True, slots=True)
class Change:
    """A step as one subscriber sees it."""

    step: Step
    transition: Transition

    @property
    def position(self) -> Position:
        """Where in the log."""
        return self.step.position


class Following:
    """The changes after a position as they come. Nothing is queued: it reads on when the subscriber has taken one.

    Ends when the process ends, and by a Problem where nobody can go on.
    """

    def __init__(self, window: Window, past: Past, wanted: Wanted, after: Position) -> None:
        self.position = after
        """Up to where the log was looked at."""
        self.expires_at: float | None = None
        """When the caller's token expires, in seconds since 1970."""
        self.over = False
        """Whether the process is about to end."""
        self.on_close: Callable[[], None] = lambda: None
        self._window = window
        self._past = past
        self._wanted = wanted
        self._ahead: deque[Step] = deque()
        self._spoke = time.monotonic()

    async def begin(self) -> None:
        """Look for the first time. Raises the Problem that says why nobody can go on from there."""
        if self._window.after(self.position, 0) is None:
            await self._read_past()

    def __aiter__(self) -> "Following":
        return self

    async def __anext__(self) -> Change | Idle:
        """The next change; Idle when there was none for a while."""
        while not self.over:
            self._check_token()
            while self._ahead:
                step = self._ahead.popleft()
                self.position = step.position
                if (transition := self._wanted.transition(step)) is not None:
                    self._spoke = time.monotonic()
                    return Change(step, transition)
            if self._silent_seconds() >= HEARTBEAT_SECONDS:
                self._spoke = time.monotonic()
                return Idle(self.position)
            await self._read_on()
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Give the place back. Only the first time counts."""
        on_close, self.on_close = self.on_close, lambda: None
        on_close()

    async def _read_on(self) -> None:
        found = self._window.after(self.position, PAGE)
        if found is None:
            await self._read_past()
        elif found:
            self._ahead.extend(found)
            await asyncio.sleep(0)  # others take their turn between two pages of the window
        else:
            await self._wait()

    async def _read_past(self) -> None:
        found = await self._past.after(self.position)
        if not isinstance(found, Position):
            self._ahead.extend(found)
            return
        # The log ends here, and the read model has not come so far, or stands in another generation at this number.
        self.position = max(self.position, found)
        if self._window.after(self.position, 0) is None:
            await self._wait()

    async def _wait(self) -> None:
        left = [HEARTBEAT_SECONDS - self._silent_seconds()]
        if self.expires_at is not None:
            left.append(self.expires_at - time.time())
        if not self.over:
            await self._window.moves(max(0.0, min(left)))

    def _silent_seconds(self) -> float:
        return time.monotonic() - self._spoke

    def _check_token(self) -> None:
        if self.expires_at is not None and time.time() >= self.expires_at:
            raise refused(
                Refusal.EXPIRED,
                f'The token has expired; get a new one and subscribe again with after: "{self.position}".',
            )
