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
