"""Each entry names the one before it of the same subject, so that an older state is found without a search."""

import sqlalchemy as sa
from alembic import op

revision = "events_0004"
down_revision = "events_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    comment = "position of the subject's entry before this one; none for its first"
    op.add_column("log_entry", sa.Column("previous", sa.BigInteger, comment=comment))
    op.execute(
        "UPDATE log_entry SET previous = former.previous FROM ("
        "SELECT position, lag(position) OVER (PARTITION BY subject_kind, subject_id ORDER BY position) AS previous "
        "FROM log_entry) AS former WHERE former.position = log_entry.position"
    )


def downgrade() -> None:
    with op.batch_alter_table("log_entry") as table:
        table.drop_column("previous")
