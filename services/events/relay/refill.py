"""Filling topics that appeared after the log had been published: deleted under the relay, or new in a new version."""

from dataclasses import dataclass

from services.events.contracts.position import Position
from services.events.relay.publisher import Record


@dataclass(frozen=True, slots=True)
class Refill:
    """Up to a position only the records of some topics are published again."""

    topics: frozenset[str] = frozenset()
    until: int = 0

    def wants(self, record: Record, position: Position) -> bool:
        """Whether the record is to be published."""
        return position.number > self.until or record.topic in self.topics


NO_REFILL = Refill()
