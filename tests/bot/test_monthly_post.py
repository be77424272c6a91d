"""The month in its channel: what `pprnet post`, `pprnet settle` and the clock of `serve` do, and what they say."""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from bot.blocks.monthly import month_messages
from bot.cli import post
from bot.cli.main import main
from bot.corpus.load import load
from bot.knowledge import Knowledge
from bot.outbox.delivery import Delivery
from bot.outbox.delivery import Message as Planned
from bot.outbox.ledger import Ledger
from bot.outbox.timing import Timing
from bot.paths import default_root
from bot.playground.slack import Channel, LocalSlack, Message, check_message
from bot.publishing.posting import Place, Posting
from bot.server.services import open_services
from bot.settings import Settings
from bot.slack.client import MARK
from bot.store.database import Database
from tests.support.bot import QUICK, running
from tests.support.features import features_over, ledger_of, month_of

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


@pytest.fixture
def corpus(newest: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(newest, tmp_path / "knowledge"))


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """The command line sets logging up for its process; here it is put back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def newest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of the newest shipped months, which loads in a fraction of the time."""
    folder = tmp_path_factory.mktemp("knowledge")
    (folder / "issues").mkdir()
    for name in ("topics.yaml", "lexicon.yaml", *(f"issues/{month}.yaml" for month in ("2023-06", "2023-11", MONTH))):
        shutil.copy(default_root() / name, folder / name)
    return folder


@pytest.fixture
def environ(slack: LocalSlack, tmp_path: Path, newest: Path) -> dict[str, str]:
    """The settings of an operator."""
    return {
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_API_URL": slack.url,
        "PPRNET_DATABASE_URL": f"sqlite:///{tmp_path / 'pprnet.db'}",
        "PPRNET_KNOWLEDGE": str(newest),
    }


@pytest.fixture
def pprnet(
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    logging_as_before: None,
) -> Pprnet:
    """Run `pprnet WORDS...` with these settings; keywords replace some, and None removes one. Messages follow each other at
    once.
    """
    monkeypatch.setattr(post, "open_services", functools.partial(open_services, timing=QUICK))

    async def run(*words: str, **settings: str | None) -> Ended:
        for name, value in {**environ, **settings}.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        capsys.readouterr()
        status = await asyncio.to_thread(main, words)
        shown = capsys.readouterr()
        return Ended(status, shown.out.strip(), shown.err.strip())

    return run


@pytest.fixture
def channel(slack: LocalSlack) -> Channel:
    """The team's channel."""
    return slack.add_channel("team")


@pytest.fixture
async def ledger(environ: dict[str, str]) -> AsyncIterator[Ledger]:
    """The ledger that the commands use; its waits are over at once, and its settle times were over long ago."""
    database = await Database.open(Settings.from_env(environ).database_url)
    yield ledger_of(database, Timing(lease=0.0, settle=-1000.0, pace=0.0, retry_refused=0.0, retry_blocked=0.0))
    await database.close()


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


# `pprnet post`


async def test_a_month_is_posted_as_one_message_with_its_cards_in_the_thread_and_only_once(
    slack: LocalSlack, channel: Channel, pprnet: Pprnet
) -> None:
    ended = await pprnet("post", "--month", "2023-11", "--channel", channel.id)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out == f"Posted November 2023 to {channel.id}: one message and 2 in its thread."
    parent, *cards = slack.posted(channel)
    assert not parent.is_reply
    assert [card.thread_ts for card in cards] == [parent.ts] * 2
    assert "November 2023" in parent.text
    assert all("Practice implications" in card.visible_text for card in cards)
    assert all(check_message(message.text, message.blocks) == [] for message in (parent, *cards))
    assert all(message.text for message in (parent, *cards))
    again = await pprnet("post", "--month", "2023-11", "--channel", channel.id)
    assert again.status == 0
    assert again.out == f"November 2023 is already in {channel.id} (3 messages); nothing was posted."
    assert len(slack.posted(channel)) == 3


async def test_without_a_month_the_newest_goes_to_the_channel_of_the_settings(
    slack: LocalSlack, channel: Channel, pprnet: Pprnet
) -> None:
    ended = await pprnet("post", PPRNET_CHANNEL=channel.id)
    assert ended.status == 0
    assert "December 2023" in slack.posted(channel)[0].text


