"""Readers suggest words by which a summary should be found."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "suggestion",
        sa.Column("team", sa.String(40), primary_key=True),
        sa.Column("summary_id", sa.String(100), primary_key=True),
        sa.Column("words", sa.String(150), primary_key=True),
        sa.Column("suggested_at", sa.Float, nullable=False),
    )
