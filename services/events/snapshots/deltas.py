"""From where deltas reach to a snapshot: as far back in time as mirrors usually ask again."""

from collections.abc import Iterator

from sqlalchemy import Connection

from services.events.contracts.position import Position
from services.events.log.reading import Head
from services.events.log.times import position_at

_HOUR_MS = 3_600_000
SPANS = {"8h": 8 * _HOUR_MS, "24h": 24 * _HOUR_MS, "7d": 7 * 24 * _HOUR_MS, "31d": 31 * 24 * _HOUR_MS}
"""How far deltas reach back, in milliseconds, by the name that is in their files' names."""


def delta_starts(connection: Connection, head: Head, now_ms: int) -> Iterator[tuple[str, Position]]:
    """The position that a delta of each span begins at: where the log stood so long ago.

    There is none where the log does not reach so far back, and none across the fork of a restore: a mirror from before
    it may stand beyond.
    """
    for span, milliseconds in SPANS.items():
        start = position_at(connection, now_ms - milliseconds)
        if start is not None and start.generation == head.position.generation and start.number >= head.first - 1:
            yield span, start
