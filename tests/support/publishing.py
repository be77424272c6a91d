"""A publisher over a local Slack, for tests of what is posted and when."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from bot.corpus.model import Corpus
from bot.outbox.ledger import Ledger
from bot.outbox.timing import Timing
from bot.outbox.worker import Worker
from bot.playground.slack import Channel, LocalSlack
from bot.publishing.publisher import Publisher
from bot.server.features import Features
from bot.server.messages import render
from bot.store.database import Database
from tests.crash.posting_worker import shipped

POST = "chat.postMessage"
NOW = Timing(
    lease=0.0,
    settle=0.0,
    give_up_looking=0.0,
    give_up_waiting=0.0,
    look_again=0.0,
    retry_refused=0.0,
    retry_blocked=0.0,
    pace=0.0,
)
"""Every wait is over at once."""
LATER = Timing(pace=0.0)
"""Every wait but the pace takes as long as in life, that is: longer than any test."""


async def plan_new(publisher: Publisher, corpus: Corpus, team: str, channel: str) -> list[str]:
    """Plan every month in one channel that is newer than its subscription and not planned yet, oldest first; return them."""
    return await publisher.months.plan_new(corpus, team, channel, await publisher.subscribe(corpus, team, channel))


@dataclass
class PublishingBot:
    """A publisher with its Slack and its channel."""

    slack: LocalSlack
    channel: Channel
    features: Features

    @property
    def ledger(self) -> Ledger:
        """Return its ledger."""
        return self.features.ledger

    @property
    def worker(self) -> Worker:
        """Return its worker."""
        return self.features.worker

    @property
    def publisher(self) -> Publisher:
        """Return what publishes months."""
        return self.features.publisher

    async def plan(self, after: str = "2023-06") -> list[str]:
        """Plan the months after one."""
        await self.publisher.subscriptions.ensure(self.slack.team_id, self.channel.id, after)
        return await plan_new(self.publisher, shipped(), self.slack.team_id, self.channel.id)

    async def work(self) -> None:
        """Work until nothing is due."""
        while await self.worker.work():
            pass

    async def attempt(self) -> None:
        """Work until a message has been tried once."""
        before = len(self.slack.calls_of(POST))
        while len(self.slack.calls_of(POST)) == before:
            assert await self.worker.work()

    def texts(self) -> list[str]:
        """What the channel shows, oldest first."""
        return [message.text for message in self.slack.posted(self.channel)]


def expected(after: str) -> list[str]:
    """The texts of every month after one, in order."""
    months = [issue for issue in reversed(shipped().issues) if issue.month > after]
    return [str(message.payload["text"]) for issue in months for message in render(issue)]


async def shift_times(database: Database, seconds: float) -> None:
    """As if so many seconds (negative: had passed): every time in the ledger moves."""
    columns = ("next_at", "lease_until", "first_try_at", "settle_at", "created_at", "changed_at")
    changes = ", ".join(f"{column} = {column} + {seconds}" for column in columns)
    async with database.begin() as connection:
        await connection.execute(text(f"UPDATE delivery SET {changes}"))
