"""What a person keeps: saved summaries, an answer to "will you use this?", and a learning log for those who want one."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "saved",
        sa.Column("team", sa.String(40), primary_key=True),
        sa.Column("user", sa.String(40), primary_key=True),
        sa.Column("summary_id", sa.String(100), primary_key=True),
        sa.Column("saved_at", sa.Float, nullable=False),
    )
    op.create_table(
        "feedback",
        sa.Column("team", sa.String(40), primary_key=True),
        sa.Column("user", sa.String(40), primary_key=True),
        sa.Column("summary_id", sa.String(100), primary_key=True),
        sa.Column("answer", sa.String(20), nullable=False),
        sa.Column("answered_at", sa.Float, nullable=False),
        sa.Index("feedback_of_team", "team", "summary_id"),
    )
    op.create_table(
        "learner",
        sa.Column("team", sa.String(40), primary_key=True),
        sa.Column("user", sa.String(40), primary_key=True),
        sa.Column("since", sa.Float, nullable=False),
    )
    op.create_table(
        "learned",
        sa.Column("team", sa.String(40), primary_key=True),
        sa.Column("user", sa.String(40), primary_key=True),
        sa.Column("summary_id", sa.String(100), primary_key=True),
        sa.Column("opened_at", sa.Float),
        sa.Column("saved_at", sa.Float),
        sa.Column("reflection", sa.String(300)),
        sa.Column("changed_at", sa.Float, nullable=False),
    )
