"""Tables of the log. They belong to `services.events`; the registry writes them through `append` only."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, SmallInteger, String, Table, Text

from services.database import metadata

log_head = Table(
    "log_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("generation", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("published_ms", BigInteger, nullable=False),
    Column("digests", Text, nullable=False, comment="digest of each view, JSON"),
    Column(
        "first",
        BigInteger,
        nullable=False,
        server_default="1",
        comment="from this position on every entry is kept; of those before it, each subject's last one",
    ),
    CheckConstraint("id = 1", name="one_row"),
    comment="One row: where the log stands. Whoever writes locks it first, so positions have no gap.",
)

log_generation = Table(
    "log_generation",
    metadata,
    Column("generation", Integer, primary_key=True, autoincrement=False),
    Column("forked_at", BigInteger, nullable=False, comment="last position that it shares with the one before"),
    Column("started_ms", BigInteger, nullable=False),
    comment="Histories of the log: a restore to an older state starts a new one.",
)

log_entry = Table(
    "log_entry",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("generation", Integer, nullable=False),
    Column("event_id", String(36), nullable=False, unique=True),
    Column("event", String(60), nullable=False),
    Column("published_ms", BigInteger, nullable=False),
    Column("subject_kind", String(30), nullable=False),
    Column("subject_id", String(60), nullable=False),
    Column("slot", SmallInteger, nullable=False, comment="hash slot of the subject, 0 to 255: relays share by it"),
    Column("version", BigInteger, nullable=False),
    Column("origin", String(20), nullable=False),
    Column("actor", String(20), nullable=False),
    Column("author", Text, comment="the access token's subject: personal data, no outlet shows it"),
    Column("correlation_id", String(64)),
    Column("causation_id", String(36), comment="id of the event that led to this one"),
    Column("visibility", String(10), nullable=False),
    Column("document", Text, comment="public document after the change, JSON"),
    Column("changes", Text, nullable=False),
    Column("restricted", Text, comment="restricted part after the change, JSON"),
    Column("restricted_changes", Text, nullable=False),
    Column("redirect", String(60)),
    Column("previous", BigInteger, comment="position of the subject's entry before this one; none for its first"),
    comment="Accepted changes, append-only.",
)

log_subject = Table(
    "log_subject",
    metadata,
    Column("kind", String(30), primary_key=True),
    Column("id", String(60), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False, comment="its latest entry, which holds its present documents"),
    Column("published_ms", BigInteger, nullable=False),
    Column("hashes", Text, comment="its hash in each view that holds it, JSON; none while no view does"),
    comment="Latest entry of each subject: what snapshots read and digests are kept with.",
)
