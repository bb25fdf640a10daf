"""Records, as brokers take and give them."""

from dataclasses import dataclass
from typing import NamedTuple

from services.events.contracts.position import Position


@dataclass(frozen=True, slots=True)
class Record:
    """One record for the broker."""

    topic: str
    key: bytes
    value: bytes | None
    """None is a tombstone."""
    headers: list[tuple[str, bytes]]
    timestamp_ms: int


class State(NamedTuple):
    """What a record of a compacted topic says that it is: the state of which subject, after which entry."""

    key: str
    position: Position
