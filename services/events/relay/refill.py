"""Filling topics that appeared after the log had been published: deleted under the relay, or new in a new version."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from services.events.contracts.position import Position
from services.events.relay.record import Record


@dataclass(frozen=True, slots=True)
class Refill:
    """Up to a position only the records of some topics are published again."""

    topics: frozenset[str] = frozenset()
    until: int = 0

    def wants(self, record: Record, position: Position) -> bool:
        """Whether the record is to be published."""
        return position.number > self.until or record.topic in self.topics


NO_REFILL = Refill()


@dataclass(frozen=True, slots=True)
class FoundTopics:
    """The topics as a publisher found them when it connected."""

    ids: Mapping[str, str]
    """Id of each by its name: a topic that is deleted and made again has another one."""
    created: frozenset[str] = frozenset()
    """Those that were missing, and were made just now."""

    def lacking(self, known: Mapping[str, str] | None, wanted: Collection[str]) -> frozenset[str]:
        """Which of the topics do not have what was published to those that were known."""
        if known is None:
            return self.created & frozenset(wanted)
        return frozenset(topic for topic in wanted if known.get(topic) != self.ids[topic])
