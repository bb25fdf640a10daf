"""Relays share the log by slots, each with a lease and a mark; records that no broker takes are dead letters."""

import sqlalchemy as sa
from alembic import op

revision = "events_0003"
down_revision = "events_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_slots()
    _create_members()
    _create_dead_letters()
    # One slot is a number of slots like another: a relay begins where the one with the lowest mark stands.
    op.execute(
        "INSERT INTO relay_slot (slots, slot, generation, position, epoch, expires_ms) "
        "SELECT 1, 0, generation, position, epoch, 0 FROM relay"
    )
    op.drop_table("relay")


def _create_slots() -> None:
    op.create_table(
        "relay_slot",
        sa.Column(
            "slots", sa.SmallInteger, autoincrement=False, nullable=False, comment="into how many the log is divided"
        ),
        sa.Column("slot", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False, comment="up to here Kafka has every entry of the slot"),
        sa.Column(
            "topics", sa.Text, comment="ids of the topics that this is true of, JSON by name; none: not known yet"
        ),
        sa.Column("owner", sa.String(60), comment="the process that holds the lease"),
        sa.Column("epoch", sa.BigInteger, nullable=False, comment="rises with every new owner"),
        sa.Column("expires_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("slots", "slot", name=op.f("pk_relay_slot")),
        comment="How far the entries of each slot were handed to Kafka, and who does it.",
    )


def _create_members() -> None:
    op.create_table(
        "relay_member",
        sa.Column("owner", sa.String(60), nullable=False),
        sa.Column("slots", sa.SmallInteger, nullable=False),
        sa.Column("expires_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_relay_member")),
        comment="Relays that live and reach a broker: they share the slots.",
    )


def _create_dead_letters() -> None:
    op.create_table(
        "relay_dead_letter",
        sa.Column("position", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("topic", sa.String(30), nullable=False, comment="changes, internal or organisations"),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("event_id", sa.String(36), nullable=False),
        sa.Column("event", sa.String(60), nullable=False),
        sa.Column("subject_kind", sa.String(30), nullable=False),
        sa.Column("subject_id", sa.String(60), nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("failed_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("position", "topic", name=op.f("pk_relay_dead_letter")),
        comment="Records that the brokers refuse for good. What they hold is in the log.",
    )


def downgrade() -> None:
    op.create_table(
        "relay",
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False, comment="last position that Kafka acknowledged"),
        sa.Column("owner", sa.String(60), comment="the process that holds the lease"),
        sa.Column("epoch", sa.BigInteger, nullable=False, comment="rises with every new owner"),
        sa.Column("expires_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_relay")),
        comment="How far the log was handed to Kafka, and who does it.",
    )
    op.execute(
        "INSERT INTO relay (name, generation, position, epoch, expires_ms) "
        "SELECT 'kafka', generation, position, epoch, 0 FROM relay_slot ORDER BY position LIMIT 1"
    )
    for table in ("relay_dead_letter", "relay_member", "relay_slot"):
        op.drop_table(table)
