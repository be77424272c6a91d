"""The bot behind PgBouncer in transaction mode, where each transaction may get another of the server's connections."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.playground.slack import LocalSlack
from tests.support.bot import running
from tests.support.pgbouncer import pooled
from tests.support.postgresql import PostgreSQL
from tests.support.requests import health, sender_for
from tests.support.small_corpus import small_corpus


async def test_twenty_mentions_at_once_are_answered_and_a_month_is_posted(
    slack: LocalSlack, tmp_path: Path, postgresql: PostgreSQL
) -> None:
    ana = slack.add_user("ana")
    team = slack.add_channel("team", [ana])
    async with pooled(postgresql, await postgresql.new_database()) as url:
        environ = {**small_corpus(tmp_path), "PPRNET_DATABASE_URL": url, "PPRNET_CHANNEL": team.id}
        async with running(slack, tmp_path, **environ) as bot:
            say = sender_for(slack, bot.url)
            asked = [say.mention("alliance rupture in one session", channel=team, user=ana) for _ in range(20)]
            assert [answer.status for answer in await asyncio.gather(*asked)] == [200] * 20
            assert len({reply.thread_ts for reply in slack.posted(team)}) == 20
            saved = await say.command("follow alliance", user=ana, channel=team)
            assert "alliance" in saved.message.visible_text.lower()
            await bot.idle()
            assert (await health(bot.url))[0] == 200
