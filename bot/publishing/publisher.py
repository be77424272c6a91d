"""What each new month sets off: it is planned for every subscribed channel and for every follower of its topics."""

from __future__ import annotations

from dataclasses import dataclass

from bot.corpus.model import Corpus
from bot.publishing.corrections import Corrections
from bot.publishing.follows import Follows
from bot.publishing.months import Months, newest
from bot.publishing.own_months import OwnMonths
from bot.publishing.subscriptions import Subscriptions


@dataclass(frozen=True, slots=True)
class Publisher:
    """The features that publish months."""

    months: Months
    corrections: Corrections
    subscriptions: Subscriptions
    follows: Follows
    own: OwnMonths

    async def plan_all(self, corpus: Corpus, team: str, operators_channel: str | None) -> list[str]:
        """Plan what is new for every subscribed channel and every follower; return a line about each, for the log."""
        if operators_channel:
            await self.subscribe(corpus, team, operators_channel)
        planned = []
        channels = await self.subscriptions.mended_recipients(corpus, team, operators_channel)
        for each in channels:
            months = await self.months.plan_new(corpus, team, each.channel, each.after_month)
            planned += [f"month={month} channel={each.channel}" for month in months]
        planned += [f"own={key} channel={channel}" for key, channel in await self.own.plan(corpus, team, channels)]
        return planned + [f"month={month} followers={count}" for month, count in await self.follows.plan(corpus, team)]

    async def subscribe(self, corpus: Corpus, team: str, channel: str) -> str:
        """See to it that the operator's channel is subscribed; return the month after which it gets each new one."""
        return (await self.subscriptions.ensure(team, channel, newest(corpus))).after_month
