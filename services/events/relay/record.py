"""A record, as brokers take it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """One record for the broker."""

    topic: str
    key: bytes
    value: bytes | None
    """None is a tombstone."""
    headers: list[tuple[str, bytes]]
    timestamp_ms: int
