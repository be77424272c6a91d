"""The tables: ids, states and times only. No question, message text, name or token is ever stored; the only words of a
clinician's own are the notes on what they saved. Times are UTC epoch seconds.

A change here needs a migration (`bot.store.migrations`); what is added has a default of the database's own, so that replicas
of the version before can go on writing while a newer one has begun.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

metadata = MetaData()

claims = Table(
    "claim",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("state", String(10), nullable=False),  # claimed, sending, done
    Column("lease_until", Float, nullable=False),
    Column("created_at", Float, nullable=False, index=True),
)
"""What was received: an event id or the hash of an interaction, so that each is handled once. Deleted after 48 hours."""

threads = Table(
    "thread",
    metadata,
    Column("channel", String(40), primary_key=True),
    Column("thread_ts", String(40), primary_key=True),
    Column("summary_id", String(100), nullable=False),
    Column("updated_at", Float, nullable=False, index=True),
)
"""The summary last answered in a thread, so that a follow-up knows what it follows. Deleted after 30 days."""

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
"""A card that someone shared, so that only they can remove it. Deleted after 30 days."""

subscriptions = Table(
    "subscription",
    metadata,
    Column("team", String(40), primary_key=True),
    Column("channel", String(40), primary_key=True),
    Column("after_month", String(7), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("state", String(10), nullable=False, server_default="active"),  # active, paused
    Column("paused_why", String(60)),
    Column("subscribed_by", String(40)),  # null: the operator, by PPRNET_CHANNEL; "": one who was forgotten
    Column("told_at", Float, key="notified_at"),
    Column("is_default", Boolean, nullable=False, server_default=false()),
)
"""A channel that gets each new month later than `after_month`, the newest month when it was set up. Paused while Slack does
not let the bot post there; `notified_at` (in the database told_at): when its subscriber was notified of that.
"""

follows = Table(
    "follow",
    metadata,
    Column("team", String(40), primary_key=True),
    Column("user", String(40), primary_key=True),
    Column("topic", String(100), primary_key=True),
    Column("after_month", String(7), nullable=False),
    Column("created_at", Float, nullable=False),
)
"""A person who gets a message when a month later than `after_month` covers a topic."""

deliveries = Table(
    "delivery",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("month", String(7), key="subject", nullable=False),
    Column("team", String(40), nullable=False),
    Column("channel", String(40), key="recipient", nullable=False),
    Column("part", Integer, nullable=False),
    Column("summary_id", String(100), key="key"),
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
    Column("kind", String(10), nullable=False, server_default="month"),  # month, own, follow, draft, notice, club
    Column("source_sha256", String(64)),
    Column("place", String(40)),
    UniqueConstraint("kind", "subject", "team", "recipient", "part"),
    Index("delivery_due", "state", "next_at"),
)
"""One row for each message that must exist. `subject`: what it is about (a month, a club's id, "" for a notice);
`recipient`: a channel or a person; `part`: its number in the order of the messages on that subject; `key`: which of them it
is (a summary's id for a card, what a notice is about); `place`: the conversation of a draft's message to a person. In the
database, three of them have the names that earlier versions know, so that one may run beside: month, channel, summary_id.

The payload is frozen when it is planned, so every attempt sends the same bytes. `source_sha256` is of the content it was
made from: when that changes, the posted message is corrected in place.
"""

editions = Table(
    "edition",
    metadata,
    Column("delivery_id", String(40), ForeignKey("delivery.id"), primary_key=True),
    Column("payload_sha256", String(64), primary_key=True),
    Column("applied_at", Float, nullable=False),
)
"""The payloads that a posted message has had, so that replicas with different corpora do not correct it back and forth."""

receipts = Table(
    "receipt",
    metadata,
    Column("delivery_id", String(40), ForeignKey("delivery.id"), primary_key=True),
    Column("ts", String(40), primary_key=True),
    Column("source", String(10), nullable=False),
    Column("seen_at", Float, nullable=False),
    Column("removed_at", Float),
)
"""Proof that a message was posted in Slack. Two for one delivery: a second copy, which is removed."""

clubs = Table(
    "club",
    metadata,
    Column("id", String(7), primary_key=True),
    Column("team", String(40), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("summary_id", String(100), nullable=False),
    Column("day", String(10), nullable=False),
    Column("state", String(10), nullable=False),  # planned, cancelled, over
    Column("planned_by", String(40)),  # null: one who was forgotten
    Column("dated_at", Float, nullable=False),
    Column("changes", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("changed_at", Float, nullable=False),
    Index(
        "club_once",
        "team",
        "channel",
        "summary_id",
        unique=True,
        sqlite_where=text("state = 'planned'"),
        postgresql_where=text("state = 'planned'"),
    ),
)
"""A journal club: a summary that a channel talks about on a day (of the team's calendar). `dated_at`: when it got this day;
`changes`: how often it was moved or cancelled. Its messages are deliveries with its id in place of a month.
"""

drafts = Table(
    "draft",
    metadata,
    Column("month", String(7), primary_key=True),
    Column("state", String(10), nullable=False),  # new, held, approved, own
    Column("content", Text, nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("reasons", Text, nullable=False),  # a JSON list
    Column("note", Text),
    Column("decided_by", String(40)),
    Column("decided_at", Float),
    Column("created_at", Float, nullable=False),
    Column("changed_at", Float, nullable=False),
    Column("note_by", String(40)),
)
"""A month that came from the blog, an addition to one, what the team wrote itself and wants posted, or (in a workspace that
joined) a month of the shared library; it waits for a curator's decision. Then what was decided. `month`: its key
(bot.store.drafts).
"""

sources = Table(
    "source",
    metadata,
    Column("url_sha256", String(64), primary_key=True),
    Column("etag", String(200)),
    Column("last_modified", String(60)),
    Column("checked_at", Float),
    Column("succeeded_at", Float),
    Column("next_at", Float, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("trouble", String(200)),
    Column("told_at", Float, key="notified_at"),
    Column("lease_until", Float, nullable=False, server_default="0"),
)
"""A page that is checked for new months: when it was read last, and when it is read next and by whom."""

saved = Table(
    "saved",
    metadata,
    Column("team", String(40), primary_key=True),
    Column("user", String(40), primary_key=True),
    Column("summary_id", String(100), primary_key=True),
    Column("saved_at", Float, nullable=False),
    Column("note", String(300)),
)
"""A summary that someone saved, and their note on it. Nobody else sees it. Stored until they remove it."""

feedback = Table(
    "feedback",
    metadata,
    Column("team", String(40), primary_key=True),
    Column("user", String(40), primary_key=True),
    Column("summary_id", String(100), primary_key=True),
    Column("answer", String(20), nullable=False),  # a value of bot.store.feedback.Answer
    Column("answered_at", Float, nullable=False),
    Index("feedback_of_team", "team", "summary_id"),
)
"""What someone answered to "will you use this?": their last word on a summary. Shown to others as counts only."""

suggestions = Table(
    "suggestion",
    metadata,
    Column("team", String(40), primary_key=True),
    Column("summary_id", String(100), primary_key=True),
    Column("words", String(150), primary_key=True),
    Column("suggested_at", Float, nullable=False),
)
"""Words that a reader would type to find a summary, given on purpose and without a name, until a curator has them."""

suggestion_decisions = Table(
    "suggestion_decision",
    metadata,
    Column("team", String(40), primary_key=True),
    Column("decided_by", String(40)),  # null: one who was forgotten
    Column("decided_at", Float, nullable=False),
)
"""Who decided last on words that readers suggested or that were drafted, and when. Not on which."""

revisions = Table(
    "revision",
    metadata,
    Column("summary_id", String(100), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("month", String(7), nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("revised_by", String(40)),
    Column("revised_at", Float, nullable=False),
)
"""What a curator changed of a summary in Slack: the number of the change, and as JSON the changed fields as they were and as
they are now. Every replica makes the same change in its own folder, so rows stay.
"""

reports = Table(
    "report",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("team", String(40), nullable=False),
    Column("user", String(40), nullable=False),
    Column("summary_id", String(100), nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("reported_at", Float, nullable=False, index=True),
)
"""Someone who said that something is wrong with a summary and wants to know when it is corrected: until then, 180 days at
most. Of those who do not want that, nothing is stored. `content_sha256`: what the summary was when they said so.
"""

own_summaries = Table(
    "own_summary",
    metadata,
    Column("summary_id", String(100), primary_key=True),
    Column("entry", Text, nullable=False),  # JSON
    Column("added_at", Float, nullable=False),
)
"""A summary that the team wrote in Slack, without a name: every replica writes it into its own folder, once."""

rejected_candidates = Table(
    "rejected_candidate",
    metadata,
    Column("mark", String(64), primary_key=True),
    Column("rejected_at", Float, nullable=False),
)
"""What a feed brought and a curator does not want, without a name: a hash of its address or title."""

papers = Table(
    "paper",
    metadata,
    Column("doi", String(300), primary_key=True),
    Column("notices", Text, nullable=False, server_default="[]"),
    Column("tried_at", Float, nullable=False),
    Column("checked_at", Float),
    Column("known", Boolean, nullable=False, server_default=true()),
)
"""A paper of the library, by its DOI in lower case: the notices on it (a JSON list of kind, DOI and date), when the source
was last asked, when it last answered, and whether it knew the DOI.
"""

learners = Table(
    "learner",
    metadata,
    Column("team", String(40), primary_key=True),
    Column("user", String(40), primary_key=True),
    Column("since", Float, nullable=False),
)
"""Not used since schema 0005: who had turned the learning log on. Only a replica of an earlier version writes here."""

learned = Table(
    "learned",
    metadata,
    Column("team", String(40), primary_key=True),
    Column("user", String(40), primary_key=True),
    Column("summary_id", String(100), primary_key=True),
    Column("opened_at", Float),
    Column("saved_at", Float),
    Column("reflection", String(300)),
    Column("changed_at", Float, nullable=False),
)
"""Not used since schema 0005, which moved these entries of the learning log to `saved`. A later schema can move once more
what replicas of earlier versions wrote meanwhile, and drop both tables.
"""
