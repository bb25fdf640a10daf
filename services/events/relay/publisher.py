"""What the relay needs of a broker: topics that are there, and records taken in order."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Record:
    """One record for the broker."""

    topic: str
    key: bytes
    value: bytes | None
    """None is a tombstone."""
    headers: list[tuple[str, bytes]]
    timestamp_ms: int


class PublishingFailed(Exception):  # noqa: N818 - not a defect of ours: the broker or the way to it
    """The broker did not take everything; the text says why."""

    def __init__(self, cause: str, acknowledged: int = 0) -> None:
        super().__init__(cause)
        self.acknowledged = acknowledged
        """How many records from the first one on the broker acknowledged without one missing between them."""


class Publisher(Protocol):
    """A broker, or what stands for one in a test."""

    def open(self) -> frozenset[str]:
        """Connect, create the topics that are missing and check the others.

        Gives the names of those that it created. Raises PublishingFailed, the topics' errors included.
        """
        ...

    def publish(self, records: Sequence[Record], stop: threading.Event) -> None:
        """Hand the records over in order and return when the broker acknowledged each.

        Raises PublishingFailed otherwise, a few seconds after `stop` was set at the latest; open it anew then.
        """
        ...

    def close(self) -> None:
        """Disconnect. Harmless when it was never open."""
        ...
