"""The log: its head, generations, entries and subjects; the mark of the relay."""

import time

import sqlalchemy as sa
from alembic import op

revision = "events_0001"
down_revision = None
branch_labels = ("events",)
depends_on = None


def upgrade() -> None:
    _create_head()
    _create_entries()
    _create_subjects()
    _create_relay()


def _create_head() -> None:
    head = op.create_table(
        "log_head",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("published_ms", sa.BigInteger, nullable=False),
        sa.Column("public_digest", sa.String(64), nullable=False),
        sa.Column("internal_digest", sa.String(64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_log_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
        comment="One row: where the log stands. Whoever writes locks it first, so positions have no gap.",
    )
    generation = op.create_table(
        "log_generation",
        sa.Column("generation", sa.Integer, autoincrement=False, nullable=False),
        sa.Column(
            "forked_at", sa.BigInteger, nullable=False, comment="last position that it shares with the one before"
        ),
        sa.Column("started_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("generation", name=op.f("pk_log_generation")),
        comment="Histories of the log: a restore to an older state starts a new one.",
    )
    empty = "0" * 64
    op.bulk_insert(
        head,
        [
            {
                "id": 1,
                "generation": 1,
                "position": 0,
                "published_ms": 0,
                "public_digest": empty,
                "internal_digest": empty,
            }
        ],
    )
    op.bulk_insert(generation, [{"generation": 1, "forked_at": 0, "started_ms": time.time_ns() // 1_000_000}])


def _create_entries() -> None:
    op.create_table(
        "log_entry",
        sa.Column("position", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("event_id", sa.String(36), nullable=False),
        sa.Column("event", sa.String(60), nullable=False),
        sa.Column("published_ms", sa.BigInteger, nullable=False),
        sa.Column("subject_kind", sa.String(30), nullable=False),
        sa.Column("subject_id", sa.String(60), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("origin", sa.String(20), nullable=False),
        sa.Column("actor", sa.String(20), nullable=False),
        sa.Column("author", sa.Text, comment="the access token's subject: personal data, no outlet shows it"),
        sa.Column("correlation_id", sa.String(64)),
        sa.Column("visibility", sa.String(10), nullable=False),
        sa.Column("document", sa.Text, comment="public document after the change, JSON"),
        sa.Column("changes", sa.Text, nullable=False),
        sa.Column("restricted", sa.Text, comment="restricted part after the change, JSON"),
        sa.Column("restricted_changes", sa.Text, nullable=False),
        sa.Column("redirect", sa.String(60)),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_log_entry")),
        sa.UniqueConstraint("event_id", name=op.f("uq_log_entry_event_id")),
        comment="Accepted changes, append-only.",
    )


def _create_subjects() -> None:
    op.create_table(
        "log_subject",
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("id", sa.String(60), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column(
            "position", sa.BigInteger, nullable=False, comment="its latest entry, which holds its present documents"
        ),
        sa.Column("published_ms", sa.BigInteger, nullable=False),
        sa.Column("public_hash", sa.String(64), comment="none while it is not public"),
        sa.Column("internal_hash", sa.String(64)),
        sa.PrimaryKeyConstraint("kind", "id", name=op.f("pk_log_subject")),
        comment="Latest entry of each subject: what snapshots read and digests are kept with.",
    )


def _create_relay() -> None:
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


def downgrade() -> None:
    for table in ("relay", "log_subject", "log_entry", "log_generation", "log_head"):
        op.drop_table(table)
