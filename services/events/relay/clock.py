"""Whose lease is over: by the database's clock, and by having watched it."""

import time
from collections.abc import Callable, Hashable
from typing import TypeAlias

from sqlalchemy import Connection, text

Clock: TypeAlias = Callable[[Connection], int]
"""Milliseconds since 1970, for all relays of a database."""


def database_clock(connection: Connection) -> int:
    """Now, by the one clock that all relays share; on SQLite they share the machine."""
    if connection.dialect.name == "postgresql":
        return int(connection.execute(text("SELECT extract(epoch FROM clock_timestamp()) * 1000")).scalar_one())
    return time.time_ns() // 1_000_000


class Watched:
    """Leases of others, and how long they have not been renewed.

    A clock that was set back would keep the lease of a dead relay for as long as it was set back by. So a lease is over
    as well when it was watched, by a clock that nobody sets, and not renewed for as long as it is given for.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._seen: dict[Hashable, tuple[int, float]] = {}

    def is_over(self, lease: Hashable, expires_ms: int, now_ms: int) -> bool:
        """Whether nobody holds the lease any more. To be asked about it again and again."""
        watched, since = self._seen.get(lease, (None, 0.0))
        if watched != expires_ms:
            since = time.monotonic()
            self._seen[lease] = expires_ms, since
        return expires_ms <= now_ms or time.monotonic() - since > self._seconds

    def forget_others(self, leases: set[Hashable]) -> None:
        """Keep what is known of these only."""
        self._seen = {lease: seen for lease, seen in self._seen.items() if lease in leases}
