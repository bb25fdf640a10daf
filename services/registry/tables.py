"""Tables of the registry: organisations as documents, with the columns that must be unique or are looked up."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from services.database import metadata

organisation = Table(
    "organisation",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("state", String(20), nullable=False),
    Column("slug", String(80), nullable=False, unique=True),
    Column(
        "validated_on", Date, nullable=False, comment="last validation, else registration: what staleness counts from"
    ),
    Column("document", Text, nullable=False, comment="the whole aggregate, private part included, JSON"),
    Index("ix_organisation_state_id", "state", "id"),
    Index("ix_organisation_state_validated_on", "state", "validated_on"),
)

slug_redirect = Table(
    "slug_redirect",
    metadata,
    Column("slug", String(80), primary_key=True),
    Column("organisation_id", String(20), ForeignKey("organisation.id"), nullable=False, index=True),
    comment="Slugs that an organisation had before, or that came with one merged into it.",
)

enterprise_number = Table(
    "enterprise_number",
    metadata,
    Column("number", String(10), primary_key=True),
    Column("organisation_id", String(20), ForeignKey("organisation.id"), nullable=False, index=True),
    comment="One organisation at most has a given enterprise number; archived and merged ones have none.",
)

establishment_number = Table(
    "establishment_number",
    metadata,
    Column("number", String(10), primary_key=True),
    Column("organisation_id", String(20), ForeignKey("organisation.id"), nullable=False, index=True),
    comment="One organisation at most has a given establishment unit; archived and merged ones have none.",
)

name_key = Table(
    "name_key",
    metadata,
    Column("organisation_id", String(20), ForeignKey("organisation.id"), primary_key=True),
    Column("key", String(80), primary_key=True, comment="what likely duplicates have in common"),
    Column("name", String(200), primary_key=True, comment="the folded title that is compared; empty for other keys"),
    Index("ix_name_key_key", "key"),
)

member = Table(
    "member",
    metadata,
    Column("organisation_id", String(20), ForeignKey("organisation.id"), primary_key=True),
    Column("subject", String(255), primary_key=True, comment="the access token's subject"),
    Column("relation", String(10), nullable=False, comment="owner or editor"),
    Index("ix_member_subject", "subject"),
)

review_note = Table(
    "review_note",
    metadata,
    Column("organisation_id", String(20), ForeignKey("organisation.id"), primary_key=True),
    Column("version", BigInteger, primary_key=True, comment="the version that the decision made"),
    Column("move", String(30), nullable=False),
    Column("reason", Text, nullable=False),
    Column("written_on", Date, nullable=False),
    comment="What moderators wrote with a decision. Private: it stands in no document and no log.",
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("subject", String(255), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Index("ix_idempotency_created_ms", "created_ms"),
    comment="Answers to requests with an Idempotency-Key, written in the transaction of the change; kept 24 hours.",
)

registry_secret = Table(
    "registry_secret",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", String(64), nullable=False),
    comment="Keys that every process of the registry must agree on; made by the migration.",
)
