"""Curators write summaries of the team's own in Slack."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "own_summary",
        sa.Column("summary_id", sa.String(100), primary_key=True),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("added_at", sa.Float, nullable=False),
    )
