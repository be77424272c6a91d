"""`pprnet post`: what it posts and what it says."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import post
from bot.outbox.delivery import Message as Planned
from bot.outbox.ledger import Ledger
from bot.playground.slack import Channel, LocalSlack, check_message
from tests.support import forked
from tests.support.features import month_of
from tests.support.month_posting import (
    MONTH,
    POST,
    Pprnet,
)


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
    said = json.loads((await pprnet("post", "--month", "2023-11", "--channel", channel.id, "--json")).out)
    assert said == {"channel": channel.id, "posted": True, "said": again.out}
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
    assert ended.out.endswith(
        "is failed (msg_too_long): Slack does not accept it, so the bot does not try it again by itself. "
        "Once its cause is mended, run `pprnet post` again."
    )
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
    assert "pprnet: Slack cannot be reached (" in ended.err
    assert "), so nothing was posted: try again later" in ended.err


async def test_a_server_of_the_database_that_is_not_there_is_not_said_to_be_slack(
    slack: LocalSlack, channel: Channel, pprnet: Pprnet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "REACH", 0.5)
    ended = await pprnet("post", "--channel", channel.id, PPRNET_DATABASE_URL="postgresql://a:secret@127.0.0.1:1/b")
    assert ended.status == 2
    last = ended.err.splitlines()[-1]
    assert last.startswith("pprnet: the database cannot be opened: ")
    assert last.endswith(", so nothing was posted: try again later")
    assert "Slack" not in last
    assert slack.calls == []


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
    command = ("-m", "bot", "post", "--month", "2023-11", "--channel", channel.id)
    both = [await forked.start(*command, env={"PATH": os.environ["PATH"], **environ}) for _ in range(2)]
    shown = await asyncio.gather(*(process.communicate() for process in both))
    assert [process.returncode for process in both] == [0, 0], shown
    texts = [message.text for message in slack.posted(channel)]
    assert len(texts) == len(set(texts)) == 3
