"""The month in its channel: what it is called, and what the clock of `serve` does."""

from __future__ import annotations

import json
import re
from pathlib import Path

from bot.blocks.monthly import month_messages
from bot.corpus.load import load
from bot.knowledge import Knowledge
from bot.outbox.ledger import Ledger
from bot.paths import default_root
from bot.playground.slack import Channel, LocalSlack
from tests.support.bot import running
from tests.support.month_posting import (
    POST,
    Pprnet,
    add_month,
    posting_of,
    until_subscribed,
)
from tests.support.requests import health


async def test_a_month_that_may_not_be_whole_is_never_called_an_issue(pprnet: Pprnet) -> None:
    corpus = load(default_root())
    for issue in corpus.issues:
        assert not issue.complete
        shown = month_messages(issue)[0][0]
        for text in (shown.text, json.dumps(shown.blocks)):
            assert "issue" not in text.lower()
            of_them = f"{len(issue.summaries)} of the {len(issue.subjects)} summaries on the blog this month"
            assert ("The blog may have more summaries for this month." in text) is (of_them not in text)
    ended = await pprnet("post", "--dry-run")
    assert "issue" not in ended.out.split("--- in its thread")[0].lower()


async def test_a_whole_month_is_called_the_issue(slack: LocalSlack, channel: Channel, corpus: Path, pprnet: Pprnet) -> None:
    add_month(corpus, "2024-01", complete=True)
    ended = await pprnet("post", "--channel", channel.id, PPRNET_KNOWLEDGE=str(corpus))
    assert ended.status == 0
    parent = slack.posted(channel)[0]
    for shown in (parent.text, parent.visible_text):
        assert "PPRNet issue of January 2024" in shown
        assert "The month may hold more" not in shown


async def test_serve_leaves_alone_what_was_there_and_posts_what_came_while_it_was_down_once(
    slack: LocalSlack, channel: Channel, tmp_path: Path, corpus: Path
) -> None:
    settings = {"PPRNET_CHANNEL": channel.id, "PPRNET_KNOWLEDGE": str(corpus), "PPRNET_POST_HOUR": "0"}
    async with running(slack, tmp_path, **settings):
        await until_subscribed(f"sqlite:///{tmp_path}/pprnet.db")
    assert slack.calls_of(POST) == []
    add_month(corpus, "2024-01")
    for _ in range(2):
        async with running(slack, tmp_path, **settings) as bot:
            await slack.until(lambda: len(slack.posted(channel)) == 2)
            assert (await health(bot.url))[1]["deliveries_waiting_for_a_person"] == []
    parent, card = slack.posted(channel)
    assert "January 2024" in parent.text
    assert card.thread_ts == parent.ts


async def test_a_month_added_while_serve_runs_is_posted_without_a_restart(
    slack: LocalSlack, channel: Channel, tmp_path: Path, corpus: Path
) -> None:
    where = {"PPRNET_CHANNEL": channel.id, "PPRNET_KNOWLEDGE": str(corpus), "PPRNET_POST_HOUR": "0"}
    async with running(slack, tmp_path, **where):
        await until_subscribed(f"sqlite:///{tmp_path}/pprnet.db")
        add_month(corpus, "2024-01")
        await slack.until(lambda: len(slack.posted(channel)) == 2)
    assert len(slack.calls_of(POST)) == 2


async def test_a_month_added_while_the_clock_runs_is_posted_once_and_so_after_a_change_of_its_text(
    slack: LocalSlack, channel: Channel, corpus: Path, ledger: Ledger
) -> None:
    knowledge = Knowledge(corpus)
    posting = posting_of(slack, channel, ledger, knowledge)
    await posting.run()
    assert slack.calls_of(POST) == []
    file = add_month(corpus, "2024-01")
    assert await knowledge.refresh()
    for _ in range(3):
        await posting.run()
        assert len(slack.posted(channel)) == 2
    file.write_text(file.read_text("utf-8").replace("therapists judged", "clinicians judged"), "utf-8")
    assert await knowledge.refresh()
    await posting.run()
    await posting_of(slack, channel, ledger, Knowledge(corpus)).run()
    *posted, corrected = slack.posted(channel)
    assert len(posted) == 2
    assert corrected.text.startswith("Corrected on ")


async def test_after_three_months_away_there_is_one_message_a_month_in_order(
    slack: LocalSlack, channel: Channel, corpus: Path, ledger: Ledger
) -> None:
    await posting_of(slack, channel, ledger, Knowledge(corpus)).run()
    for month in ("2024-03", "2024-01", "2024-02"):
        add_month(corpus, month)
    add_month(corpus, "2019-05")  # an old month that came late is no news
    await posting_of(slack, channel, ledger, Knowledge(corpus)).run()
    parents = [message.text for message in slack.posted(channel) if not message.is_reply]
    assert [re.findall("January|February|March", text) for text in parents] == [["January"], ["February"], ["March"]]
    assert len(slack.posted(channel)) == 6


async def test_a_second_channel_starts_with_what_comes_after_it_was_set_up(
    slack: LocalSlack, channel: Channel, corpus: Path, ledger: Ledger
) -> None:
    await posting_of(slack, channel, ledger, Knowledge(corpus)).run()
    add_month(corpus, "2024-01")
    later = slack.add_channel("later")
    await posting_of(slack, later, ledger, Knowledge(corpus)).run()
    assert slack.posted() == []
    add_month(corpus, "2024-02")
    await posting_of(slack, later, ledger, Knowledge(corpus)).run()
    assert [message.text[:40] for message in slack.posted() if "January" in message.text] == []
    assert len(slack.posted(later)) == 2
