"""The registry: organisations, what must be unique about them, their members, answers kept for repeats."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "registry_0001"
down_revision = None
branch_labels = ("registry",)
depends_on = None


def upgrade() -> None:
    _create_organisations()
    for table, comment in (
        (
            "enterprise_number",
            "One organisation at most has a given enterprise number; archived and merged ones have none.",
        ),
        (
            "establishment_number",
            "One organisation at most has a given establishment unit; archived and merged ones have none.",
        ),
    ):
        _create_numbers(table, comment)
    _create_slug_redirects()
    _create_name_keys()
    _create_members()
    _create_notes()
    _create_idempotency()
    _create_secrets()


def _create_organisations() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.String(20), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column(
            "validated_on",
            sa.Date,
            nullable=False,
            comment="last validation, else registration: what staleness counts from",
        ),
        sa.Column("document", sa.Text, nullable=False, comment="the whole aggregate, private part included, JSON"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    op.create_index("ix_organisation_state_id", "organisation", ["state", "id"])
    op.create_index("ix_organisation_state_validated_on", "organisation", ["state", "validated_on"])


def _organisation_id(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    name = op.f(f"fk_{table}_organisation_id_organisation")
    column = sa.Column("organisation_id", sa.String(20), nullable=False)
    return column, sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=name)


def _create_numbers(table: str, comment: str) -> None:
    op.create_table(
        table,
        sa.Column("number", sa.String(10), nullable=False),
        *_organisation_id(table),
        sa.PrimaryKeyConstraint("number", name=op.f(f"pk_{table}")),
        comment=comment,
    )
    op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])


def _create_slug_redirects() -> None:
    op.create_table(
        "slug_redirect",
        sa.Column("slug", sa.String(80), nullable=False),
        *_organisation_id("slug_redirect"),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_slug_redirect")),
        comment="Slugs that an organisation had before, or that came with one merged into it.",
    )
    op.create_index(op.f("ix_slug_redirect_organisation_id"), "slug_redirect", ["organisation_id"])


def _create_name_keys() -> None:
    op.create_table(
        "name_key",
        *_organisation_id("name_key"),
        sa.Column("key", sa.String(80), nullable=False, comment="what likely duplicates have in common"),
        sa.Column(
            "name",
            sa.String(200),
            nullable=False,
            comment="the folded title that is compared; empty for other keys",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "key", "name", name=op.f("pk_name_key")),
    )
    op.create_index("ix_name_key_key", "name_key", ["key"])


def _create_members() -> None:
    op.create_table(
        "member",
        *_organisation_id("member"),
        sa.Column("subject", sa.String(255), nullable=False, comment="the access token's subject"),
        sa.Column("relation", sa.String(10), nullable=False, comment="owner or editor"),
        sa.PrimaryKeyConstraint("organisation_id", "subject", name=op.f("pk_member")),
    )
    op.create_index("ix_member_subject", "member", ["subject"])


def _create_notes() -> None:
    op.create_table(
        "review_note",
        *_organisation_id("review_note"),
        sa.Column(
            "version",
            sa.BigInteger,
            autoincrement=False,
            nullable=False,
            comment="the version that the decision made",
        ),
        sa.Column("move", sa.String(30), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("written_on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "version", name=op.f("pk_review_note")),
        comment="What moderators wrote with a decision. Private: it stands in no document and no log.",
    )


def _create_idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("subject", "key", name=op.f("pk_idempotency")),
        comment="Answers to requests with an Idempotency-Key, written in the transaction of the change; kept 24 hours.",
    )
    op.create_index("ix_idempotency_created_ms", "idempotency", ["created_ms"])


def _create_secrets() -> None:
    table = op.create_table(
        "registry_secret",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_registry_secret")),
        comment="Keys that every process of the registry must agree on; made by the migration.",
    )
    op.bulk_insert(table, [{"name": "confirmation", "value": secrets.token_hex(32)}])


def downgrade() -> None:
    for table in ("registry_secret", "idempotency", "review_note", "member", "name_key", "slug_redirect"):
        op.drop_table(table)
    for table in ("establishment_number", "enterprise_number", "organisation"):
        op.drop_table(table)
