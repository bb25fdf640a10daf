"""Figures of the relay beside its position and lag."""

from prometheus_client import Counter, Gauge

from services.telemetry.metrics import REGISTRY

SLOTS = Gauge("dwr_relay_slots", "Slots of the log that this process hands to Kafka.", registry=REGISTRY)
FAILURES = Counter(
    "dwr_relay_failures",
    "Times that the relay began anew, whether for the broker, a topic, the database or a lease.",
    registry=REGISTRY,
)
PUBLISHED = Counter("dwr_relay_published_entries", "Entries that the broker acknowledged.", registry=REGISTRY)
DEAD_LETTERS = Counter(
    "dwr_relay_dead_letters",
    "Records that the brokers refused for good, by topic; `dwr dead-letters` lists them.",
    ["topic"],
    registry=REGISTRY,
)
STANDING_STILL = Gauge(
    "dwr_relay_standing_still_seconds",
    "How long Kafka has got nothing although the log is ahead of it; over all relays.",
    registry=REGISTRY,
)
READ_BACK = Gauge(
    "dwr_relay_read_back_position",
    "Position up to which the changes topic was read back without gap, by the relay that has slot 0.",
    registry=REGISTRY,
)
MISSING = Gauge(
    "dwr_relay_missing_entries",
    "Entries that Kafka acknowledged and that were not read back: publish them again with `dwr replay`.",
    registry=REGISTRY,
)
SILENT = Gauge(
    "dwr_relay_silent_seconds", "How long ago the last entry was read back, by the same relay.", registry=REGISTRY
)
