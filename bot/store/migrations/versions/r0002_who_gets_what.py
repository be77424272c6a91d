"""Who gets what: subscriptions with a state, followed topics, drafts, watched pages, corrections of what was posted."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns and tables."""
    op.add_column("subscription", sa.Column("state", sa.String(10), nullable=False, server_default="active"))
    op.add_column("subscription", sa.Column("paused_why", sa.String(60)))
    op.add_column("subscription", sa.Column("subscribed_by", sa.String(40)))
    op.add_column("subscription", sa.Column("told_at", sa.Float))
    op.add_column("subscription", sa.Column("is_default", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "follow",
        sa.Column("team", sa.String(40), primary_key=True),
        sa.Column("user", sa.String(40), primary_key=True),
        sa.Column("topic", sa.String(100), primary_key=True),
        sa.Column("after_month", sa.String(7), nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_delivery()
    else:
        op.add_column("delivery", sa.Column("kind", sa.String(10), nullable=False, server_default="month"))
        op.add_column("delivery", sa.Column("source_sha256", sa.String(64)))
        op.drop_constraint("delivery_month_team_channel_part_key", "delivery", type_="unique")
        op.create_unique_constraint(None, "delivery", ["kind", "month", "team", "channel", "part"])
    op.create_table(
        "edition",
        sa.Column("delivery_id", sa.String(40), sa.ForeignKey("delivery.id"), primary_key=True),
        sa.Column("payload_sha256", sa.String(64), primary_key=True),
        sa.Column("applied_at", sa.Float, nullable=False),
    )
    op.create_table(
        "draft",
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("decided_by", sa.String(40)),
        sa.Column("decided_at", sa.Float),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("changed_at", sa.Float, nullable=False),
    )
    op.create_table(
        "source",
        sa.Column("url_sha256", sa.String(64), primary_key=True),
        sa.Column("etag", sa.String(200)),
        sa.Column("last_modified", sa.String(60)),
        sa.Column("checked_at", sa.Float),
        sa.Column("succeeded_at", sa.Float),
        sa.Column("next_at", sa.Float, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("trouble", sa.String(200)),
        sa.Column("told_at", sa.Float),
        sa.Column("lease_until", sa.Float, nullable=False, server_default="0"),
    )


def _rebuild_delivery() -> None:
    """SQLite cannot change a constraint: the table is made again. Its receipts step aside, since they refer to it."""
    columns = """id, month, team, channel, part, summary_id, payload, payload_sha256, state, attempts, fence, next_at,
        lease_until, first_try_at, settle_at, ts, error, resolved_by, created_at, changed_at"""
    op.execute("CREATE TEMPORARY TABLE receipt_aside AS SELECT delivery_id, ts, source, seen_at, removed_at FROM receipt")
    op.drop_table("receipt")
    op.drop_index("delivery_due", "delivery")
    op.rename_table("delivery", "delivery_aside")
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("team", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("summary_id", sa.String(100)),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("payload_sha256", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("next_at", sa.Float, nullable=False),
        sa.Column("lease_until", sa.Float, nullable=False),
        sa.Column("first_try_at", sa.Float),
        sa.Column("settle_at", sa.Float),
        sa.Column("ts", sa.String(40)),
        sa.Column("error", sa.String(60)),
        sa.Column("resolved_by", sa.String(10)),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("changed_at", sa.Float, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False, server_default="month"),
        sa.Column("source_sha256", sa.String(64)),
        sa.UniqueConstraint("kind", "month", "team", "channel", "part"),
        sa.Index("delivery_due", "state", "next_at"),
    )
    op.execute(f"INSERT INTO delivery ({columns}) SELECT {columns} FROM delivery_aside")  # noqa: S608  (our own names)
    op.drop_table("delivery_aside")
    op.create_table(
        "receipt",
        sa.Column("delivery_id", sa.String(40), sa.ForeignKey("delivery.id"), primary_key=True),
        sa.Column("ts", sa.String(40), primary_key=True),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("seen_at", sa.Float, nullable=False),
        sa.Column("removed_at", sa.Float),
    )
    op.execute("INSERT INTO receipt SELECT delivery_id, ts, source, seen_at, removed_at FROM receipt_aside")
    op.drop_table("receipt_aside")
