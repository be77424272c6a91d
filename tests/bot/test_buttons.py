"""The buttons of cards and lists: each press has a visible result, for the person who pressed."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

import pytest

from bot.playground.slack import LocalSlack, ManualClock, Message, User, payloads
from tests.support.bot import Bot, running
from tests.support.idle import eventually
from tests.support.requests import post_interaction
from tests.support.seen import shown_to
from tests.support.small_corpus import small_corpus
from tests.support.unhurried import LONG

RUPTURE = "An Alliance Rupture in One Session"


async def card_in(bot: Bot, place: str) -> tuple[User, Message]:
    """A card as an ephemeral answer ("ephemeral"), in a channel's thread ("thread") or in a direct message ("dm")."""
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    if place == "ephemeral":
        answer = await bot.say.command("alliance rupture in one session", user=ana, channel=team)
        assert answer.message
        return ana, answer.message
    if place == "thread":
        await bot.say.mention("alliance rupture in one session", channel=team, user=ana)
    else:
        await bot.say.direct_message("alliance rupture in one session", user=ana)
    return ana, bot.slack.posted()[-1]


@pytest.fixture
async def small(slack: LocalSlack, tmp_path: Path):  # type: ignore[no-untyped-def]
    """The bot over HTTP on a few summaries."""
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        yield bot


@pytest.mark.parametrize("place", ["ephemeral", "thread", "dm"])
async def test_read_the_study_opens_a_modal_with_the_whole_of_it(small: Bot, place: str) -> None:
    ana, card = await card_in(small, place)
    assert (await small.say.press(card, "Details", user=ana)).ok
    modal = small.slack.modal(ana)
    summary = small.knowledge.corpus.get("alliance-rupture-next-session")
    assert modal is not None
    sentences = re.split(r"(?<=[.?!])\s", summary.summary)
    for part in (summary.title, *sentences, "Citation", "56 patients, 33 therapists", summary.note):
        assert part in modal.visible_text, part
    assert "Practice implications" not in modal.visible_text  # the card beside it has them
    assert (summary.study.citation or "The blog gives no citation.") in modal.visible_text
    assert "Topics: " in modal.visible_text
    assert len(small.slack.calls_of("views.open")) == 1


