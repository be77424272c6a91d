"""What listeners work with. Put together in `bot.server.run`; nothing here knows Bolt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.clubs.service import ClubService
from bot.evidence.pictures import Pictures
from bot.knowledge import Knowledge
from bot.outbox.ledger import Ledger
from bot.outbox.worker import Worker
from bot.publishing.publisher import Publisher
from bot.search.engine import Engine
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


@dataclass(slots=True)
class Installation:
    """Whether the app is still installed: `revoked` is the reason once Slack has said that it was removed."""

    revoked: str | None = None


@dataclass(frozen=True, slots=True)
class Services:
    """What the listeners work with. `channel` is the operator's default channel; setting `woken` starts the posting job now.
    `here` returns the time in the team's zone, and `post_hour` is the hour of its posts.
    """

    knowledge: Knowledge
    slack: SlackApi
    claims: Claims
    memory: Memory
    ledger: Ledger
    identity: Identity
    saves: Saves
    feedback: Feedback
    personal_data: PersonalData
    places: Places
    worker: Worker
    publisher: Publisher
    clubs: ClubService
    drafts: Drafts
    curators: Curators
    channel: str | None = None
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    installation: Installation = field(default_factory=Installation)
    pictures: Pictures = field(default_factory=Pictures)
    shared: SharedChannels = field(default_factory=SharedChannels)
    shared_channels: bool = False
    crisis_line: str | None = None
    approval: bool = True
    source: Sources | None = None
    here: Callable[[], datetime] = lambda: datetime.now(UTC)
    post_hour: int = 9

    def is_closed(self, channel: str) -> bool:
        """Return whether a channel is known to be shared with another organisation, where that is not allowed."""
        return not self.shared_channels and channel in self.shared

    @property
    def engine(self) -> Engine:
        """Return the search engine over the corpus in use."""
        return self.knowledge.engine
