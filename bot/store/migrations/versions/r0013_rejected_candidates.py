"""Curators say no to what feeds brought."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "rejected_candidate",
        sa.Column("mark", sa.String(64), primary_key=True),
        sa.Column("rejected_at", sa.Float, nullable=False),
    )
