"""The Kafka topics of the log: their names and how they are kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from services.events.contracts.majors import OUTLET_MAJOR
from services.settings import Settings

_HOUR_MS = 3_600_000
_MIB = 1024 * 1024
_LONGEST_TIME = 2**63 - 1
DELETE, COMPACT = "delete", "compact"
_DEAD_LETTERS = {"retention.ms": str(31 * 24 * _HOUR_MS), "retention.bytes": str(16 * _MIB)}


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it has to be."""

    name: str
    cleanup_policy: str
    configuration: Mapping[str, str]
    """Further settings of the topic; the relay sets them again where they differ."""


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics that the relay writes."""

    changes: Topic
    """Every entry in the public view, keyed by subject id."""
    internal: Topic
    """Every entry in the internal view: for our own readers only, to be protected by an ACL (decision 0003)."""
    organisations: Topic
    """Compacted: the latest public entry of each organisation, a tombstone when it left the public view."""
    dead_letters: Topic
    """What could not be published to one of these, and why."""

    def __iter__(self) -> Iterator[Topic]:
        return iter((*self.filled, self.dead_letters))

    @property
    def filled(self) -> tuple[Topic, ...]:
        """Those that are made of the log, and so are filled from its first entry on when they appear."""
        return self.changes, self.internal, self.organisations

    def short_name(self, topic: str) -> str:
        """What people call a topic: `changes`, `internal`, `organisations`, `dead_letters`."""
        return next(field.name for field in fields(self) if getattr(self, field.name).name == topic)


def topics_of(settings: Settings, outlet_major: int = OUTLET_MAJOR) -> Topics:
    """The topics of an installation that tell events in that major version (decision 0014)."""
    prefix = settings.kafka_topic_prefix
    retention = {"retention.ms": str(settings.kafka_changes_retention_hours * _HOUR_MS)}
    common = {
        # An entry has the document after the change and the changed values twice.
        "max.message.bytes": str(largest_record(settings)),
        # The log's times never run backwards, so they can be ahead of a clock that was set back: no reason to refuse.
        "message.timestamp.after.max.ms": str(_LONGEST_TIME),
    }
    return Topics(
        changes=Topic(f"{prefix}dwr.changes.v{outlet_major}", DELETE, common | retention),
        internal=Topic(f"{prefix}dwr.internal.v{outlet_major}", DELETE, common | retention),
        organisations=Topic(f"{prefix}dwr.organisations.v{outlet_major}", COMPACT, common),
        dead_letters=Topic(f"{prefix}dwr.dead-letters.v{outlet_major}", DELETE, _DEAD_LETTERS),
    )


def largest_record(settings: Settings) -> int:
    """Bytes of the largest record that a topic takes."""
    return 4 * settings.max_body_bytes + _MIB
