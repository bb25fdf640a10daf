"""Digests by view, so that a further view is a declaration; hash slots and causes of entries."""

import json
from collections.abc import Callable
from typing import Any
from zlib import crc32

import sqlalchemy as sa
from alembic import op

revision = "events_0002"
down_revision = "events_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _replace_head(
        [sa.Column("digests", sa.Text, nullable=False, comment="digest of each view, JSON")],
        lambda row: {"digests": _json(row["internal_digest"], row["public_digest"])},
    )
    _join_hashes()
    _add_to_entries()


def _replace_head(columns: list[sa.Column[Any]], values: Callable[[sa.RowMapping], dict[str, str]]) -> None:
    """The one-row table anew: SQLite changes a table by copying it, and forgets what it checks."""
    row = op.get_bind().execute(sa.text("SELECT * FROM log_head")).mappings().one()
    op.drop_table("log_head")
    kept = ("id", "generation", "position", "published_ms")
    head = op.create_table(
        "log_head",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("published_ms", sa.BigInteger, nullable=False),
        *columns,
        sa.CheckConstraint("id = 1", name=op.f("ck_log_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
        comment="One row: where the log stands. Whoever writes locks it first, so positions have no gap.",
    )
    op.bulk_insert(head, [{name: row[name] for name in kept} | values(row)])


def _json(internal: str, public: str) -> str:
    return json.dumps({"internal": internal, "public": public}, separators=(",", ":"))


def _join_hashes() -> None:
    comment = "its hash in each view that holds it, JSON; none while no view does"
    op.add_column("log_subject", sa.Column("hashes", sa.Text, comment=comment))
    # Where a side is NULL the whole is: no view holds the subject.
    joined = """'{"internal":"' || internal_hash || '","public":"' || public_hash || '"}'"""
    op.execute(f"UPDATE log_subject SET hashes = {joined}")  # noqa: S608
    op.drop_column("log_subject", "public_hash")
    op.drop_column("log_subject", "internal_hash")


def _add_to_entries() -> None:
    slot = sa.Column("slot", sa.SmallInteger, comment="hash slot of the subject, 0 to 255: relays share by it")
    cause = sa.Column("causation_id", sa.String(36), comment="id of the event that led to this one")
    with op.batch_alter_table("log_entry") as table:
        table.add_column(slot)
        table.add_column(cause)
    _fill_slots(op.get_bind())
    with op.batch_alter_table("log_entry") as table:
        table.alter_column("slot", existing_type=sa.SmallInteger, nullable=False)


def _fill_slots(connection: sa.Connection) -> None:
    """Through a table of its own: neither database reckons CRC-32, and subjects can be a million."""
    own = sa.Table(
        "slot_of_subject",
        sa.MetaData(),
        sa.Column("id", sa.String(60), primary_key=True),
        sa.Column("slot", sa.Integer),
    )
    own.create(connection)
    subjects = connection.execute(sa.text("SELECT DISTINCT id FROM log_subject")).scalars()
    for part in subjects.partitions(5_000):
        connection.execute(own.insert(), [{"id": name, "slot": crc32(name.encode()) % 256} for name in part])
    connection.execute(
        sa.text("UPDATE log_entry SET slot = (SELECT slot FROM slot_of_subject WHERE id = log_entry.subject_id)")
    )
    own.drop(connection)


def downgrade() -> None:
    with op.batch_alter_table("log_entry") as table:
        table.drop_column("causation_id")
        table.drop_column("slot")
    _split_hashes()
    _replace_head(
        [sa.Column(name, sa.String(64), nullable=False) for name in ("public_digest", "internal_digest")],
        lambda row: {f"{view}_digest": digest for view, digest in json.loads(row["digests"]).items()},
    )


def _split_hashes() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for view in ("public", "internal"):
        op.add_column("log_subject", sa.Column(f"{view}_hash", sa.String(64)))
        value = f"hashes::json ->> '{view}'" if postgresql else f"json_extract(hashes, '$.{view}')"
        op.execute(f"UPDATE log_subject SET {view}_hash = {value}")  # noqa: S608
    op.drop_column("log_subject", "hashes")
