"""What listeners work with. Put together in `bot.app`; nothing here knows Bolt."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.identity import Identity
from bot.knowledge import Knowledge
from bot.publishing.ledger import Ledger
from bot.search.engine import Engine
from bot.slack_api import SlackApi
from bot.store.claims import Claims
from bot.store.memory import Memory


@dataclass(slots=True)
class Standing:
    """Whether this installation still stands: cleared when Slack says that the app was removed or its token revoked."""

    revoked: str | None = None


@dataclass(frozen=True, slots=True)
class Services:
    """The rooms behind the listeners."""

    knowledge: Knowledge
    slack: SlackApi
    claims: Claims
    memory: Memory
    ledger: Ledger
    identity: Identity
    standing: Standing = field(default_factory=Standing)

    @property
    def engine(self) -> Engine:
        """The search engine over the corpus in use."""
        return self.knowledge.engine
