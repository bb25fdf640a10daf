"""Tables of what hands the log to Kafka: marks and leases of its slots, relays that live, dead letters."""

from sqlalchemy import BigInteger, Column, Integer, SmallInteger, String, Table, Text

from services.database import metadata

relay_slot = Table(
    "relay_slot",
    metadata,
    Column("slots", SmallInteger, primary_key=True, autoincrement=False, comment="into how many the log is divided"),
    Column("slot", SmallInteger, primary_key=True, autoincrement=False),
    Column("generation", Integer, nullable=False),
    Column("position", BigInteger, nullable=False, comment="up to here Kafka has every entry of the slot"),
    Column("topics", Text, comment="ids of the topics that this is true of, JSON by name; none: not known yet"),
    Column("owner", String(60), comment="the process that holds the lease"),
    Column("epoch", BigInteger, nullable=False, comment="rises with every new owner"),
    Column("expires_ms", BigInteger, nullable=False),
    comment="How far the entries of each slot were handed to Kafka, and who does it.",
)

relay_member = Table(
    "relay_member",
    metadata,
    Column("owner", String(60), primary_key=True),
    Column("slots", SmallInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    comment="Relays that live and reach a broker: they share the slots.",
)

relay_dead_letter = Table(
    "relay_dead_letter",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("topic", String(30), primary_key=True, comment="changes, internal or organisations"),
    Column("generation", Integer, nullable=False),
    Column("event_id", String(36), nullable=False),
    Column("event", String(60), nullable=False),
    Column("subject_kind", String(30), nullable=False),
    Column("subject_id", String(60), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("failed_ms", BigInteger, nullable=False),
    comment="Records that the brokers refuse for good. What they hold is in the log.",
)
