"""Who decided last on a suggestion, so that the message about suggestions can say so."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "suggestion_decision",
        sa.Column("team", sa.String(40), primary_key=True),
        sa.Column("decided_by", sa.String(40)),
        sa.Column("decided_at", sa.Float, nullable=False),
    )
