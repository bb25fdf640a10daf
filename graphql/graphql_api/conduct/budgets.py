"""What callers have left to spend: a bucket of points for each, filled anew within a minute.

In the memory of this process: each process of the GraphQL API gives the same budget again.
"""

import ipaddress
import time
from collections.abc import Callable
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from graphql_api.conduct.problems import BudgetExhausted
from services.access.roles import Caller

SECONDS = 60.0
_MOST_CALLERS = 50_000
_NETWORK_BITS = 64
"""Of an IPv6 address these are given to one subscriber, who may use any address below them."""


class Left(NamedTuple):
    """What a caller has left after a request."""

    limit: int
    """Points a minute."""
    remaining: int
    resets_in_seconds: int
    """When all of the limit is there again if nothing more is asked."""


class Budgets:
    """The buckets of all callers.

    A bucket is one number: when it will be full again. Who is not in the table has a full one.
    """

    def __init__(self, points: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`points` a minute for each caller; 0 for no bound."""
        self.points = points
        self._seconds_a_point = SECONDS / points if points else 0.0
        self._clock = clock
        self._full_at: dict[str, float] = {}

    def take(self, key: str, points: int) -> Left:
        """Take points from a caller's bucket. Raises BudgetExhausted where there are not as many, and takes none."""
        now = self._clock()
        full_at = self._full_at.get(key)
        if full_at is None and len(self._full_at) >= _MOST_CALLERS:
            self._forget(now)
        if full_at is None or full_at < now:
            full_at = now
        took = points * self._seconds_a_point
        left = SECONDS - (full_at - now) - took
        if left < 0:
            raise BudgetExhausted(points, self.points, int((left + took) / self._seconds_a_point), -left)
        self._full_at[key] = full_at + took
        return Left(self.points, int(left / self._seconds_a_point), ceil(SECONDS - left))

    def _forget(self, now: float) -> None:
        """Drop full buckets; where too many callers have spent something, those that have spent the least."""
        spent = sorted((full_at, key) for key, full_at in self._full_at.items() if full_at > now)
        self._full_at = {key: full_at for full_at, key in spent[-_MOST_CALLERS // 2 :]}


class Account(NamedTuple):
    """A caller's bucket."""

    budgets: Budgets
    key: str

    def take(self, points: int) -> Left | None:
        """Take points; none where budgets are not counted. Raises BudgetExhausted."""
        return self.budgets.take(self.key, points) if self.budgets.points else None


def account_key(caller: Caller, address: str | None) -> str:
    """Whose bucket pays: the caller's own, or without a token that of the address that the request comes from."""
    return f"caller {caller.subject}" if caller.subject is not None else _network(address or "unknown")


@lru_cache(10_000)
def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _NETWORK_BITS), strict=False))
