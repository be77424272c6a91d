"""Readers may ask to be notified when a summary that they reported has been corrected."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "report",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("team", sa.String(40), nullable=False),
        sa.Column("user", sa.String(40), nullable=False),
        sa.Column("summary_id", sa.String(100), nullable=False),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("reported_at", sa.Float, nullable=False),
    )
    op.create_index("ix_report_reported_at", "report", ["reported_at"])