@pytest.mark.slow
async def test_every_summary_can_be_shown_and_its_study_read(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    shown = 0
    for issue in bot.knowledge.corpus.issues:
        listed = (await bot.say.command(issue.month, user=ana)).message
        for summary in issue.summaries:
            card = listed
            if len(issue.summaries) > 1:
                assert (await bot.say.press(listed, "Show", value=summary.id, user=ana)).ok
                card = bot.slack.posted(bot.slack.open_dm(ana))[-1]
            assert summary.title in card.visible_text
            assert (await bot.say.press(card, "Details", user=ana)).ok
            study = bot.slack.modal(ana).visible_text
            assert summary.title in study
            assert ("Effect sizes as printed" in study) == bool(summary.study.effects)
            shown += 1
    assert shown == len(bot.knowledge.corpus.summaries)


async def test_what_else_is_on_this_is_one_line_and_its_button_lists_it(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    asked = "is the alliance lower in video therapy than face to face"
    card = (await bot.say.command(asked, user=ana, channel=team)).message
    [control] = [control for control in bot.say.controls(card) if control.action_id == "also"]
    others = [bot.knowledge.corpus.get(each) for each in control.value.split()]
    assert len(others) == 2
    assert " and 1 more" in card.visible_text
    assert all(other.title in card.text for other in others)  # whole, for those who hear it
    assert (await bot.say.press(card, control.action_id)).ok
    listed = shown_to(bot.slack, ana.id)[-1]
    assert "Also on this:" in listed.visible_text
    assert [each.value for each in bot.say.controls(listed) if each.label == "Show"] == control.value.split()


async def test_pressed_on_an_ephemeral_card_the_answer_is_for_the_same_person_alone(small: Bot) -> None:
    ana, card = await card_in(small, "ephemeral")
    assert (await small.say.press(card, "Similar")).ok
    answer = shown_to(small.slack, ana.id)[-1]
    assert f"More like “{RUPTURE}" in answer.visible_text
    assert not card.deleted
    assert RUPTURE in card.visible_text
    assert small.slack.posted() == []


async def test_pressed_in_a_channel_the_answer_is_for_the_person_who_pressed_in_that_thread(small: Bot) -> None:
    _, card = await card_in(small, "thread")
    ben = small.slack.add_user("ben")
    small.slack.channel_named("team").members.add(ben.id)
    assert (await small.say.press(card, "Similar", user=ben)).ok
    [answer] = shown_to(small.slack, ben.id)
    assert answer.thread_ts == card.thread_ts
    assert "More like" in answer.visible_text
    assert small.slack.posted() == [card]


async def test_pressed_in_a_direct_message_the_answer_stays_there(small: Bot) -> None:
    ana, card = await card_in(small, "dm")
    assert (await small.say.press(card, "Similar", user=ana)).ok
    answer = small.slack.posted(small.slack.open_dm(ana))[-1]
    assert answer.ephemeral_to is None
    assert "More like" in answer.visible_text
    assert RUPTURE in card.visible_text


async def test_show_gives_the_card_of_that_line(small: Bot) -> None:
    ana, card = await card_in(small, "ephemeral")
    await small.say.press(card, "Similar")
    listed = shown_to(small.slack, ana.id)[-1]
    for control in small.say.controls(listed):
        assert control.label == "Show"
        assert (await small.say.press(listed, control.action_id)).ok
        shown = shown_to(small.slack, ana.id)[-1]
        assert small.knowledge.corpus.get(control.value).title in shown.visible_text
        assert "Practice implications" in shown.visible_text
        assert [each.label for each in small.say.controls(shown)] == ["Details", "Similar", "Share", "Save"]


async def test_topic_buttons_under_nothing_found_list_the_topic(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    nothing = (await bot.say.command("ruptured appendix", user=ana, channel=team)).message
    topics = [control for control in bot.say.controls(nothing) if control.action_id.startswith("topic:")]
    assert topics
    for control in topics:
        assert (await bot.say.press(nothing, control.action_id)).ok
        assert f"{control.label}: " in shown_to(bot.slack, ana.id)[-1].visible_text.replace("&amp;", "&")
        assert "newest first" in shown_to(bot.slack, ana.id)[-1].visible_text


async def test_show_the_latest_under_help_lists_the_newest_month(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    helped = (await bot.say.command("", user=ana)).message
    assert (await bot.say.press(helped, "Show the latest")).ok
    assert "December 2023" in bot.slack.posted(bot.slack.open_dm(ana))[-1].visible_text


@pytest.mark.parametrize("button", ["Details", "Similar", "Share"])
async def test_a_button_of_a_summary_that_was_removed_says_so(slack: LocalSlack, tmp_path: Path, button: str) -> None:
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        ana, card = await card_in(bot, "thread")
        (tmp_path / "small" / "issues" / "2022-09.yaml").unlink()
        await bot.reloaded()
        assert (await bot.say.press(card, button, user=ana)).ok
        [answer] = shown_to(slack, ana.id)
        assert "no longer in the library" in answer.visible_text
        await bot.say.mention("more", channel=card.channel, user=ana, thread_ts=card.thread_ts)
        assert "no longer in the library" in slack.posted()[-1].visible_text


@pytest.mark.parametrize("button", ["Details", "Share"])
async def test_when_slacks_three_seconds_are_over_it_asks_for_another_press_which_works(tmp_path: Path, button: str) -> None:
    clock = ManualClock(time.time())
    async with LocalSlack(clock=clock) as slack, running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        ana, card = await card_in(bot, "ephemeral")
        release = asyncio.Event()
        slack.faults.delay_before("views.open", release)
        press = asyncio.create_task(bot.say.press(card, button))
        await eventually(lambda: slack.calls_of("views.open"))
        clock.advance(LONG + 0.5)
        release.set()
        assert (await press).status == 200
        assert slack.calls_of("views.open")[0].error == "expired_trigger_id"
        assert slack.modal(ana) is None
        assert "press the button again" in shown_to(slack, ana.id)[-1].visible_text
        assert (await bot.say.press(card, button)).ok
        assert slack.modal(ana) is not None


async def test_a_button_of_an_older_version_is_answered(small: Bot) -> None:
    ana, card = await card_in(small, "thread")
    for name in ("save_for_later", "feedback:up", "show", "", "\u0000odd"):
        action = {
            "type": "button",
            "action_id": name,
            "block_id": "b",
            "value": "x",
            "text": {"type": "plain_text", "text": "Save"},
        }
        before = len(shown_to(small.slack, ana.id))
        assert (await post_interaction(small, payloads.message_actions(small.slack, card, action, ana))).ok
        assert "no longer in the library" in shown_to(small.slack, ana.id)[before].visible_text, name


async def test_a_forged_or_broken_button_value_is_answered_like_a_removed_summary(small: Bot) -> None:
    ana, card = await card_in(small, "thread")
    for name in ("read_study", "more_like_this", "share", "show:x", "save", "use:will_use", "something_wrong", "reflect"):
        for value in ("no-such-id", "<!channel>", None, "x" * 2000):
            action = {"type": "button", "action_id": name, "block_id": "b", "value": value}
            assert (await post_interaction(small, payloads.message_actions(small.slack, card, action, ana))).ok
            said = shown_to(small.slack, ana.id)[-1]
            assert "no longer in the library" in said.visible_text
            assert said.pings == []
    assert small.slack.calls_of("views.open") == []


async def test_an_answer_that_the_response_url_refuses_is_not_tried_again(
    small: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    ana, card = await card_in(small, "thread")
    faults = small.slack.faults
    faults.drop_after("response_url")
    for status in (404, 410, 429, 500):
        faults.http("response_url", status)
    for number in range(1, 6):
        caplog.clear()
        assert (await small.say.press(card, "Similar", user=ana)).ok
        assert len(small.slack.calls_of("response_url")) == number
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert "response_url" in caplog.text
        assert small.slack.base_url not in caplog.text
    await small.say.press(card, "Similar", user=ana)
    assert "More like" in shown_to(small.slack, ana.id)[-1].visible_text


async def test_two_presses_at_once_each_get_their_answer(small: Bot) -> None:
    ana, card = await card_in(small, "thread")
    answers = await asyncio.gather(*(small.say.press(card, "Similar", user=ana) for _ in range(2)))
    assert all(answer.ok for answer in answers)
    assert len(shown_to(small.slack, ana.id)) == 2
