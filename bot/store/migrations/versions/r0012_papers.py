"""The library's papers are checked for retractions and corrections."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "paper",
        sa.Column("doi", sa.String(300), primary_key=True),
        sa.Column("notices", sa.Text, nullable=False, server_default="[]"),
        sa.Column("tried_at", sa.Float, nullable=False),
        sa.Column("checked_at", sa.Float),
        sa.Column("known", sa.Boolean, nullable=False, server_default=sa.true()),
    )
