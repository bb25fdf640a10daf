"""Figures of the relay beside its position and lag."""

from prometheus_client import Counter, Gauge

from services.telemetry.metrics import REGISTRY

ACTIVE = Gauge("dwr_relay_active", "1 while this process holds the relay's lease.", registry=REGISTRY)
FAILURES = Counter(
    "dwr_relay_failures",
    "Times that the relay began anew, whether for the broker, a topic, the database or the lease.",
    registry=REGISTRY,
)
PUBLISHED = Counter("dwr_relay_published_entries", "Entries that the broker acknowledged.", registry=REGISTRY)