async def test_a_dry_run_prints_the_messages_sends_nothing_and_stores_nothing(
    slack: LocalSlack, tmp_path: Path, pprnet: Pprnet
) -> None:
    ended = await pprnet("post", "--month", "2023-11", "--dry-run", SLACK_BOT_TOKEN=None)
    assert ended.status == 0
    assert ended.out.endswith("Nothing was sent.")
    assert ended.out.count("--- in its thread") == 2
    assert "November 2023" in ended.out
    assert "&amp;" not in ended.out
    assert slack.calls == []
    assert not await asyncio.to_thread((tmp_path / "pprnet.db").exists)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--month", "2031-01", "--channel", "C0000000001"), "the library has no month 2031-01 (it has 2023-12, "),
        (("--month", "December", "--channel", "C0000000001"), "the library has no month December"),
        (("--channel", "#team"), '"#team" is not a channel id: open the channel\'s details in Slack and copy its id'),
        (("--channel", "D0000000001"), '"D0000000001" is not a channel id'),
        ((), "which channel? Give --channel with its id (C...), or set PPRNET_CHANNEL"),
    ],
)
async def test_a_wrong_call_is_told_before_anything_is_sent(
    slack: LocalSlack, pprnet: Pprnet, words: tuple[str, ...], sentence: str
) -> None:
    ended = await pprnet("post", *words)
    assert ended.status == 2
    assert ended.err.startswith("pprnet: ")
    assert sentence in ended.err
    assert slack.calls == []


async def test_without_a_token_the_command_says_which_setting_is_missing(pprnet: Pprnet) -> None:
    ended = await pprnet("post", "--channel", "C0000000001", SLACK_BOT_TOKEN=None)
    assert ended.status == 2
    assert "SLACK_BOT_TOKEN is not set" in ended.err


REFUSALS: dict[str, tuple[Callable[[LocalSlack, Channel], object], str]] = {
    "not_in_channel": (lambda slack, channel: channel.members.clear(), "type /invite @PPRNet in that channel"),
    "is_archived": (lambda slack, channel: setattr(channel, "archived", True), "the channel is archived: choose another"),
    "channel_not_found": (lambda slack, channel: slack.channels.clear(), "check the channel's id, and invite the bot"),
    "missing_scope": (lambda slack, channel: slack.scopes.clear(), "install the app again with the scopes of app.yaml"),
}


@pytest.mark.parametrize("code", REFUSALS)
async def test_a_refusal_is_explained_and_once_it_is_lifted_the_month_is_posted(
    slack: LocalSlack, channel: Channel, pprnet: Pprnet, code: str
) -> None:
    scopes, channels, members = set(slack.scopes), dict(slack.channels), set(channel.members)
    REFUSALS[code][0](slack, channel)
    ended = await pprnet("post", "--month", MONTH, "--channel", channel.id)
    assert ended.status == 1
    assert f"0 of 2 messages posted; the next one, of December 2023, is planned ({code})" in ended.out
    assert REFUSALS[code][1] in ended.out
    assert len(slack.calls_of(POST)) == 1
    slack.scopes, slack.channels, channel.members, channel.archived = scopes, channels, members, False
    again = await pprnet("post", "--month", MONTH, "--channel", channel.id)
    assert again.status == 0
    assert again.out == f"Posted December 2023 to {channel.id}: one message and 1 in its thread."
    assert len(slack.posted(channel)) == 2


async def test_a_token_that_slack_does_not_take_is_explained(slack: LocalSlack, channel: Channel, pprnet: Pprnet) -> None:
    ended = await pprnet("post", "--channel", channel.id, SLACK_BOT_TOKEN="xoxb-not-the-one")
    assert ended.status == 2
    assert "Slack refuses SLACK_BOT_TOKEN (invalid_auth): copy the Bot User OAuth Token again" in ended.err
    assert "not-the-one" not in ended.err + ended.out
    assert slack.calls_of(POST) == []


async def test_a_message_that_slack_will_never_take_is_given_up_and_said_and_tried_again_when_asked(
    slack: LocalSlack, channel: Channel, pprnet: Pprnet
) -> None:
    slack.faults.error(POST, "msg_too_long")
    ended = await pprnet("post", "--month", MONTH, "--channel", channel.id)
    assert ended.status == 1
    assert "is failed (msg_too_long): Slack does not accept it, so it is not tried again" in ended.out
    assert len(slack.calls_of(POST)) == 1
    again = await pprnet("post", "--month", MONTH, "--channel", channel.id)
    assert again.status == 0
    assert again.out == f"Posted December 2023 to {channel.id}: one message and 1 in its thread."


