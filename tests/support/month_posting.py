"""The commands and the jobs that post a month, for tests of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.knowledge import Knowledge
from bot.outbox.delivery import Delivery
from bot.outbox.delivery import Message as Planned
from bot.outbox.ledger import Ledger
from bot.playground.slack import Channel, LocalSlack, Message
from bot.publishing.posting import Place, Posting
from bot.slack.history import MARK
from bot.store.tables import subscriptions
from tests.support.databases import opened
from tests.support.features import features_over, month_of
from tests.support.idle import PATIENCE

POST = "chat.postMessage"
MONTH = "2023-12"
"""The newest month: a parent and one card."""


@dataclass
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


Pprnet = Callable[..., Awaitable[Ended]]


async def in_doubt(slack: LocalSlack, channel: Channel, ledger: Ledger) -> Delivery:
    """A message of which nobody knows whether it was posted."""
    await ledger.plan(month_of(MONTH, slack.team_id, channel.id), [Planned({"text": "the month"})])
    delivery = await ledger.claim()
    assert delivery
    await ledger.unknown(delivery, "ServerDisconnectedError")
    return delivery


async def state(ledger: Ledger, slack: LocalSlack, channel: Channel) -> list[str]:
    """The states of the month's messages."""
    return [row.state for row in await ledger.series(month_of(MONTH, slack.team_id, channel.id))]


def add_month(corpus: Path, month: str, *, complete: bool = False) -> Path:
    """A new month in a corpus: that of December 2023 under another name."""
    text = (corpus / "issues" / f"{MONTH}.yaml").read_text("utf-8").replace(f'"{MONTH}"', f'"{month}"')
    text = text.replace("id: empathic-accuracy", f"id: empathic-accuracy-{month}")
    if complete:
        text = text.replace("complete: false", "complete: true")
        text = re.sub(r"subjects:\n(?:  - .*\n)+", "subjects: []\n", text)
    file = corpus / "issues" / f"{month}.yaml"
    file.write_text(text, "utf-8")
    return file


def posting_of(slack: LocalSlack, channel: Channel, ledger: Ledger, knowledge: Knowledge) -> Posting:
    """The posting job of `serve`, at any hour."""
    features = features_over(ledger.database, slack, ledger.timing)
    return Posting(
        features.publisher,
        features.worker,
        features.clubs,
        lambda: knowledge.corpus,
        Place(slack.team_id, channel.id, ZoneInfo("UTC"), 0),
    )


def mark_of(delivery: Delivery) -> dict[str, object]:
    """The metadata of a delivery's message."""
    return {"event_type": MARK, "event_payload": {"d": delivery.id, "a": 1}}


def unknown_to_us(slack: LocalSlack, channel: Channel) -> Message:
    """A message of our own bot with a mark that is in no ledger."""
    return slack.store(channel, text="?", metadata={"event_type": MARK, "event_payload": {"d": "another", "a": 1}})


async def until_in_state(ledger: Ledger, wanted: str) -> None:
    """Wait until a message is in a state: the bot beside us writes it."""
    await until(lambda: ledger.in_state(wanted))


async def until_subscribed(address: str) -> None:
    """Wait until the bot beside us has noted from which month on the channel gets its messages."""
    async with opened(address) as database:

        async def subscribed() -> object:
            async with database.begin() as connection:
                return (await connection.execute(select(subscriptions.c.channel).limit(1))).first()

        await until(subscribed)


async def until(holds: Callable[[], Awaitable[object]]) -> None:
    """Wait for what the bot beside us writes to the database, which tells nobody."""
    async with asyncio.timeout(PATIENCE):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
