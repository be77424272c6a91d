"""Saving a summary for oneself: the button, the list, and that it is nobody else's business."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.playground.slack import LocalSlack, payloads
from bot.store.tables import saved
from tests.support.bot import Bot, running
from tests.support.database_file import sql
from tests.support.people import RUPTURE, TITLE, database_of, labels, modal, private_card, rows, study, team_of, typed
from tests.support.requests import post_interaction
from tests.support.seen import shown_to

BOLD = " · *bold*: your words"


async def test_save_becomes_saved_where_it_stands_and_the_list_shows_it(both: Bot) -> None:
    team, [ana] = team_of(both, "ana")
    card = await private_card(both, ana, team)
    before = card.visible_text.replace(BOLD, "")  # the words are not marked any more: the question is not kept
    assert "*Also:*" in before
    assert (await both.say.press(card, "Save")).ok
    assert card.visible_text == before.replace("\nSave\n", "\nSaved\n")
    assert shown_to(both.slack, ana.id) == [card]
    listed = await typed(both, "saved", ana, team)
    assert "You have saved 1 summary, newest first. Only you see this list." in listed.visible_text
    assert TITLE in listed.visible_text
    assert labels(both, listed) == ["Show", "Add a note", "Remove", "Download as CSV"]
    assert (await both.say.press(card, "Saved")).ok
    assert card.visible_text == before
    assert "You haven't saved anything yet." in (await typed(both, "saved", ana, team)).visible_text
    assert await rows(both, saved) == []


async def test_what_is_saved_says_so_when_it_is_asked_for_or_shown_again(small: Bot) -> None:
    team, [ana, ben] = team_of(small, "ana", "ben")
    await small.say.press(await private_card(small, ana, team), "Save")
    again = await private_card(small, ana, team)
    assert "Saved" in labels(small, again)
    assert "Save" in labels(small, await private_card(small, ben, team))
    await small.say.press(await typed(small, "saved", ana, team), "Show")
    shown = shown_to(small.slack, ana.id)[-1]
    assert "Saved" in labels(small, shown)
    await small.say.press(shown, "Saved")
    assert "Save" in labels(small, shown)
    await small.say.press(again, "Saved")
    assert "Save" in labels(small, again)
    await small.say.press(again, "Save")
    await small.say.direct_message("alliance rupture in one session", user=ana)
    assert "Saved" in labels(small, small.slack.posted()[-1])
    await small.say.mention("alliance rupture in one session", channel=team, user=ana)
    assert "Saved" not in labels(small, small.slack.posted(team)[-1])  # others see it too


async def test_what_is_saved_says_so_while_somebody_writes(both: Bot) -> None:
    """Looking up takes no lock: fifty who ask at once would queue for it, and most would go without."""
    team, [ana] = team_of(both, "ana")
    await both.say.press(await private_card(both, ana, team), "Save")
    async with database_of(both) as database, database.begin() as writing:
        await writing.execute(text("DELETE FROM claim WHERE key = ''"))
        assert "Saved" in labels(both, await private_card(both, ana, team))


async def test_an_answer_does_not_wait_for_a_store_that_is_busy_or_broken(small: Bot, tmp_path: Path) -> None:
    team, [ana] = team_of(small, "ana")
    await sql(tmp_path, "DROP TABLE saved")
    card = await private_card(small, ana, team)
    assert "Practice implications" in card.visible_text
    async with database_of(small) as database, database.begin():
        assert "Practice implications" in (await private_card(small, ana, team)).visible_text
    await small.say.mention("alliance rupture in one session", channel=team, user=ana)
    assert len(small.slack.posted(team)) == 1


async def test_what_is_stored_is_ids_and_a_time(both: Bot) -> None:
    team, [ana] = team_of(both, "ana")
    await both.say.press(await private_card(both, ana, team), "Save")
    [row] = await rows(both, saved)
    assert row.pop("saved_at") > 1.7e9
    assert row == {"team": both.slack.team_id, "user": ana.id, "summary_id": RUPTURE, "note": None}


async def test_an_answer_with_more_in_it_than_the_library_knows_stays_and_a_note_says_it(small: Bot) -> None:
    team, [ana] = team_of(small, "ana")
    card = await private_card(small, ana, team, "aliance ruptre")
    before = card.visible_text
    assert "Showing results for" in before
    await small.say.press(card, "Save")
    assert card.visible_text == before
    note = shown_to(small.slack, ana.id)[-1]
    assert f"Saved: *{TITLE}*" in note.visible_text
    assert "Only you see this. `/pprnet saved` lists everything you saved." in note.visible_text
    await small.say.press(card, "Save")
    assert "You have already saved this" in shown_to(small.slack, ana.id)[-1].visible_text
    again = await private_card(small, ana, team, "aliance ruptre")
    assert "Save" in labels(small, again)
    await small.say.press(note, "Remove")
    assert note.visible_text == "Removed from your saved summaries."
    assert await rows(small, saved) == []


async def test_in_a_channel_saving_is_answered_in_private_and_the_card_stays_as_it_is(small: Bot) -> None:
    team, [ana, ben] = team_of(small, "ana", "ben")
    await small.say.mention("alliance rupture in one session", channel=team, user=ana)
    [card] = small.slack.posted(team)
    before = card.visible_text
    await small.say.press(card, "Save", user=ben)
    assert card.visible_text == before
    [note] = shown_to(small.slack, ben.id)
    assert note.thread_ts == card.thread_ts
    assert "Saved: " in note.visible_text
    assert shown_to(small.slack, ana.id) == []
    assert "You haven't saved anything yet." in (await typed(small, "saved", ana, team)).visible_text
    assert TITLE in (await typed(small, "saved", ben, team)).visible_text


async def test_a_shared_card_is_saved_in_private_too(small: Bot) -> None:
    team, [ana, ben] = team_of(small, "ana", "ben")
    await small.say.press(await private_card(small, ana, team), "Share")
    await small.say.submit(modal(small, ana))
    [card] = small.slack.posted(team)
    await small.say.press(card, "Save", user=ben)
    assert "Saved: " in shown_to(small.slack, ben.id)[-1].visible_text
    assert "Save" in labels(small, card)


async def test_in_a_direct_message_the_button_changes_in_place(small: Bot) -> None:
    ana = small.slack.add_user("ana")
    await small.say.direct_message("aliance ruptre", user=ana)
    card = small.slack.posted()[-1]
    before = card.visible_text
    await small.say.press(card, "Save", user=ana)
    assert card.visible_text == before.replace("\nSave\n", "\nSaved\n")
    assert card.ephemeral_to is None
    assert len(small.slack.posted()) == 1
    await small.say.press(card, "Saved", user=ana)
    assert card.visible_text == before
    await small.say.direct_message("Saved", user=ana)
    assert "You haven't saved anything yet." in small.slack.posted()[-1].visible_text


async def test_in_the_studys_modal_the_button_changes_in_place(small: Bot) -> None:
    team, [ana] = team_of(small, "ana")
    view = await study(small, ana, await private_card(small, ana, team))
    await small.say.press(view, "Save")
    assert "Saved" in labels(small, modal(small, ana))
    await small.say.press(modal(small, ana), "Saved")
    assert "Save" in labels(small, modal(small, ana))
    assert await rows(small, saved) == []


async def test_in_a_search_on_home_the_question_stays_in_its_field_when_something_is_saved(small: Bot) -> None:
    _, [ana] = team_of(small, "ana")
    await small.say.home_opened(ana)
    await small.say.press(small.slack.homes[ana.id], "Search", user=ana)
    form = modal(small, ana)
    await small.say.submit(form, {"search_for": {"question": "alliance rupture in one session"}})
    await small.say.press(modal(small, ana), "Save")
    now = modal(small, ana)
    assert "Saved" in labels(small, now)
    assert now.callback_id == "search"
    assert now.state["search_for"]["question"]["value"] == "alliance rupture in one session"


async def test_the_list_is_newest_first_in_pages_and_what_is_shown_can_be_removed(bot: Bot) -> None:
    team, [ana] = team_of(bot, "ana")
    summaries = bot.knowledge.corpus.summaries[:19]
    for summary in summaries:
        listed = await private_card(bot, ana, team, summary.issue)
        many = len(bot.knowledge.corpus.issue(summary.issue).summaries) > 1
        if many:
            await bot.say.press(listed, "Show", value=summary.id)
        await bot.say.press(shown_to(bot.slack, ana.id)[-1], "Save")
    newest = [summary.title for summary in reversed(summaries)]
    page = await typed(bot, "saved", ana, team)
    assert "19 summaries (1 to 8)" in page.visible_text
    assert [title for title in newest if title in page.visible_text] == newest[:8]
    assert labels(bot, page)[-2:] == ["Older", "Download as CSV"]
    await bot.say.press(page, "Older")
    await bot.say.press(page, "Older")
    assert "(17 to 19)" in page.visible_text
    assert labels(bot, page)[-2:] == ["Newer", "Download as CSV"]
    for left in (2, 1):
        await bot.say.press(page, "Remove", nth=0)
        assert page.visible_text.count("\nRemove") == left
    await bot.say.press(page, "Remove")  # the last of a page: the page before it is shown
    assert "16 summaries (9 to 16)" in page.visible_text
    await bot.say.press(page, "Newer")
    await bot.say.press(page, "Show", nth=0)
    shown = shown_to(bot.slack, ana.id)[-1]
    assert "Practice implications" in shown.visible_text
    assert newest[0] in shown.visible_text


@pytest.mark.slow
async def test_a_saved_summary_that_left_the_library_is_named_as_such_and_can_be_removed(
    slack: LocalSlack, tmp_path: Path, corpus_copy: Path
) -> None:
    async with running(slack, tmp_path, PPRNET_KNOWLEDGE=str(corpus_copy)) as bot:
        team, [ana] = team_of(bot, "ana")
        card = await private_card(bot, ana, team)
        await bot.say.press(card, "Save")
        (corpus_copy / "issues" / "2022-09.yaml").unlink()
        await bot.reloaded()
        listed = await typed(bot, "saved", ana, team)
        assert "A summary that is no longer in the library" in listed.visible_text
        assert labels(bot, listed) == ["Remove", "Download as CSV"]
        await bot.say.press(card, "Saved")
        assert shown_to(slack, ana.id)[-1].visible_text == "Removed from your saved summaries."
        assert TITLE in card.visible_text
        await bot.say.press(listed, "Remove")
        assert "You haven't saved anything yet." in listed.visible_text


async def test_clicks_at_once_and_on_two_devices_save_it_once(both: Bot) -> None:
    team, [ana] = team_of(both, "ana")
    first, second = await private_card(both, ana, team), await private_card(both, ana, team)
    presses = [both.say.press(card, "save") for card in (first, second, first, second)]
    assert all(answer.ok for answer in await asyncio.gather(*presses))
    assert len(await rows(both, saved)) == 1
    assert "Saved" in labels(both, first)
    assert "Saved" in labels(both, second)
    await asyncio.gather(*(both.say.press(card, "unsave") for card in (first, second)))
    assert await rows(both, saved) == []


async def test_a_forged_button_saves_nothing_and_is_answered(small: Bot) -> None:
    team, [ana] = team_of(small, "ana")
    card = await private_card(small, ana, team)
    for name, value in (
        ("save", "no-such-id = x"), ("save", ""), ("save", None), ("save", "= ="), ("save", "x" * 2000), ("unsave", None),
        ("unsave:x", "x -1"),
        ("remove_saved", None), ("unsave:x", "x 99999999999999999999"), ("saved_page:older", "⁵"), ("saved_page:x", "1e9"),
    ):  # fmt: skip
        action = {"type": "button", "action_id": name, "block_id": "b", "value": value}
        assert (await post_interaction(small, payloads.message_actions(small.slack, card, action, ana))).ok
        assert "went wrong" not in shown_to(small.slack, ana.id)[-1].visible_text, (name, value)
    assert await rows(small, saved) == []


@pytest.mark.parametrize("words", ["saved", "saved export", "log", "forget me"])
async def test_what_is_ones_own_is_not_said_in_a_channel(small: Bot, words: str) -> None:
    team, [ana] = team_of(small, "ana")
    await small.say.press(await private_card(small, ana, team), "Save")
    await small.say.mention(words, channel=team, user=ana)
    [answer] = small.slack.posted(team)
    assert "That is private." in answer.visible_text
    assert TITLE not in answer.visible_text