@pytest.mark.parametrize("times", [1, 2])
async def test_a_layout_that_slack_refuses_is_sent_once_more_as_text(
    slack: LocalSlack, channel: Channel, pprnet: Pprnet, times: int
) -> None:
    slack.faults.error(POST, "invalid_blocks", times=times)
    ended = await pprnet("post", "--month", MONTH, "--channel", channel.id)
    assert "Slack refuses the layout of month=2023-12 part=0 (invalid_blocks): sent as text" in ended.err
    if times == 1:
        assert ended.status == 0
        parent, card = slack.posted(channel)
        assert parent.blocks == []
        assert "December 2023" in parent.text
        assert card.blocks
    else:
        assert ended.status == 1
        assert "is failed (invalid_blocks)" in ended.out
        assert len(slack.calls_of(POST)) == 2


@pytest.mark.parametrize("retry_after", [1, None])
async def test_a_rate_limit_is_waited_out(
    slack: LocalSlack, channel: Channel, pprnet: Pprnet, retry_after: int | None
) -> None:
    slack.faults.rate_limited(POST, retry_after)
    ended = await pprnet("post", "--month", MONTH, "--channel", channel.id)
    assert ended.status == 1
    assert "is planned (ratelimited): it will be tried again" in ended.out
    again = await pprnet("post", "--month", MONTH, "--channel", channel.id)
    assert len(slack.calls_of(POST)) == 1 or (retry_after and again.status == 0), "the wait is Slack's to say"


LOST: dict[str, tuple[Callable[[LocalSlack], object], int]] = {
    "500, posted": (lambda slack: slack.faults.http(POST, 500, store=True), 1),
    "500, not posted": (lambda slack: slack.faults.http(POST, 500), 0),
    "dropped after": (lambda slack: slack.faults.drop_after(POST), 1),
    "dropped before": (lambda slack: slack.faults.drop_before(POST), 0),
    "a page": (lambda slack: slack.faults.http(POST, 200, store=True), 1),
}


@pytest.mark.parametrize("name", LOST)
async def test_a_lost_answer_is_said_and_nothing_is_posted_on_a_guess(
    slack: LocalSlack, channel: Channel, pprnet: Pprnet, name: str
) -> None:
    arrange, there = LOST[name]
    arrange(slack)
    for _ in range(2):
        ended = await pprnet("post", "--month", MONTH, "--channel", channel.id)
        assert ended.status == 1
        assert "it is not known whether it arrived; that will be looked up in a few minutes" in ended.out
        assert len(slack.posted(channel)) == there
        assert len(slack.calls_of(POST)) == 1


async def test_a_slack_that_is_not_there_is_said_after_some_seconds(
    channel: Channel, pprnet: Pprnet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "REACH", 0.5)
    ended = await pprnet("post", "--channel", channel.id, SLACK_API_URL="http://127.0.0.1:1/api/")
    assert ended.status == 2
    assert "Slack cannot be reached, so nothing was posted: try again later" in ended.err


async def test_a_database_that_cannot_be_used_is_said_and_nothing_is_posted(
    slack: LocalSlack, channel: Channel, tmp_path: Path, pprnet: Pprnet
) -> None:
    (tmp_path / "diary.db").write_bytes(b"Dear diary, " * 1000)
    ended = await pprnet("post", "--channel", channel.id, PPRNET_DATABASE_URL=f"sqlite:///{tmp_path / 'diary.db'}")
    assert ended.status == 2
    assert "the database cannot be opened: file is not a database" in ended.err
    assert slack.calls == []


async def test_a_month_behind_an_earlier_one_in_doubt_says_what_it_waits_for(
    slack: LocalSlack, channel: Channel, pprnet: Pprnet, ledger: Ledger
) -> None:
    await ledger.plan(month_of("2023-06", slack.team_id, channel.id), [Planned({"text": "June"})])
    delivery = await ledger.claim()
    assert delivery
    await ledger.unknown(delivery, "timeout")
    ended = await pprnet("post", "--month", MONTH, "--channel", channel.id)
    assert ended.status == 1
    assert f"pprnet settle {delivery.id} --there LINK" in ended.out
    assert "2023-06" in ended.out
    assert slack.calls_of(POST) == []


