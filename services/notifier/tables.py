"""Tables of the notifier: saved searches with their webhook, what is to be delivered, and what became of it."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from services.database import metadata

notifier_mark = Table(
    "notifier_mark",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("generation", Integer, nullable=False),
    Column("position", BigInteger, nullable=False, comment="last entry that was matched"),
    Column("published_ms", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
    comment="How far the log was matched. Whoever changes which searches are matched locks it first.",
)

saved_search = Table(
    "saved_search",
    metadata,
    Column("id", String(30), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("owner", String(255), nullable=False, comment="the access token's subject: no outlet shows it"),
    Column("name", String(200), nullable=False),
    Column("criteria", Text, nullable=False, comment="services.events.contracts.criteria, JSON"),
    Column("sees_restricted", Boolean, nullable=False, comment="the owner may read restricted figures"),
    Column("state", String(10), nullable=False, comment="active, paused or disabled"),
    Column("reason", Text, comment="why it is disabled"),
    Column("url", Text, nullable=False),
    Column("secret", String(100), nullable=False, comment="needed in clear: deliveries are signed with it"),
    Column("former_secret", String(100), comment="signs too until former_secret_until_ms"),
    Column("former_secret_until_ms", BigInteger),
    Column("created_ms", BigInteger, nullable=False),
    Column("since_generation", Integer, nullable=False, comment="nothing up to this position is ever matched"),
    Column("since_position", BigInteger, nullable=False),
    Column("lease", String(36), comment="the deliverer that works for this search"),
    Column("lease_until_ms", BigInteger, nullable=False),
    Column("held_until_ms", BigInteger, nullable=False, comment="its receiver is unwell: no attempt before"),
    Index("ix_saved_search_owner_created_ms", "owner", "created_ms"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", String(30), primary_key=True),
    Column("search_id", String(30), ForeignKey("saved_search.id", ondelete="CASCADE"), nullable=False),
    Column("event_id", String(50), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("subject_id", String(60), nullable=False),
    Column("transition", String(10), nullable=False, comment="entered, changed, left or test"),
    Column("payload", Text, nullable=False, comment="the body exactly as it is sent and signed"),
    Column("state", String(10), nullable=False, comment="pending, delivered, failed, exhausted or discarded"),
    Column("tries", Integer, nullable=False, comment="attempts of the present round"),
    Column("attempts", Integer, nullable=False, comment="attempts of all rounds"),
    Column("next_ms", BigInteger, comment="when the next attempt is due; none when it is settled"),
    Column("created_ms", BigInteger, nullable=False),
    UniqueConstraint("search_id", "event_id"),
    Index("ix_delivery_search_id_next_ms", "search_id", "next_ms"),
    Index("ix_delivery_search_id_position", "search_id", "generation", "position", "id"),
    Index("ix_delivery_next_ms", "next_ms"),
    comment="One event for one saved search.",
)

delivery_attempt = Table(
    "delivery_attempt",
    metadata,
    Column("delivery_id", String(30), ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("status", Integer, comment="none when there was no answer"),
    Column("response", Text, nullable=False, comment="the beginning of the answer's body"),
    Column("error", Text, comment="why there was no answer, or what is wrong with it"),
)
