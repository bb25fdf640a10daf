"""The log can be cut: it remembers from which position on every entry is kept."""

import sqlalchemy as sa
from alembic import op

revision = "events_0005"
down_revision = "events_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    comment = "from this position on every entry is kept; of those before it, each subject's last one"
    op.add_column("log_head", sa.Column("first", sa.BigInteger, nullable=False, server_default="1", comment=comment))


def downgrade() -> None:
    op.drop_column("log_head", "first")
