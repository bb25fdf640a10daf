"""What the notifier tells Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

MATCHES = Counter("dwr_notifier_matches", "Deliveries stored, by what the change did.", ["transition"])
ATTEMPTS = Counter("dwr_notifier_attempts", "Attempts to deliver, by what became of the delivery.", ["outcome"])
ATTEMPT_SECONDS = Histogram("dwr_notifier_attempt_seconds", "How long attempts to deliver took.")
BACKLOG = Gauge("dwr_notifier_due_deliveries", "Deliveries that wait although their time has come.")
