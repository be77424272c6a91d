"""New months in a channel, set up and stopped from Home."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.blocks import ids
from bot.playground.slack import Answer, Channel, LocalSlack, User, View, payloads
from tests.bot.test_home import pressed
from tests.bot.test_home_own import section
from tests.support.bot import Bot, running
from tests.support.requests import post_interaction
from tests.support.small_corpus import small_corpus

WHERE = "New months in a channel"


@pytest.fixture
async def bot(slack: LocalSlack, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot over HTTP on a few summaries, with a curator."""
    curator = slack.add_user("cleo")
    async with running(slack, tmp_path, **small_corpus(tmp_path), PPRNET_CURATORS=curator.id) as started:
        yield started


async def choose(bot: Bot, user: User, channel: Channel) -> tuple[View, Answer]:
    """The modal in which somebody chose a channel, from Home."""
    assert (await bot.say.home_opened(user)).status == 200
    modal = await pressed(bot, bot.slack.home(user), "Choose a channel")
    answer = await bot.say.submit(modal, {ids.SET_UP_BLOCK: {ids.SET_UP_CHANNEL: channel.id}})
    found = bot.slack.modal(user)
    assert found
    return found, answer


async def test_a_channel_is_set_up_from_home_seen_there_and_stopped_by_who_did(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    modal, _ = await choose(bot, ana, team)
    assert f"<#{team.id}>" in modal.visible_text
    assert "Done: this channel gets each new month." in modal.visible_text
    assert "Stop it" not in modal.visible_text
    assert f"<@{ana.id}> set this up" in bot.slack.posted(team)[0].text
    assert f"You set up the monthly post in:\n• <#{team.id}>" in section(bot.slack.home(ana), WHERE)
    modal, _ = await choose(bot, ana, team)
    assert "This channel already gets each new month." in modal.visible_text
    stopped = await pressed(bot, modal, "Stop it")
    assert "Stopped: new months are no longer posted here." in stopped.visible_text
    assert team.id not in section(bot.slack.home(ana), WHERE)
    assert len(bot.slack.posted(team)) == 1


async def test_what_somebody_else_set_up_only_a_curator_stops_from_elsewhere(bot: Bot) -> None:
    ana, ben = bot.slack.add_user("ana"), bot.slack.add_user("ben")
    cleo = next(user for user in bot.slack.users.values() if user.name == "cleo")
    team = bot.slack.add_channel("team", [ana])
    await choose(bot, ana, team)
    modal, _ = await choose(bot, ben, team)
    assert f"<@{ana.id}> set it up" in modal.visible_text
    assert "Stop it" not in modal.visible_text
    forged = {"type": "button", "action_id": ids.SET_UP_STOP, "block_id": "b", "value": team.id}
    assert (await post_interaction(bot, payloads.view_actions(bot.slack, modal, forged, ben))).ok
    assert "Someone else set this up." in bot.slack.modal(ben).visible_text
    modal, _ = await choose(bot, cleo, team)
    assert "Stopped" in (await pressed(bot, modal, "Stop it")).visible_text


async def test_where_the_bot_may_not_post_the_field_says_so(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    away = bot.slack.add_channel("away", [ana], with_bot=False)
    _, answer = await choose(bot, ana, away)
    assert answer.errors == {
        ids.SET_UP_BLOCK: "PPRNet is not in that channel yet. Type /invite @PPRNet there, then press Set up again."
    }
    assert "No channel" not in section(bot.slack.home(ana), WHERE)
    assert away.id not in section(bot.slack.home(ana), WHERE)
    archived = bot.slack.add_channel("old", [ana], archived=True)
    _, answer = await choose(bot, ana, archived)
    assert "archived" in str(answer.errors)


@pytest.mark.parametrize("chosen", ["a channel of others", "a person", "one that does not exist"])
async def test_a_forged_choice_sets_nothing_up(bot: Bot, chosen: str) -> None:
    ana, ben = bot.slack.add_user("ana"), bot.slack.add_user("ben")
    theirs = bot.slack.add_channel("theirs", [ben], private=True)
    channel = {"a channel of others": theirs.id, "a person": ben.id}.get(chosen, "C0123456789")
    assert (await bot.say.home_opened(ana)).status == 200
    modal = await pressed(bot, bot.slack.home(ana), "Choose a channel")
    answer = await bot.say.submit(modal, {ids.SET_UP_BLOCK: {ids.SET_UP_CHANNEL: channel}})
    assert set(answer.errors) == {ids.SET_UP_BLOCK}
    await bot.idle()
    assert bot.slack.posted() == []
    cleo = next(user for user in bot.slack.users.values() if user.name == "cleo")
    listed = await bot.say.command("subscriptions", user=cleo, channel=theirs)
    assert "New months are not posted in any channel yet." in listed.message.text


async def test_where_slack_does_not_say_who_is_there_nothing_is_set_up(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    bot.slack.faults.error("chat.postEphemeral", "internal_error")
    _, answer = await choose(bot, ana, team)
    assert "Slack did not answer in time" in answer.errors[ids.SET_UP_BLOCK]
    modal, _ = await choose(bot, ana, team)
    assert "Done: this channel gets each new month." in modal.visible_text