@pytest.mark.slow
async def test_two_processes_that_post_the_same_month_at_once_post_it_once(
    slack: LocalSlack, channel: Channel, environ: dict[str, str]
) -> None:
    command = (sys.executable, "-m", "bot", "post", "--month", "2023-11", "--channel", channel.id)
    pipe = asyncio.subprocess.PIPE
    both = [
        await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe, env={"PATH": os.environ["PATH"], **environ})
        for _ in range(2)
    ]
    shown = await asyncio.gather(*(process.communicate() for process in both))
    assert [process.returncode for process in both] == [0, 0], shown
    texts = [message.text for message in slack.posted(channel)]
    assert len(texts) == len(set(texts)) == 3


# What it is called


async def test_a_month_that_may_not_be_whole_is_never_called_an_issue(pprnet: Pprnet) -> None:
    corpus = load(default_root())
    for issue in corpus.issues:
        assert not issue.complete
        shown = month_messages(corpus, issue)[0][0]
        for text in (shown.text, json.dumps(shown.blocks)):
            assert "issue" not in text.lower()
            assert "The blog may have more summaries for this month." in text
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


# `serve` and its clock


async def test_serve_leaves_alone_what_was_there_and_posts_what_came_while_it_was_down_once(
    slack: LocalSlack, channel: Channel, tmp_path: Path, corpus: Path
) -> None:
    settings = {"PPRNET_CHANNEL": channel.id, "PPRNET_KNOWLEDGE": str(corpus), "PPRNET_POST_HOUR": "0"}
    async with running(slack, tmp_path, **settings):
        await until_subscribed(tmp_path / "pprnet.db")
    assert slack.calls_of(POST) == []
    add_month(corpus, "2024-01")
    for _ in range(2):
        async with running(slack, tmp_path, **settings) as bot:
            await slack.until(lambda: len(slack.posted(channel)) == 2)
            assert (await health(bot.url))["deliveries_waiting_for_a_person"] == []
    parent, card = slack.posted(channel)
    assert "January 2024" in parent.text
    assert card.thread_ts == parent.ts


async def test_a_month_added_while_serve_runs_is_posted_without_a_restart(
    slack: LocalSlack, channel: Channel, tmp_path: Path, corpus: Path
) -> None:
    where = {"PPRNET_CHANNEL": channel.id, "PPRNET_KNOWLEDGE": str(corpus), "PPRNET_POST_HOUR": "0"}
    async with running(slack, tmp_path, **where):
        await until_subscribed(tmp_path / "pprnet.db")
        add_month(corpus, "2024-01")
        await slack.until(lambda: len(slack.posted(channel)) == 2, seconds=15)
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
    assert len(slack.posted(channel)) == 2


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


# What only a person can see


