"""The two shortcuts: what they open, for whom, and that nothing of a message that was looked at stays anywhere."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.blocks import ids
from bot.playground.slack import Channel, LocalSlack, ManualClock, Message, User, View, payloads
from tests.bot.test_errors import CANARY, SENTENCE, break_engine
from tests.bot.test_outsiders import OUTSIDER, card_in, partners
from tests.support.bot import Bot, running
from tests.support.database_file import database_bytes
from tests.support.requests import post_interaction
from tests.support.seen import everything_of_the_bot, shown_to
from tests.support.small_corpus import small_corpus
from tests.support.unhurried import LONG

RUPTURE = "An Alliance Rupture in One Session"
WORDS = "We spoke of how an alliance rupture in one session leads to greater symptoms in the next one"


@pytest.fixture
async def bot(slack: LocalSlack, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot over HTTP on a few summaries."""
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as started:
        yield started


def people(slack: LocalSlack) -> tuple[User, User, Channel]:
    """Two colleagues and their channel, in which the bot is not."""
    ana, ben = slack.add_user("ana"), slack.add_user("ben")
    return ana, ben, slack.add_channel("team", [ana, ben], with_bot=False)


async def related(bot: Bot, message: Message, user: User) -> View:
    """The modal that *Find related research* opens on a message."""
    assert (await bot.say.message_shortcut(ids.RELATED_SHORTCUT, message, user=user)).ok
    view = bot.slack.modal(user)
    assert view
    return view


async def test_the_global_shortcut_opens_the_search_and_answers_there(bot: Bot) -> None:
    ana, ben, team = people(bot.slack)
    assert (await bot.say.shortcut(ids.SEARCH_SHORTCUT, user=ana)).ok
    modal = bot.slack.modal(ana)
    assert modal.visible_text.startswith("Search the library\n")
    assert "Please keep client details out of Slack" in modal.visible_text
    assert (await bot.say.submit(modal, {"search_for": {"question": "an alliance rupture in one session"}})).ok
    assert RUPTURE in modal.visible_text
    assert bot.slack.modal(ben) is None
    assert team.messages == []


async def test_a_colleagues_message_is_looked_up_in_a_modal_that_only_one_person_sees(bot: Bot) -> None:
    ana, ben, team = people(bot.slack)
    view = await related(bot, bot.slack.store(team, text=WORDS, user=ben.id), ana)
    assert view.visible_text.startswith("Related research\n")
    assert RUPTURE in view.visible_text
    assert "The message's words are used for this search and not stored." in view.visible_text
    assert "Please keep client details out of Slack" in view.visible_text
    assert "client details. They were left out" not in view.visible_text
    assert bot.slack.modal(ben) is None
    assert [message.text for message in team.messages] == [WORDS]
    assert shown_to(bot.slack, ana.id) + shown_to(bot.slack, ben.id) == []


async def test_a_card_found_there_is_shared_only_on_request_and_without_the_message(bot: Bot) -> None:
    ana, ben, team = people(bot.slack)
    team.members.add(bot.slack.bot_user_id)
    view = await related(bot, bot.slack.store(team, text=f"{WORDS}. Zebrafish.", user=ben.id), ana)
    await bot.say.press(view, "Share")
    preview = bot.slack.modal(ana)
    assert "zebrafish" not in preview.visible_text
    assert bot.slack.posted(team) == []
    await bot.say.submit(preview, {"share_in": {"share_channel": team.id}})
    [card] = bot.slack.posted(team)
    assert card.text.startswith(f"<@{ana.id}> shares this summary")
    assert "zebrafish" not in card.visible_text


async def test_own_words_can_be_searched_from_there(bot: Bot) -> None:
    ana, ben, team = people(bot.slack)
    view = await related(bot, bot.slack.store(team, text="carburettor", user=ben.id), ana)
    assert "I found nothing in the library on this." in view.visible_text
    await bot.say.press(view, "Search in your own words")
    search = bot.slack.modal(ana)
    assert search.visible_text.startswith("Search the library\n")
    await bot.say.submit(search, {"search_for": {"question": "an alliance rupture in one session"}})
    assert RUPTURE in search.visible_text


