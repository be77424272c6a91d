"""The tables: ids, states and times only. No question, message text, name or token is ever stored. Times are UTC epoch
seconds.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

metadata = MetaData()

claims = Table(
    "claim",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("state", String(10), nullable=False),  # claimed, sending, done
    Column("lease_until", Float, nullable=False),
    Column("created_at", Float, nullable=False, index=True),
)
"""What has been taken in: an event id or the hash of an interaction, so that each is handled once. Kept 48 hours."""

threads = Table(
    "thread",
    metadata,
    Column("channel", String(40), primary_key=True),
    Column("thread_ts", String(40), primary_key=True),
    Column("summary_id", String(100), nullable=False),
    Column("updated_at", Float, nullable=False, index=True),
)
"""The summary last answered in a thread, so that a follow-up knows what it follows. Kept 30 days."""

shares = Table(
    "share",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("channel", String(40), nullable=False),
    Column("ts", String(40), nullable=False),
    Column("user", String(40), nullable=False),
    Column("summary_id", String(100), nullable=False),
    Column("created_at", Float, nullable=False, index=True),
)
"""A card somebody shared, so that only they can take it back. Kept 30 days."""

subscriptions = Table(
    "subscription",
    metadata,
    Column("team", String(40), primary_key=True),
    Column("channel", String(40), primary_key=True),
    Column("after_month", String(7), nullable=False),
    Column("created_at", Float, nullable=False),
)
"""A channel that gets each new month later than `after_month`, the newest month when it was set up."""

deliveries = Table(
    "delivery",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("month", String(7), nullable=False),
    Column("team", String(40), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("part", Integer, nullable=False),  # 0 is the parent message, 1.. the cards in its thread
    Column("summary_id", String(100)),
    Column("payload", Text, nullable=False),
    Column("payload_sha256", String(64), nullable=False),
    Column("state", String(10), nullable=False),  # planned, sending, uncertain, sent, manual, failed
    Column("attempts", Integer, nullable=False, default=0),
    Column("fence", Integer, nullable=False, default=0),
    Column("next_at", Float, nullable=False),
    Column("lease_until", Float, nullable=False, default=0),
    Column("first_try_at", Float),
    Column("settle_at", Float),
    Column("ts", String(40)),
    Column("error", String(60)),
    Column("resolved_by", String(10)),  # reply, event, history, human
    Column("created_at", Float, nullable=False),
    Column("changed_at", Float, nullable=False),
    UniqueConstraint("month", "team", "channel", "part"),
    Index("delivery_due", "state", "next_at"),
)
"""One row for each message that must exist. The payload is frozen when it is planned, so every attempt sends the same
bytes.
"""

receipts = Table(
    "receipt",
    metadata,
    Column("delivery_id", String(40), ForeignKey("delivery.id"), primary_key=True),
    Column("ts", String(40), primary_key=True),
    Column("source", String(10), nullable=False),
    Column("seen_at", Float, nullable=False),
    Column("removed_at", Float),
)
"""Proof that a message stands in Slack. Two for one delivery: a second copy, which the sweep removes."""
