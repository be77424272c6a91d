"""Sharing a card with a channel: preview, post once, take back; never the question."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest

from bot.playground.slack import Channel, LocalSlack, Message, User, View, payloads
from tests.support.bot import Bot, running
from tests.support.database_file import database_bytes
from tests.support.requests import post_interaction
from tests.support.seen import everything_of_the_bot, shown_to
from tests.support.small_corpus import small_corpus

TITLE = "An Alliance Rupture in One Session Leads to Greater Symptoms in the Next Session"
QUESTION = "does an alliance rupture in one session lead to greater symptoms in the next session? Zebulonius walked out."


@pytest.fixture
async def bot(slack: LocalSlack, tmp_path: Path):  # type: ignore[no-untyped-def]
    """The bot over HTTP on a few summaries."""
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as started:
        yield started


def to(channel: Channel) -> dict[str, Any]:
    """The form of the share modal with this channel chosen."""
    return {"share_in": {"share_channel": channel.id}}


async def preview(bot: Bot, *, dm: bool = False, with_bot: bool = True) -> tuple[User, Channel, View]:
    """A question asked, *Share* pressed: the person, the channel, and the preview."""
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana], with_bot=with_bot)
    answer = await bot.say.command("alliance rupture in one session", user=ana, channel=None if dm else team)
    assert answer.message
    assert (await bot.say.press(answer.message, "Share")).ok
    view = bot.slack.modal(ana)
    assert view
    return ana, team, view


async def test_share_shows_a_preview_with_the_present_channel_chosen(bot: Bot) -> None:
    _, team, view = await preview(bot)
    assert "Share this summary" in view.visible_text
    assert TITLE in view.visible_text
    assert "Practice implications" in view.visible_text
    assert "Your question is not shown" in view.visible_text
    picker = view.blocks[0]["element"]
    assert picker["type"] == "conversations_select"
    assert picker["initial_conversation"] == team.id
    assert bot.slack.posted() == []


async def test_the_card_is_posted_with_the_sharers_name_and_the_sharer_is_told(bot: Bot) -> None:
    ana, team, view = await preview(bot)
    done = await bot.say.submit(view)
    assert done.ok
    assert done.view is None
    [card] = bot.slack.posted(team)
    assert TITLE in card.visible_text
    assert card.text.startswith(f"<@{ana.id}> shares this summary\n{TITLE}")
    assert card.blocks[0]["elements"][0]["elements"][0] == {"type": "user", "user_id": ana.id}
    assert card.blocks[1]["type"] == "header"
    assert card.thread_ts is None
    assert (card.unfurl_links, card.unfurl_media) == (False, False)
    assert [ping for ping in card.pings if ana.id not in ping] == []
    told = shown_to(bot.slack, ana.id)[-1]
    assert f"Shared in <#{team.id}>. Only you see this." in told.visible_text
    assert [control.label for control in bot.say.controls(told)] == ["Undo"]


async def test_more_in_the_thread_of_a_shared_card_is_more_like_it(bot: Bot) -> None:
    ana, team, view = await preview(bot)
    await bot.say.submit(view)
    [card] = bot.slack.posted(team)
    await bot.say.mention("more", channel=team, user=ana, thread_ts=card.ts)
    assert bot.slack.posted(team)[-1].visible_text.startswith(f"*More like “{TITLE[:40]}")


LINE = "for Tuesday's supervision <!channel> *please* <@U0000000009> R&D"


async def test_the_sharers_own_line_is_above_the_card_pings_nobody_and_is_stored_nowhere(
    slack: LocalSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        ana, team, view = await preview(bot)
        assert "Add a line of your own" in view.visible_text
        assert (await bot.say.submit(view, {"share_with": {"share_line": f"  {LINE} "}})).ok
        [card] = slack.posted(team)
        assert card.blocks[0]["elements"][0]["elements"] == [
            {"type": "user", "user_id": ana.id},
            {"type": "text", "text": f" shares: {LINE}"},
        ]
        said = LINE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        assert card.text.startswith(f"<@{ana.id}> shares: {said}\n")
        assert [ping for ping in card.pings if ana.id not in ping] == []
        told = shown_to(slack, ana.id)[-1]
        assert "Tuesday" not in told.visible_text
        assert (await bot.say.press(told, "Undo")).ok
        assert slack.posted(team) == []
    assert "Tuesday" not in database_bytes(tmp_path).decode("latin-1")
    assert "Tuesday" not in caplog.text


async def test_a_line_with_client_details_is_not_posted_and_can_be_mended(bot: Bot) -> None:
    _, team, view = await preview(bot)
    refused = await bot.say.submit(view, {"share_with": {"share_line": "for Sarah, 34, who walked out"}})
    assert "looks like client details" in refused.errors["share_with"]
    assert bot.slack.posted(team) == []
    assert (await bot.say.submit(view, {"share_with": {"share_line": "for the group on Thursday at 14:30, Dr. Meier"}})).ok
    [card] = bot.slack.posted(team)
    assert "Thursday at 14:30, Dr. Meier" in card.visible_text


async def test_the_question_is_never_part_of_what_is_shared(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path) as bot:
        ana = slack.add_user("ana")
        team = slack.add_channel("team", [ana])
        answer = await bot.say.command(QUESTION, user=ana, channel=team)
        shown = next(control for control in bot.say.controls(answer.message) if control.label in ("Share", "Show"))
        await bot.say.press(answer.message, shown.action_id, value=shown.value)
        if shown.label == "Show":
            await bot.say.press(shown_to(slack, ana.id)[-1], "Share")
        view = slack.modal(ana)
        await bot.say.submit(view)
        assert len(slack.posted(team)) == 1
        assert "zebulonius" not in everything_of_the_bot(slack).casefold()
        assert "walked" not in slack.posted(team)[0].text


async def test_from_a_direct_message_the_channel_is_chosen_in_the_preview(bot: Bot) -> None:
    ana, team, view = await preview(bot, dm=True)
    assert "initial_conversation" not in view.blocks[0]["element"]
    with pytest.raises(AssertionError, match="please complete this required field"):
        await bot.say.submit(view)
    assert (await bot.say.submit(view, to(team))).ok
    assert [card.channel for card in bot.slack.posted()] == [team.id]
    assert shown_to(bot.slack, ana.id)[-1].channel == team.id


async def test_another_channel_than_the_present_one_can_be_chosen(bot: Bot) -> None:
    ana, team, view = await preview(bot)
    other = bot.slack.add_channel("other", [ana])
    assert (await bot.say.submit(view, to(other))).ok
    assert bot.slack.posted(team) == []
    assert len(bot.slack.posted(other)) == 1


async def test_where_slack_sends_no_selection_the_present_channel_is_meant(bot: Bot) -> None:
    ana, team, view = await preview(bot)
    payload = payloads.view_submission(bot.slack, view, ana)
    for values in (
        {},
        {"share_in": {}},
        {"share_in": {"share_channel": {"type": "conversations_select", "selected_conversation": None}}},
    ):
        payload["view"]["state"] = {"values": values}
        payload["view"]["id"] = f"V{len(str(values))}"
        answer = await post_interaction(bot, payload)
        assert answer.json == {"response_action": "clear"}
    assert len(bot.slack.posted(team)) == 3


async def test_without_selection_and_without_a_present_channel_it_asks_for_one(bot: Bot) -> None:
    ana, _, view = await preview(bot, dm=True)
    payload = payloads.view_submission(bot.slack, view, ana)
    payload["view"]["state"] = {"values": {}}
    answer = await post_interaction(bot, payload)
    assert answer.json == {"response_action": "errors", "errors": {"share_in": "Choose a channel first."}}
    assert bot.slack.posted() == []


@pytest.mark.parametrize("private", [False, True])
async def test_where_the_bot_is_not_a_member_the_modal_says_how_to_invite_it_and_the_next_submit_works(
    bot: Bot, private: bool
) -> None:
    ana, _, view = await preview(bot)
    far = bot.slack.add_channel("far", [ana], with_bot=False, private=private)
    refused = await bot.say.submit(view, to(far))
    assert refused.ok
    assert refused.errors == {
        "share_in": "PPRNet is not in that channel yet. Type /invite @PPRNet there, then press Share again."
    }
    assert refused.view is view
    far.members.add(bot.slack.bot_user_id)
    again = await bot.say.submit(view, to(far))
    assert again.ok
    assert again.view is None
    assert len(bot.slack.posted(far)) == 1


async def test_an_archived_channel_is_named_as_the_trouble_in_the_modal(bot: Bot) -> None:
    ana, _, view = await preview(bot)
    old = bot.slack.add_channel("old", [ana], archived=True)
    refused = await bot.say.submit(view, to(old))
    assert refused.errors == {"share_in": "Slack does not let me post in that channel. Choose another, or ask its owner."}
    assert bot.slack.posted() == []


async def test_a_rate_limit_is_no_fault_of_the_channel_and_the_next_submit_works(bot: Bot) -> None:
    _, team, view = await preview(bot)
    bot.slack.faults.rate_limited("chat.postMessage", 30)
    refused = await bot.say.submit(view)
    assert "in a moment" in refused.errors["share_in"]
    assert bot.slack.posted() == []
    assert (await bot.say.submit(view)).view is None
    assert len(bot.slack.posted(team)) == 1


async def test_a_double_submit_posts_once(bot: Bot) -> None:
    ana, team, view = await preview(bot)
    payload = payloads.view_submission(bot.slack, view, ana)
    release = asyncio.Event()
    bot.slack.faults.delay_after("chat.postMessage", release)
    first = asyncio.create_task(post_interaction(bot, payload))
    await bot.slack.until(bot.slack.posted)
    second = await post_interaction(bot, payload | {"trigger_id": "another"})
    release.set()
    third = await post_interaction(bot, payload | {"trigger_id": "a third"})
    for answer in (await first, second, third):
        assert answer.ok
        assert answer.json == {"response_action": "clear"}
    assert len(bot.slack.posted(team)) == 1


async def test_where_the_answer_was_lost_it_asks_to_look_before_sharing_again(bot: Bot) -> None:
    ana, team, view = await preview(bot)
    bot.slack.faults.drop_after("chat.postMessage")
    done = await bot.say.submit(view)
    assert done.ok
    assert done.view is not None
    assert "Please check the channel before you share it again." in done.view.visible_text
    assert "submit" not in done.view.spec
    assert len(bot.slack.posted(team)) == 1
    assert len(bot.slack.calls_of("chat.postMessage")) == 1
    payload = payloads.view_submission(bot.slack, view, ana)
    await post_interaction(bot, payload)
    assert len(bot.slack.posted(team)) == 1


async def shared(bot: Bot) -> tuple[User, Channel, Message]:
    """A card shared: the sharer, the channel, and what told the sharer."""
    ana, team, view = await preview(bot)
    await bot.say.submit(view)
    return ana, team, shown_to(bot.slack, ana.id)[-1]


async def test_the_sharer_can_take_the_card_back(bot: Bot) -> None:
    _, team, told = await shared(bot)
    assert (await bot.say.press(told, "Undo")).ok
    assert bot.slack.posted(team) == []
    assert "Removed from the channel" in told.visible_text
    assert bot.say.controls(told) == []


async def test_nobody_else_can_take_the_card_back(bot: Bot) -> None:
    _, team, told = await shared(bot)
    ben = bot.slack.add_user("ben")
    team.members.add(ben.id)
    [control] = bot.say.controls(told)
    payload = payloads.message_actions(bot.slack, told, control.action, ben)
    assert (await post_interaction(bot, payload)).ok
    assert len(bot.slack.posted(team)) == 1
    assert "Only the person who shared a card can remove it." in shown_to(bot.slack, ben.id)[-1].visible_text
    assert bot.slack.calls_of("chat.delete") == []


async def test_undo_pressed_twice_is_answered_twice_and_removes_nothing_else(bot: Bot) -> None:
    ana, team, told = await shared(bot)
    other = bot.slack.store(team, text="something else", user=ana.id)
    [control] = bot.say.controls(told)
    presses = [payloads.message_actions(bot.slack, told, control.action, ana) for _ in range(3)]
    assert all(answer.ok for answer in await asyncio.gather(*(post_interaction(bot, press) for press in presses[:2])))
    assert (await post_interaction(bot, presses[2])).ok
    assert bot.slack.posted(team) == []
    assert other in team.messages
    assert "has already been removed" in shown_to(bot.slack, ana.id)[-1].visible_text


async def test_an_undo_that_slack_refuses_can_be_pressed_again(bot: Bot) -> None:
    ana, team, told = await shared(bot)
    bot.slack.faults.error("chat.delete", "cant_delete_message")
    await bot.say.press(told, "Undo")
    assert "please press Undo again" in shown_to(bot.slack, ana.id)[-1].visible_text
    assert (await bot.say.press(told, "Undo")).ok
    assert bot.slack.posted(team) == []


async def test_undo_still_works_after_a_restart(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as before:
        _, team, told = await shared(before)
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as after:
        assert (await after.say.press(told, "Undo")).ok
    assert slack.posted(team) == []


async def test_a_sharer_who_cannot_be_told_has_shared_all_the_same(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    _, team, view = await preview(bot)
    bot.slack.faults.error("chat.postEphemeral", "user_not_in_channel")
    done = await bot.say.submit(view)
    assert done.ok
    assert done.view is None
    assert len(bot.slack.posted(team)) == 1
    assert "the sharer could not be notified (user_not_in_channel)" in caplog.text


async def test_a_summary_removed_while_the_preview_was_open_is_not_shared(bot: Bot, tmp_path: Path) -> None:
    _, _, view = await preview(bot)
    (tmp_path / "small" / "issues" / "2022-09.yaml").unlink()
    await bot.reloaded()
    refused = await bot.say.submit(view)
    assert "no longer in the library" in refused.errors["share_in"]
    assert bot.slack.posted() == []


async def test_a_forged_private_metadata_shares_nothing(bot: Bot) -> None:
    ana, _, view = await preview(bot)
    payload = payloads.view_submission(bot.slack, view, ana)
    for forged in ("", "{}", '{"summary": "no-such", "channel": "C1"}', "[]", "not json", '{"summary": ["x"]}'):
        payload["view"]["private_metadata"] = forged
        answer = await post_interaction(bot, payload)
        assert answer.status == 200, forged
    assert bot.slack.posted() == []


async def test_a_card_for_a_channel_that_its_sharer_is_not_in_is_taken_back(bot: Bot) -> None:
    ana, team, view = await preview(bot)
    elsewhere = bot.slack.add_channel("elsewhere", [bot.slack.add_user("eva")])
    forged = payloads.view_submission(bot.slack, view, ana)
    forged["view"]["state"]["values"]["share_in"] = {"share_channel": {"selected_conversation": elsewhere.id}}
    also = {**forged, "view": {**forged["view"], "private_metadata": view.private_metadata.replace(team.id, elsewhere.id)}}
    for payload in (forged, also):
        answer = await post_interaction(bot, payload)
        assert answer.status == 200
        assert "You are not in that channel" in answer.json["errors"]["share_in"]
    assert bot.slack.posted() == []
    assert (await bot.say.submit(view)).ok  # the form can be sent again, for a channel of one's own
    assert len(bot.slack.posted(team)) == 1