async def test_client_details_in_a_message_are_left_out_and_the_person_is_told(bot: Bot) -> None:
    ana, ben, team = people(bot.slack)
    message = bot.slack.store(team, text=f"my client Wilhelmina (DOB 3/4/1985), 613-555-0142. {WORDS}", user=ben.id)
    view = await related(bot, message, ana)
    assert "look like client details. They were left out of the search" in view.visible_text
    assert "its author can edit or delete it" in view.visible_text
    assert RUPTURE in view.visible_text
    sent = everything_of_the_bot(bot.slack)
    assert not [word for word in ("Wilhelmina", "1985", "555-0142") if word in sent]


@pytest.mark.parametrize("text", ["", "   ", ":wave:", "<@U123>", "help", "thanks", None])
async def test_a_message_without_words_to_search_for_says_so(bot: Bot, text: str | None) -> None:
    ana, ben, team = people(bot.slack)
    message = bot.slack.store(team, text="x", user=ben.id)
    payload = payloads.message_shortcut(bot.slack, ids.RELATED_SHORTCUT, message, ana)
    payload["message"]["text"] = text
    assert (await post_interaction(bot, payload)).ok
    assert "I found no" in bot.slack.modal(ana).visible_text


async def test_a_message_is_a_question_even_where_it_begins_like_a_command(bot: Bot) -> None:
    ana, ben, team = people(bot.slack)
    for text in ("latest", "topics", "privacy", "compare", "forget me", "evidence", "saved", "topic alliance"):
        view = await related(bot, bot.slack.store(team, text=text, user=ben.id), ana)
        assert view.visible_text.startswith("Related research\n")
        assert "What I do with what you write" not in view.visible_text
        assert "Permanently delete everything I have stored about you?" not in view.visible_text
        assert "Topics in the library" not in view.visible_text
        await bot.say.close(view)


async def test_a_message_about_danger_shows_the_clinics_line_first(slack: LocalSlack, tmp_path: Path) -> None:
    line = "In danger now? Call our on-call clinician at 613-555-0199."
    async with running(slack, tmp_path, PPRNET_CRISIS_LINE=line, **small_corpus(tmp_path)) as bot:
        ana, ben, team = people(slack)
        for text in ("My client wants to kill herself", "client is sui-\ncidal"):
            view = await related(bot, slack.store(team, text=text, user=ben.id), ana)
            assert [block["text"]["text"] for block in view.blocks] == [line]
        view = await related(bot, slack.store(team, text=f"{WORDS} The client is in danger.", user=ben.id), ana)
        assert view.blocks[0]["text"]["text"] == line


async def test_a_member_may_look_up_a_message_in_a_shared_channel_and_an_outsider_may_not(bot: Bot) -> None:
    ana, cleo, shared = partners(bot.slack)
    message = bot.slack.store(shared, text=WORDS, user=cleo.id)
    assert RUPTURE in (await related(bot, message, ana)).visible_text
    # Slack offers the shortcuts to members of our own workspace; a request that comes all the same is not carried out.
    assert (await bot.say.message_shortcut(ids.RELATED_SHORTCUT, message, user=cleo)).status == 403
    assert (await bot.say.shortcut(ids.SEARCH_SHORTCUT, user=cleo)).status == 403
    assert shown_to(bot.slack, cleo.id) == []
    card = await card_in(bot, shared)
    assert (await bot.say.message_shortcut(ids.RELATED_SHORTCUT, card, user=cleo)).ok
    [note] = shown_to(bot.slack, cleo.id)
    assert OUTSIDER in note.visible_text
    assert bot.slack.modal(cleo) is None


async def test_nothing_of_a_message_is_kept_logged_or_sent_back(
    bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ana, ben, team = people(bot.slack)
    message = bot.slack.store(team, text=f"{WORDS} zebrafish aliance qwertzing", user=ben.id)
    caplog.clear()
    await related(bot, message, ana)
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("bot"))
    for word in ("zebrafish", "qwertzing", "We spoke of"):
        assert word not in ours
        assert word not in everything_of_the_bot(bot.slack)
        assert word not in database_bytes(tmp_path).decode("latin-1")


