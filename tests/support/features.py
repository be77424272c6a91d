"""The outbox and what posts through it, over a test's database and Slack, without a server."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.outbox.delivery import Delivery, Series
from bot.outbox.ledger import Ledger
from bot.outbox.timing import Timing
from bot.outbox.work import Copy
from bot.playground.slack import LocalSlack
from bot.publishing.kinds import MONTH
from bot.server.features import Features, build_features, kinds
from bot.server.messages import templates
from bot.slack.client import SlackApi
from bot.store.database import Database


def ledger_of(database: Database, timing: Timing | None = None) -> Ledger:
    """Return the ledger of a database, with every kind that the bot posts."""
    return Ledger(database, kinds(), timing)


def month_of(month: str, team: str, channel: str) -> Series:
    """Return the series of a month's messages in a channel."""
    return Series(MONTH, month, team, channel)


def features_over(
    database: Database,
    slack: LocalSlack,
    timing: Timing | None = None,
    step: Callable[[str], None] = lambda _name: None,
    curators: Sequence[str] = (),
) -> Features:
    """Return the parts over a local Slack, as the server puts them together."""
    api = SlackApi(slack.token, slack.url)
    return build_features(database, api, templates(), curators=curators, timing=timing, step=step)


async def claim_uncertain(ledger: Ledger) -> Delivery | None:
    """Lease the next uncertain message to look up, whatever else is due; the leases of workers that died end."""
    async with ledger.begin() as (connection, now):
        await ledger._expire(connection, now)
        return await ledger.claim_uncertain_in(connection, now)


async def copies(ledger: Ledger) -> list[Copy]:
    """The second copies to remove, whatever else is due."""
    async with ledger.begin() as (connection, _now):
        return await ledger.copies_in(connection)
