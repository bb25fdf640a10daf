"""What the relay needs of a broker: topics that are there, and records taken in order."""

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

from services.events.relay.record import Record, State
from services.events.relay.refill import FoundTopics


class PublishingFailed(Exception):  # noqa: N818 - not a defect of ours: the broker or the way to it
    """The broker did not take everything; the text says why."""

    def __init__(self, cause: str, acknowledged: int = 0) -> None:
        super().__init__(cause)
        self.acknowledged = acknowledged
        """How many records from the first one on the broker acknowledged without one missing between them."""


class RecordRefused(PublishingFailed):
    """There is a record that the broker will never take: too large for it, or invalid by its rules.

    Which one it is is certain only when it was published alone.
    """


class Delivery(Protocol):
    """Records that were handed over."""

    def settle(self, stop: threading.Event, *, is_last: bool) -> None:
        """Return when the broker acknowledged each; `is_last` says that none were handed over behind them.

        Raises PublishingFailed otherwise, a few seconds after `stop` was set at the latest; the publisher is to be
        opened anew then.
        """
        ...


class Publisher(Protocol):
    """A broker, or what stands for one in a test."""

    def open(self) -> FoundTopics:
        """Connect, create the topics that are missing and check the others.

        Raises PublishingFailed, the topics' errors included.
        """
        ...

    def changed_topics(self) -> frozenset[str]:
        """Topics that were made anew since `open`, as far as that is known: what was published to them is gone."""
        ...

    def send(self, records: Sequence[Record]) -> Delivery:
        """Hand records over in order, behind those that were handed over before.

        Whatever happens, the broker never takes a record of a partition without those before it.
        """
        ...

    def states(self, topic: str) -> Iterator[Sequence[State]]:
        """The records that a topic has now, in order for each key; in portions, empty ones too, so that others can act.

        Raises PublishingFailed.
        """
        ...

    def close(self) -> None:
        """Disconnect. Harmless when it was never open."""
        ...