async def test_when_slacks_three_seconds_are_over_the_person_is_asked_to_choose_again(tmp_path: Path) -> None:
    clock = ManualClock(time.time())
    async with LocalSlack(clock=clock) as slack, running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        ana, ben, team = people(slack)
        payload = payloads.message_shortcut(slack, ids.RELATED_SHORTCUT, slack.store(team, text=WORDS, user=ben.id), ana)
        clock.advance(LONG + 0.5)
        assert (await post_interaction(bot, payload)).ok
        assert slack.modal(ana) is None
        [note] = shown_to(slack, ana.id)
        assert "Please choose it again." in note.visible_text
        payload = payloads.shortcut(slack, ids.SEARCH_SHORTCUT, ana)
        clock.advance(LONG + 0.5)
        assert (await post_interaction(bot, payload)).ok  # Slack gives no place to say anything
        assert slack.modal(ana) is None


async def test_a_bug_is_said_beside_the_message_with_a_reference(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    ana, ben, team = people(bot.slack)
    break_engine(bot)
    assert (
        await bot.say.message_shortcut(ids.RELATED_SHORTCUT, bot.slack.store(team, text=WORDS, user=ben.id), user=ana)
    ).ok
    [note] = shown_to(bot.slack, ana.id)
    found = SENTENCE.search(note.visible_text)
    assert found
    assert f"reference={found[1]} " in caplog.text
    assert CANARY not in caplog.text + everything_of_the_bot(bot.slack)


async def test_both_over_the_socket(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, socket=True, **small_corpus(tmp_path)) as bot:
        ana, ben, team = people(slack)
        assert RUPTURE in (await related(bot, slack.store(team, text=WORDS, user=ben.id), ana)).visible_text
        await bot.say.shortcut(ids.SEARCH_SHORTCUT, user=ben)
        assert slack.modal(ben).visible_text.startswith("Search the library\n")


IN_BLOCKS = [
    {"type": "header", "text": {"type": "plain_text", "text": "Supervision notes"}},
    {"type": "section", "text": {"type": "mrkdwn", "text": WORDS}, "accessory": {"type": "button", "text": {"text": "Go"}}},
]
AS_RICH_TEXT = [
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": WORDS[:40], "style": {"bold": True}},
                    {"type": "text", "text": WORDS[40:]},
                ],
            }
        ],
    }
]
WITHOUT_TEXT = {
    "blocks of an app": {"text": "", "blocks": IN_BLOCKS},
    "rich text": {"text": None, "blocks": AS_RICH_TEXT},
    "fields": {"text": "", "blocks": [{"type": "section", "fields": [{"type": "mrkdwn", "text": WORDS}]}]},
    "an attachment": {"text": "", "attachments": [{"title": "Notes", "text": WORDS, "fallback": "x"}]},
    "an attachment's fallback": {"text": "", "attachments": [{"fallback": WORDS}]},
    "blocks in an attachment": {"text": "", "attachments": [{"blocks": IN_BLOCKS, "fallback": "[no preview]"}]},
    "a forwarded message": {
        "text": "",
        "attachments": [{"is_share": True, "message_blocks": [{"team": "T1", "message": {"blocks": AS_RICH_TEXT}}]}],
    },
    "a forwarded message with a line": {"text": "what do you think?", "attachments": [{"is_share": True, "text": WORDS}]},
}


@pytest.mark.parametrize("content", WITHOUT_TEXT.values(), ids=WITHOUT_TEXT)
async def test_words_in_blocks_and_attachments_are_read(bot: Bot, content: dict[str, object]) -> None:
    ana, _, team = people(bot.slack)
    message = bot.slack.store(team, text="x", user=ana.id)
    payload = payloads.message_shortcut(bot.slack, ids.RELATED_SHORTCUT, message, ana)
    payload["message"] |= content
    assert (await post_interaction(bot, payload)).ok
    view = bot.slack.modal(ana)
    assert view
    assert RUPTURE in view.visible_text


async def test_a_message_without_any_words_is_said_to_have_none(bot: Bot) -> None:
    ana, _, team = people(bot.slack)
    message = bot.slack.store(team, text="x", user=ana.id)
    for nothing in (
        {"text": ""},
        {"text": None, "blocks": [], "attachments": []},
        {"text": "", "blocks": [{"type": "image"}]},
    ):
        bot.slack.clear_views(ana.id)
        payload = payloads.message_shortcut(bot.slack, ids.RELATED_SHORTCUT, message, ana)
        payload["message"] |= nothing
        assert (await post_interaction(bot, payload)).ok
        view = bot.slack.modal(ana)
        assert view
        assert "no words" in view.visible_text
