"""How many streams one process keeps open."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.problems import Unavailable
from services.telemetry.metrics import FEED_STREAMS

_RETRY_SECONDS = 30


class StreamPlaces:
    """The places for streams: each costs a connection, memory and a read of the log for every change.

    For the event loop's thread only.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold a place for the length of the block. Raises Unavailable when none is free."""
        self.require_free()
        self._taken += 1
        FEED_STREAMS.inc()
        try:
            yield
        finally:
            self._taken -= 1
            FEED_STREAMS.dec()

    def require_free(self) -> None:
        """Raise Unavailable when no place is free."""
        if self._taken >= self._most:
            raise Unavailable(
                f"This process already sends {self._most} streams and takes no further one. Follow the feed page by "
                "page instead: GET /events/v1/feed?after=…&wait=30 answers as soon as there is an event.",
                headers={"Retry-After": str(_RETRY_SECONDS)},
            )
