"""Journal clubs. Their messages are deliveries of a kind of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "club",
        sa.Column("id", sa.String(7), primary_key=True),
        sa.Column("team", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("summary_id", sa.String(100), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("planned_by", sa.String(40)),
        sa.Column("dated_at", sa.Float, nullable=False),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("changed_at", sa.Float, nullable=False),
        sa.Index(
            "club_once",
            "team",
            "channel",
            "summary_id",
            unique=True,
            sqlite_where=sa.text("state = 'planned'"),
            postgresql_where=sa.text("state = 'planned'"),
        ),
    )
