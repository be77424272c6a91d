"""What listeners work with, in parts. Put together in `bot.server.services`; nothing here knows Bolt."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.approval.candidates import CandidateReview
from bot.approval.own_summaries import OwnWorker
from bot.approval.preview import Previews
from bot.approval.revising import Revising
from bot.approval.shared_months import SharedMonths
from bot.asks.review import AskReview
from bot.asks.thin import NotFound
from bot.clubs.service import ClubService
from bot.evidence.pictures import Pictures
from bot.knowledge import Knowledge
from bot.listeners.background import Background
from bot.meaning.service import Meaning
from bot.outbox.ledger import Ledger
from bot.publishing.follows import Follows
from bot.publishing.months import LetOut, Months, everything
from bot.publishing.reports import Reports
from bot.publishing.subscriptions import Subscriptions
from bot.search.engine import Engine
from bot.settings.own_settings import OwnSettings
from bot.slack.client import SlackApi
from bot.slack.curators import Curators
from bot.slack.identity import Identity
from bot.slack.slack_connect import SharedChannels
from bot.store.claims import Claims
from bot.store.drafts import Drafts
from bot.store.feedback import Feedback
from bot.store.memory import Memory
from bot.store.personal_data import PersonalData
from bot.store.places import Places
from bot.store.saves import Saves
from bot.store.sources import Sources
from bot.store.suggestions import Suggestions


@dataclass(slots=True)
class Installation:
    """Whether the app is still installed: `revoked` is the reason once Slack has said that it was removed. `on_revoked`:
    what a workspace that joined does then, with the time (UTC epoch seconds) of what Slack says.
    """

    revoked: str | None = None
    on_revoked: Callable[[float | None], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Workspace:
    """Who we are in the workspace, who its curators are, and what the operator has set for it: the default `channel`, the
    crisis line, and the hour of posts. `here` returns the time in the team's zone.
    """

    identity: Identity
    curators: Curators
    shared: SharedChannels
    channel: str | None
    crisis_line: str | None
    post_hour: int
    here: Callable[[], datetime]
    installation: Installation = field(default_factory=Installation)


@dataclass(frozen=True, slots=True)
class Stores:
    """What is stored about people and their conversations."""

    claims: Claims
    memory: Memory
    saves: Saves
    feedback: Feedback
    places: Places
    suggestions: Suggestions
    personal_data: PersonalData


@dataclass(frozen=True, slots=True)
class Posts:
    """The features that post to channels and to people. `ledger` takes the receipts of what was posted; setting `woken`
    starts the posting job now.
    """

    ledger: Ledger
    months: Months
    subscriptions: Subscriptions
    follows: Follows
    clubs: ClubService
    reports: Reports
    woken: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Approval:
    """New months: their drafts, the state of the blog check (None where there is none), whether complete ones need approval,
    too, and what makes previews; and what curators change of summaries. `let_out` returns the library without the months
    that this workspace's curators have not let out, `shared` makes drafts of those of a shared library.
    """

    drafts: Drafts
    source: Sources | None
    required: bool
    revising: Revising
    previews: Previews
    let_out: LetOut = everything
    shared: SharedMonths | None = None


@dataclass(frozen=True, slots=True)
class SettingsInSlack:
    """What is set in Slack, and what stores something else."""

    values: OwnSettings
    save: Callable[[OwnSettings], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Services:
    """What the listeners work with. `library_curators` may change the library, which many workspaces may share: there, they
    are those of the operator's own. `own_settings`: where the workspace is one of many, what its curators set in Slack.
    """

    knowledge: Knowledge
    slack: SlackApi
    workspace: Workspace
    stores: Stores
    posts: Posts
    approval: Approval
    pictures: Pictures
    meaning: Meaning
    asks: AskReview
    not_found: NotFound
    own: OwnWorker
    candidates: CandidateReview
    library_curators: Curators
    background: Background = field(default_factory=Background)
    own_settings: SettingsInSlack | None = None

    @property
    def owns_library(self) -> bool:
        """Return whether the library is this workspace's to change."""
        return self.library_curators is self.workspace.curators

    @property
    def engine(self) -> Engine:
        """Return the search engine over the corpus in use."""
        return self.knowledge.engine

    @property
    def team(self) -> str:
        """Return the workspace's id."""
        return self.workspace.identity.team_id
