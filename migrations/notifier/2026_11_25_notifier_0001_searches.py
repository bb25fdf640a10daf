"""Saved searches, their deliveries with every attempt, and how far the log was matched."""

import sqlalchemy as sa
from alembic import op

revision = "notifier_0001"
down_revision = None
branch_labels = ("notifier",)
depends_on = None


def upgrade() -> None:
    _create_mark()
    _create_searches()
    _create_deliveries()
    _create_attempts()


def _create_mark() -> None:
    op.create_table(
        "notifier_mark",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False, comment="last entry that was matched"),
        sa.Column("published_ms", sa.BigInteger, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_notifier_mark_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifier_mark")),
        comment="How far the log was matched. Whoever changes which searches are matched locks it first.",
    )


def _create_searches() -> None:
    op.create_table(
        "saved_search",
        sa.Column("id", sa.String(30), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("owner", sa.String(255), nullable=False, comment="the access token's subject: no outlet shows it"),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("criteria", sa.Text, nullable=False, comment="services.events.contracts.criteria, JSON"),
        sa.Column("sees_restricted", sa.Boolean, nullable=False, comment="the owner may read restricted figures"),
        sa.Column("state", sa.String(10), nullable=False, comment="active, paused or disabled"),
        sa.Column("reason", sa.Text, comment="why it is disabled"),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("secret", sa.String(100), nullable=False, comment="needed in clear: deliveries are signed with it"),
        sa.Column("former_secret", sa.String(100), comment="signs too until former_secret_until_ms"),
        sa.Column("former_secret_until_ms", sa.BigInteger),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column(
            "since_generation", sa.Integer, nullable=False, comment="nothing up to this position is ever matched"
        ),
        sa.Column("since_position", sa.BigInteger, nullable=False),
        sa.Column("lease", sa.String(36), comment="the deliverer that works for this search"),
        sa.Column("lease_until_ms", sa.BigInteger, nullable=False),
        sa.Column("held_until_ms", sa.BigInteger, nullable=False, comment="its receiver is unwell: no attempt before"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
    )
    op.create_index("ix_saved_search_owner_created_ms", "saved_search", ["owner", "created_ms"])


def _create_deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(30), nullable=False),
        sa.Column("search_id", sa.String(30), nullable=False),
        sa.Column("event_id", sa.String(50), nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("subject_id", sa.String(60), nullable=False),
        sa.Column("transition", sa.String(10), nullable=False, comment="entered, changed, left or test"),
        sa.Column("payload", sa.Text, nullable=False, comment="the body exactly as it is sent and signed"),
        sa.Column("state", sa.String(10), nullable=False, comment="pending, delivered, failed, exhausted or discarded"),
        sa.Column("tries", sa.Integer, nullable=False, comment="attempts of the present round"),
        sa.Column("attempts", sa.Integer, nullable=False, comment="attempts of all rounds"),
        sa.Column("next_ms", sa.BigInteger, comment="when the next attempt is due; none when it is settled"),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.ForeignKeyConstraint(
            ["search_id"], ["saved_search.id"], ondelete="CASCADE", name=op.f("fk_delivery_search_id_saved_search")
        ),
        sa.UniqueConstraint("search_id", "event_id", name=op.f("uq_delivery_search_id")),
        comment="One event for one saved search.",
    )
    op.create_index("ix_delivery_search_id_next_ms", "delivery", ["search_id", "next_ms"])
    op.create_index("ix_delivery_search_id_position", "delivery", ["search_id", "generation", "position", "id"])
    op.create_index("ix_delivery_next_ms", "delivery", ["next_ms"])


def _create_attempts() -> None:
    op.create_table(
        "delivery_attempt",
        sa.Column("delivery_id", sa.String(30), nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("milliseconds", sa.Integer, nullable=False),
        sa.Column("status", sa.Integer, comment="none when there was no answer"),
        sa.Column("response", sa.Text, nullable=False, comment="the beginning of the answer's body"),
        sa.Column("error", sa.Text, comment="why there was no answer, or what is wrong with it"),
        sa.PrimaryKeyConstraint("delivery_id", "number", name=op.f("pk_delivery_attempt")),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.id"],
            ondelete="CASCADE",
            name=op.f("fk_delivery_attempt_delivery_id_delivery"),
        ),
    )


def downgrade() -> None:
    for table in ("delivery_attempt", "delivery", "saved_search", "notifier_mark"):
        op.drop_table(table)
