"""Everything that Prometheus can ask a process: each metric is declared here once, and parts set what they know.

One registry a process. Labels take few values: never an id, a path or anything that a caller chooses.
"""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    make_asgi_app,
)
from starlette.types import ASGIApp

REGISTRY = CollectorRegistry()
"""Our own and not the library's global one, so that what other libraries declare does not leak in."""
for _collector in (ProcessCollector, PlatformCollector, GCCollector):
    _collector(registry=REGISTRY)

HTTP_REQUESTS = Counter(
    "dwr_http_requests",
    "Requests answered, by service, method, route template and status.",
    ["service", "method", "route", "status"],
    registry=REGISTRY,
)
HTTP_SECONDS = Histogram(
    "dwr_http_request_seconds",
    "Time from the request's arrival to the first byte of its answer (streams go on after it).",
    ["service", "method", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)

LOG_POSITION = Gauge("dwr_log_position", "Last position of the log that this process knows of.", registry=REGISTRY)
LOG_FIRST_POSITION = Gauge(
    "dwr_log_first_position", "Position from which on the log has every entry, as last looked at.", registry=REGISTRY
)
SNAPSHOT_POSITION = Gauge(
    "dwr_snapshot_position", "Position of the newest kept snapshot; 0 without one.", registry=REGISTRY
)
SNAPSHOT_MADE = Gauge(
    "dwr_snapshot_made_timestamp_seconds",
    "When the newest kept snapshot was made, in seconds since 1970; 0 without one.",
    registry=REGISTRY,
)
SNAPSHOT_SECONDS = Gauge(
    "dwr_snapshot_seconds", "How long the last snapshot took that this process had made.", registry=REGISTRY
)
SNAPSHOT_FAILURES = Counter(
    "dwr_snapshot_failures", "Failed attempts to keep a snapshot: the log has the cause.", registry=REGISTRY
)
FEED_STREAMS = Gauge("dwr_feed_streams", "Streams of the feed that are open (server-sent events).", registry=REGISTRY)
WRITES = Counter(
    "dwr_registry_writes",
    "Commands that the registry carried out or refused, by command and outcome (the problem's code when refused).",
    ["command", "outcome"],
    registry=REGISTRY,
)
COMMIT_BATCH = Histogram(
    "dwr_registry_commit_batch_commands",
    "Commands committed together in one transaction.",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
    registry=REGISTRY,
)

RELAY_POSITION = Gauge(
    "dwr_relay_position", "Last position whose record the broker has acknowledged.", registry=REGISTRY
)
RELAY_LAG_ENTRIES = Gauge(
    "dwr_relay_lag_entries", "Entries of the log that the broker does not have yet.", registry=REGISTRY
)
RELAY_LAG_SECONDS = Gauge(
    "dwr_relay_lag_seconds",
    "Age of the oldest entry that the broker does not have yet; 0 without one.",
    registry=REGISTRY,
)

READ_MODEL_POSITION = Gauge(
    "dwr_read_model_position", "Position that the GraphQL read model answers from.", registry=REGISTRY
)
READ_MODEL_LAG_ENTRIES = Gauge(
    "dwr_read_model_lag_entries", "Entries of the log that the read model has not taken in yet.", registry=REGISTRY
)
READ_MODEL_LAG_SECONDS = Gauge(
    "dwr_read_model_lag_seconds",
    "Age of the oldest entry that the read model has not taken in yet; 0 without one.",
    registry=REGISTRY,
)
READ_MODEL_SNAPSHOTS_REFUSED = Counter(
    "dwr_read_model_snapshots_refused",
    "Snapshots that the read model did not take because their documents do not have the digest that they tell.",
    registry=REGISTRY,
)
GRAPHQL_QUERIES = Counter(
    "dwr_graphql_queries",
    "GraphQL queries executed, by the way: by their compiled plan, or the ordinary way because it could not.",
    ["way"],
    registry=REGISTRY,
)
GRAPHQL_SUBSCRIPTIONS = Gauge(
    "dwr_graphql_subscriptions", "GraphQL subscriptions that are open, over sockets and as streams.", registry=REGISTRY
)
GRAPHQL_SOCKETS = Gauge("dwr_graphql_sockets", "WebSockets of the GraphQL API that are open.", registry=REGISTRY)
FOLLOWER_ERRORS = Counter(
    "dwr_follower_errors",
    "Failed attempts to follow the log, by the reader that follows.",
    ["reader"],
    registry=REGISTRY,
)

DELIVERIES = Counter(
    "dwr_deliveries", "Attempts to deliver a notification, by what became of them.", ["outcome"], registry=REGISTRY
)
DELIVERY_SECONDS = Histogram(
    "dwr_delivery_seconds", "How long an attempt to deliver a notification took.", registry=REGISTRY
)
DELIVERIES_DUE = Gauge(
    "dwr_deliveries_due", "Deliveries that wait although the time of their next attempt has come.", registry=REGISTRY
)
MATCHES = Counter(
    "dwr_notifier_matches",
    "Deliveries made for saved searches, by what the change did to the organisation's place in them.",
    ["transition"],
    registry=REGISTRY,
)
NOTIFIER_POSITION = Gauge(
    "dwr_notifier_position", "Position up to which the log was matched with saved searches.", registry=REGISTRY
)


def metrics_app() -> ASGIApp:
    """The ASGI application behind `/metrics`; its address does not matter to it."""
    app: ASGIApp = make_asgi_app(REGISTRY)
    return app
