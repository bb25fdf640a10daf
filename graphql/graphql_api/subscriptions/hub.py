"""All subscriptions of the process, in bounds, and their common end."""

import asyncio
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from graphql_api.keeping import Recent
from graphql_api.read_model.problems import NotLoaded
from graphql_api.subscriptions.following import Following
from graphql_api.subscriptions.past import LogSource, Past
from graphql_api.subscriptions.problems import TooManySubscriptions
from graphql_api.subscriptions.wanted import Wanted
from graphql_api.subscriptions.window import Window
from services.events.contracts.position import Position
from services.problems import Unavailable
from services.settings import Settings
from services.telemetry.metrics import GRAPHQL_SOCKETS, GRAPHQL_SUBSCRIPTIONS

_RETRY_SECONDS = 30
_RESULTS = 64
"""Results kept: those of the newest changes, for the few documents that fronts send."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who subscribes, over a transport that has room for more than one answer."""

    hub: "Hub"
    name: str
    """Whose places are counted: a caller's name, or the address of one without a token. It goes into no log."""
    expires_at: float | None = None
    """When the token expires, in seconds since 1970; none where the transport itself watches it."""
    resume: Position | None = None
    """Where the transport says that the subscriber stands (`Last-Event-ID`): it goes before the argument `after`."""

    async def open(self, wanted: Wanted, after: Position | None) -> Following:
        """The changes after a position, or from now on. Raises what `Hub.subscribe` raises."""
        return await self.hub.subscribe(self, wanted, after)


class Hub:
    """Opens subscriptions and ends them with the process. For the event loop's thread only."""

    def __init__(self, settings: Settings, past: LogSource | None) -> None:
        """`past` is where entries older than those in memory are read from."""
        self.window = Window(settings.subscription_recent_entries)
        self.ended = asyncio.Event()
        """Set when the process is about to end."""
        self.results: Recent[Hashable, bytes] = Recent(_RESULTS)
        """Results of late, for those who ask the same: see `sharing`."""
        self._left = asyncio.Event()
        self._past = Past(self.window, past)
        self._most = settings.subscriptions
        self._most_per_caller = settings.subscriptions_per_caller
        self._open: set[Following] = set()
        self._by_caller: Counter[str] = Counter()
        self._sockets = 0

    async def subscribe(self, subscriber: Subscriber, wanted: Wanted, after: Position | None) -> Following:
        """The changes after the position, or from now on.

        Raises TooManySubscriptions, Unavailable and NotLoaded, and PositionAhead, PositionBeyondFork or
        PositionExpired where nobody can go on from the position.
        """
        start = subscriber.resume or after or self.window.end
        if start is None:
            raise NotLoaded
        self._check_places(subscriber)
        following = Following(self.window, self._past, wanted, start)
        following.expires_at = subscriber.expires_at
        self._take(subscriber, following)
        try:
            await following.begin()
        except BaseException:
            await following.aclose()
            raise
        return following

    @contextmanager
    def socket(self) -> Iterator[None]:
        """Hold the place of a socket for the length of the block. Raises Unavailable when none is free."""
        if self._sockets >= self._most:
            raise _full(self._most)
        self._sockets += 1
        GRAPHQL_SOCKETS.inc()
        try:
            yield
        finally:
            self._sockets -= 1
            GRAPHQL_SOCKETS.dec()
            self._look_who_is_left()

    async def end(self, seconds: float) -> None:
        """End everything in order, and wait until it has ended, or until the seconds are over."""
        self.ended.set()
        for following in self._open:
            following.over = True
        self.window.wake()
        self._look_who_is_left()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._left.wait()

    def _look_who_is_left(self) -> None:
        if self.ended.is_set() and not self._open and not self._sockets:
            self._left.set()

    def _check_places(self, subscriber: Subscriber) -> None:
        if self._by_caller[subscriber.name] >= self._most_per_caller:
            raise TooManySubscriptions(self._most_per_caller)
        if len(self._open) >= self._most or self.ended.is_set():
            raise _full(self._most)

    def _take(self, subscriber: Subscriber, following: Following) -> None:
        self._open.add(following)
        self._by_caller[subscriber.name] += 1
        GRAPHQL_SUBSCRIPTIONS.inc()

        def give_back() -> None:
            self._open.discard(following)
            self._by_caller[subscriber.name] -= 1
            if not self._by_caller[subscriber.name]:
                del self._by_caller[subscriber.name]
            GRAPHQL_SUBSCRIPTIONS.dec()
            self._look_who_is_left()

        following.on_close = give_back


def _full(most: int) -> Unavailable:
    return Unavailable(
        f"This process already serves {most} subscribers and takes no further one; connect again a little later.",
        headers={"Retry-After": str(_RETRY_SECONDS)},
    )
