"""Puts the outbox together with the features that post through it, each with its own kind of messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.approval.kind import draft_kind, preview_kind
from bot.clubs.kind import club_kind
from bot.clubs.service import ClubOutbox, ClubService, ClubTemplates
from bot.corpus.model import Summary
from bot.outbox.delivery import Message
from bot.outbox.edits import Edits
from bot.outbox.kinds import Kinds
from bot.outbox.ledger import Ledger
from bot.outbox.timing import Timing
from bot.outbox.transport import Messenger
from bot.outbox.worker import Worker
from bot.publishing.corrections import Corrections, RenderCorrection
from bot.publishing.follows import Follows, RenderFollow
from bot.publishing.kinds import OWN, follow_kind, month_kind, notice_kind
from bot.publishing.months import Months, RenderMonth
from bot.publishing.own_months import OwnMonths
from bot.publishing.publisher import Publisher
from bot.publishing.reports import Reports
from bot.publishing.subscriptions import Subscriptions
from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class MessageTemplates:
    """Render what is posted: a month; to a follower of topics; that a channel is paused (with Slack's code); that someone
    subscribed a channel; the messages of journal clubs; that a summary which someone reported is corrected, and the same to
    curators; and the reply in a month's thread about a correction.
    """

    month: RenderMonth
    follow: RenderFollow
    paused: Callable[[str, str], Message]
    subscribed: Callable[[str], Message]
    club: ClubTemplates
    corrected: Callable[[Summary], Message]
    report_over: Callable[[Summary, str, float], Message]
    correction: RenderCorrection


@dataclass(frozen=True, slots=True)
class Features:
    """The outbox and the features that post through it."""

    ledger: Ledger
    worker: Worker
    publisher: Publisher
    clubs: ClubService
    reports: Reports


def kinds(paused: Callable[[str, str], Message] | None = None, curators: Sequence[str] = ()) -> Kinds:
    """Return every kind of message that this version posts. Without `paused`, nobody is notified of a paused channel."""
    own = month_kind(paused, curators, name=OWN)
    month = month_kind(paused, curators)
    return Kinds(month, own, follow_kind(), notice_kind(), draft_kind(), preview_kind(), club_kind())


def build_features(
    database: Database,
    messenger: Messenger,
    templates: MessageTemplates,
    *,
    curators: Sequence[str] = (),
    timing: Timing | None = None,
    step: Callable[[str], None] = lambda _name: None,
) -> Features:
    """Return the parts over one database and one Slack. `step` is called by name between their steps (crash tests kill
    there).
    """
    ledger = Ledger(database, kinds(templates.paused, curators), timing)
    worker = Worker(ledger, messenger, step)
    edits = Edits(ledger, messenger, step)
    months = Months(ledger, templates.month, step)
    publisher = Publisher(
        months=months,
        corrections=Corrections(ledger, edits, templates.month, templates.correction, step),
        subscriptions=Subscriptions(ledger, worker, templates.subscribed, step),
        follows=Follows(ledger, templates.follow, step),
        own=OwnMonths(ledger, months),
    )
    clubs = ClubService(ClubOutbox(ledger, worker, edits), templates.club, step)
    return Features(ledger, worker, publisher, clubs, Reports(ledger, templates.corrected, templates.report_over))
