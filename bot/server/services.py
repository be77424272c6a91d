"""Opens what a running bot works with: the database, Slack, and the features on top of them."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.approval.asks import AskWriter
from bot.approval.candidates import CandidateReview
from bot.approval.own_summaries import OwnWorker
from bot.approval.preview import Previews
from bot.approval.revising import Revising
from bot.approval.shared_months import SharedMonths
from bot.asks.review import AskReview
from bot.asks.thin import NotFound
from bot.evidence.pictures import Pictures
from bot.knowledge import Knowledge
from bot.listeners.services import Approval, Posts, Services, SettingsInSlack, Stores, Workspace
from bot.meaning.service import Meaning
from bot.outbox.timing import Timing
from bot.outside.state import Outside
from bot.server.features import Features, build_features
from bot.server.messages import templates
from bot.settings import Settings
from bot.slack.client import SlackApi
from bot.slack.curators import Curators
from bot.slack.identity import Identity
from bot.slack.slack_connect import SharedChannels
from bot.slack.startup import identify, retry_until_reachable
from bot.store.candidates import RejectedCandidates
from bot.store.claims import Claims
from bot.store.database import Database
from bot.store.drafts import Drafts
from bot.store.feedback import Feedback
from bot.store.memory import Memory
from bot.store.own_summaries import OwnSummaries
from bot.store.personal_data import PersonalData
from bot.store.places import Places
from bot.store.revisions import Revisions
from bot.store.saves import Saves
from bot.store.sources import Sources
from bot.store.suggestions import Suggestions

DRAIN = 20.0
"""Seconds that requests and jobs in progress get to finish after SIGTERM."""


@dataclass(frozen=True, slots=True)
class Running:
    """What a running bot works with."""

    database: Database
    features: Features
    services: Services
    files: Outside = field(default_factory=lambda: Outside("the library's files", sys.maxsize, quiet=True))
    """The library on disk. Faults in it are the curators' to mend, and no trouble of the bot's."""


@dataclass(frozen=True, slots=True)
class JoinedAs:
    """What is known of a workspace that joined, and what it shares with the others."""

    identity: Identity
    pictures: Pictures
    own_settings: SettingsInSlack


def utc_now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


@contextlib.asynccontextmanager
async def open_services(
    settings: Settings,
    knowledge: Knowledge,
    stop: asyncio.Event | None = None,
    now: Callable[[], datetime] = utc_now,
    timing: Timing | None = None,
    meaning: Meaning | None = None,
    tell: Callable[[str], None] = lambda _why: None,
) -> AsyncIterator[Running]:
    """Open everything, and close it at the end; waits for Slack with growing pauses while it cannot be reached, and where
    there is a `stop`, for the database too. `tell` is called with what it waits for.

    Raises StoreError, SlackRefusesError, and StoppedError when `stop` is set while it waits.
    """
    if stop:
        database = await retry_until_reachable(lambda: Database.open(settings.database_url), stop, tell)
    else:
        database = await Database.open(settings.database_url)
    try:
        async with services_over(database, settings, knowledge, stop, now, timing, meaning, tell) as running:
            yield running
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def services_over(
    database: Database,
    settings: Settings,
    knowledge: Knowledge,
    stop: asyncio.Event | None = None,
    now: Callable[[], datetime] = utc_now,
    timing: Timing | None = None,
    meaning: Meaning | None = None,
    tell: Callable[[str], None] = lambda _why: None,
    joined: JoinedAs | None = None,
) -> AsyncIterator[Running]:
    """Open everything else over an open database. `joined`: of a workspace that joined, what is known of it and what it
    shares with the others; the library is not its own to change. Raises SlackRefusesError, and StoppedError.
    """
    slack = SlackApi(settings.bot_token or "", settings.api_url, joined.identity.team_id if joined else None)
    slack.is_our_time = now is utc_now
    features = build_features(database, slack, templates(), curators=settings.curators, timing=timing)
    if joined:
        identity, pictures = joined.identity, joined.pictures
    else:
        identity = await retry_until_reachable(lambda: identify(slack, settings), stop or asyncio.Event(), tell)
        pictures = Pictures()
    workspace = _workspace(settings, slack, identity, now)
    stores = _stores(database)
    approval = _approval(settings, database, features, identity.team_id, knowledge, joined)
    write_asks = AskWriter(approval.revising)
    services = Services(
        knowledge,
        slack,
        workspace,
        stores,
        _posts(features),
        approval,
        pictures,
        meaning or Meaning(),
        AskReview(stores.suggestions, identity.team_id, write_asks, lambda: knowledge.corpus),
        NotFound(),
        OwnWorker(OwnSummaries(database), settings.knowledge),
        CandidateReview(RejectedCandidates(database), settings.knowledge),
        library_curators=Curators((), _nobody) if joined else workspace.curators,
        own_settings=joined.own_settings if joined else None,
    )
    try:
        yield Running(database, features, services)
    finally:
        await services.background.close(DRAIN)
        if not joined:
            await pictures.close()


async def _nobody(_user: str) -> bool:
    return False


def _workspace(settings: Settings, slack: SlackApi, identity: Identity, now: Callable[[], datetime]) -> Workspace:
    return Workspace(
        identity=identity,
        curators=Curators(settings.curators, slack.is_admin),
        shared=SharedChannels(allowed=settings.shared_channels),
        channel=settings.channel,
        crisis_line=settings.crisis_line,
        post_hour=settings.post_hour,
        here=lambda: now().astimezone(settings.timezone),
    )


def _stores(database: Database) -> Stores:
    return Stores(
        claims=Claims(database),
        memory=Memory(database),
        saves=Saves(database),
        feedback=Feedback(database),
        places=Places(database),
        suggestions=Suggestions(database),
        personal_data=PersonalData(database),
    )


def _posts(features: Features) -> Posts:
    publisher = features.publisher
    return Posts(
        features.ledger,
        publisher.months,
        publisher.subscriptions,
        publisher.follows,
        features.clubs,
        features.reports,
    )


def _approval(
    settings: Settings, database: Database, features: Features, team: str, knowledge: Knowledge, joined: JoinedAs | None
) -> Approval:
    source = Sources(database, settings.source_url) if settings.source_url else None
    drafts = Drafts(database)
    revising = Revising(settings.knowledge, Revisions(database), drafts)
    posted = features.publisher
    previews = Previews(
        settings.knowledge, lambda: knowledge.corpus, posted.months, posted.subscriptions, team, settings.channel
    )
    if joined is None:
        return Approval(drafts, source, settings.approval, revising, previews)
    shared = SharedMonths(drafts, features.ledger, team, joined.own_settings.values.asks_after)
    return Approval(drafts, source, settings.approval, revising, previews, shared.let_out, shared)