async def test_a_message_in_doubt_is_put_to_the_operator_and_slacks_own_event_settles_it(
    slack: LocalSlack, channel: Channel, tmp_path: Path, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    delivery = await in_doubt(slack, channel, ledger)
    async with running(slack, tmp_path) as bot:
        await slack.until(lambda: slack.calls_of("conversations.history"))
        await until_in_state(ledger, "manual")
        assert (await health(bot.url))["deliveries_waiting_for_a_person"] == [delivery.id]
        assert f"`pprnet settle {delivery.id} --there LINK`" in caplog.text
        assert f"`pprnet settle {delivery.id} --missing`" in caplog.text
        assert slack.calls_of(POST) == []
        ours = slack.store(channel, text="the month", metadata=mark_of(delivery))
        foreign = slack.store(channel, text="the month", metadata=mark_of(delivery), user="U0OTHERBOT1")
        foreign.bot_id, foreign.app_id = "B0OTHER0001", "A0OTHER0001"
        elsewhere = slack.store(slack.add_channel("other"), text="the month", metadata=mark_of(delivery))
        for wrong in (foreign, elsewhere, unknown_to_us(slack, channel)):
            assert (await bot.say.metadata_posted(wrong)).ok
            assert await state(ledger, slack, channel) == ["manual"]
        assert (await bot.say.metadata_posted(ours)).ok
        assert (await bot.say.metadata_posted(ours)).ok
        assert await state(ledger, slack, channel) == ["sent"]
        assert (await health(bot.url))["deliveries_waiting_for_a_person"] == []


async def test_with_the_history_scope_serve_finds_the_message_by_itself(
    slack: LocalSlack, channel: Channel, tmp_path: Path, ledger: Ledger
) -> None:
    slack.scopes.add("channels:history")
    delivery = await in_doubt(slack, channel, ledger)
    slack.store(channel, text="the month", metadata=mark_of(delivery))
    async with running(slack, tmp_path):
        await until_in_state(ledger, "sent")
    assert slack.calls_of(POST) == []


async def test_a_failed_message_is_listed_for_the_operator(
    slack: LocalSlack, channel: Channel, tmp_path: Path, ledger: Ledger
) -> None:
    await ledger.plan(month_of(MONTH, slack.team_id, channel.id), [Planned({"text": "the month"})])
    delivery = await ledger.claim()
    assert delivery
    await ledger.refused(delivery, "msg_too_long", permanent=True, wait=0.0)
    async with running(slack, tmp_path) as bot:
        assert (await health(bot.url))["deliveries_failed"] == [delivery.id]


async def test_settle_there_by_link_ends_the_matter(
    slack: LocalSlack, channel: Channel, pprnet: Pprnet, ledger: Ledger
) -> None:
    delivery = await in_doubt(slack, channel, ledger)
    link = f"https://clinic.slack.com/archives/{channel.id}/p1700000000123456?thread_ts=1700000000.000001&cid=C1"
    ended = await pprnet("settle", delivery.id, "--there", link)
    assert (ended.status, ended.out) == (
        0,
        "Noted: the message was posted. `pprnet serve` or `pprnet post` will do the rest.",
    )
    row = (await ledger.series(month_of(MONTH, slack.team_id, channel.id)))[0]
    assert (row.state, row.ts) == ("sent", "1700000000.123456")
    again = await pprnet("settle", delivery.id, "--missing")
    assert (again.status, again.out) == (1, f"{delivery.id} is not waiting for a decision.")
    posted = await pprnet("post", "--month", MONTH, "--channel", channel.id)
    assert "is already in" in posted.out
    assert slack.calls_of(POST) == []


async def test_settle_missing_posts_it_once(slack: LocalSlack, channel: Channel, pprnet: Pprnet, ledger: Ledger) -> None:
    delivery = await in_doubt(slack, channel, ledger)
    first = await pprnet("post", "--month", MONTH, "--channel", channel.id)
    assert first.status == 1
    assert f"`pprnet settle {delivery.id} --missing`" in first.out
    ended = await pprnet("settle", delivery.id, "--missing")
    assert (ended.status, ended.out) == (
        0,
        "Noted: the message will be posted. `pprnet serve` or `pprnet post` will do the rest.",
    )
    posted = await pprnet("post", "--month", MONTH, "--channel", channel.id)
    assert posted.status == 0
    assert [message.text for message in slack.posted(channel)] == ["the month"]


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("yes", "give the message's link"),
        ("https://clinic.slack.com/archives/C0OTHER0001/p1700000000123456", "leads to channel C0OTHER0001, but"),
        ("1700000000", "give the message's link"),
    ],
)
async def test_a_wrong_link_changes_nothing(
    slack: LocalSlack, channel: Channel, pprnet: Pprnet, ledger: Ledger, link: str, sentence: str
) -> None:
    delivery = await in_doubt(slack, channel, ledger)
    ended = await pprnet("settle", delivery.id, "--there", link)
    assert ended.status == 2
    assert sentence in ended.err
    assert await state(ledger, slack, channel) == ["uncertain"]


async def test_an_id_that_is_not_ours_is_told(pprnet: Pprnet) -> None:
    for answer in (("--missing",), ("--there", "1700000000.123456")):
        ended = await pprnet("settle", "no-such-id", *answer)
        assert (ended.status, ended.out) == (1, "no-such-id is not waiting for a decision.")


# Helpers


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


async def health(url: str) -> dict[str, Any]:
    """What /health says."""
    async with aiohttp.ClientSession() as session, session.get(f"{url}/health") as response:
        found: dict[str, Any] = await response.json()
        return found


async def until_in_state(ledger: Ledger, wanted: str) -> None:
    """Wait until a message is in a state: the bot beside us writes it."""
    await until(lambda: ledger.in_state(wanted))


async def until_subscribed(file: Path) -> None:
    """Wait until the bot beside us has noted from which month on the channel gets its messages."""

    def subscriptions() -> int:
        connection = sqlite3.connect(file, timeout=10)
        try:
            return int(connection.execute("SELECT count(*) FROM subscription").fetchone()[0])
        finally:
            connection.close()

    await until(lambda: asyncio.to_thread(subscriptions))


async def until(holds: Callable[[], Awaitable[object]]) -> None:
    """Wait for what the bot beside us writes to the database, which tells nobody."""
    async with asyncio.timeout(10):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
