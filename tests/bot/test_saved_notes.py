"""Notes on what one saved: their owner's alone, and exported as a table that no spreadsheet executes."""

from __future__ import annotations

import asyncio
import csv
import io
from pathlib import Path
from typing import Any

import pytest

from bot.blocks import saved_csv
from bot.blocks.saved import LOG_MOVED
from bot.corpus.model import Corpus, Lexicon
from bot.playground.slack import LocalSlack, payloads
from bot.store.saves import SavedSummary, Saves
from bot.store.tables import learned, learners, saved
from tests.support.bot import Bot
from tests.support.people import RUPTURE, TITLE, database_of, labels, modal, private_card, rows, study, team_of, typed
from tests.support.process import serving
from tests.support.requests import post_interaction, sender_for
from tests.support.seen import shown_to

LINE = "zebulonius: name the rupture first"


def tables(blocks: list[dict[str, Any]]) -> list[list[list[str]]]:
    """The CSV tables in a message's code blocks, read as a spreadsheet would."""
    code = [
        "".join(part["text"] for part in element["elements"])
        for block in blocks
        if block["type"] == "rich_text"
        for element in block["elements"]
        if element["type"] == "rich_text_preformatted"
    ]
    return [list(csv.reader(io.StringIO(text))) for text in code]


async def test_opening_a_study_is_recorded_nowhere(both: Bot) -> None:
    team, [ana] = team_of(both, "ana")
    await typed(both, "log on", ana, team)
    await study(both, ana, await private_card(both, ana, team))
    assert await rows(both, saved) == await rows(both, learned) == await rows(both, learners) == []


async def test_a_note_is_written_shown_changed_and_removed(both: Bot) -> None:
    team, [ana, ben] = team_of(both, "ana", "ben")
    card = await private_card(both, ana, team)
    await both.say.press(card, "Save")
    await both.say.press(await study(both, ana, card), "Add a note")
    form = modal(both, ana)
    for part in ("Only you see this note.", "until you remove it", "Please write nothing about clients."):
        assert part in form.visible_text
    await both.say.submit(form, {"one_line": {"reflection": f"  {LINE} "}})
    assert "Your note is saved." in modal(both, ana).visible_text
    await both.say.close(modal(both, ana), cleared=True)
    [row] = await rows(both, saved)
    assert (row["user"], row["summary_id"], row["note"]) == (ana.id, RUPTURE, LINE)
    shown = await typed(both, "saved", ana, team)
    for part in ("You have saved 1 summary, newest first. Only you see this list.", TITLE, "saved <!date^", LINE):
        assert part in shown.visible_text
    # It can be changed and removed; the date stays.
    await both.say.press(await study(both, ana, card), "Edit note")
    assert modal(both, ana).blocks[1]["element"]["initial_value"] == LINE
    await both.say.submit(modal(both, ana), {"one_line": {"reflection": None}})
    assert "You have no note" in modal(both, ana).visible_text
    [again] = await rows(both, saved)
    assert (again["saved_at"], again["note"]) == (row["saved_at"], None)
    assert "You haven't saved anything yet." in (await typed(both, "saved", ben, team)).visible_text


async def test_a_note_on_what_is_not_saved_saves_it_and_no_note_saves_nothing(small: Bot) -> None:
    team, [ana] = team_of(small, "ana")
    card = await private_card(small, ana, team)
    for line, kept in (("", []), (LINE, [LINE])):
        await small.say.press(await study(small, ana, card), "Add a note")
        await small.say.submit(modal(small, ana), {"one_line": {"reflection": line}})
        await small.say.close(modal(small, ana), cleared=True)
        assert [row["note"] for row in await rows(small, saved)] == kept
    assert labels(small, await typed(small, "saved", ana, team)) == ["Show", "Edit note", "Remove", "Download as CSV"]


async def test_a_note_is_not_deleted_by_a_press_on_saved_without_being_asked_about(both: Bot) -> None:
    team, [ana] = team_of(both, "ana")
    card = await private_card(both, ana, team)
    await both.say.press(card, "Save")
    await both.say.press(await typed(both, "saved", ana, team), "Add a note")
    await both.say.submit(modal(both, ana), {"one_line": {"reflection": LINE}})
    await both.say.close(modal(both, ana), cleared=True)
    await both.say.press(card, "Saved")
    asked = shown_to(both.slack, ana.id)[-1]
    assert f"You have a note on *{TITLE}*. Removing the summary deletes the note too." in asked.visible_text
    assert [row["note"] for row in await rows(both, saved)] == [LINE]
    await both.say.press(await study(both, ana, card), "Saved")
    assert "Removing the summary deletes the note too." in modal(both, ana).visible_text
    await both.say.close(modal(both, ana), cleared=True)
    listed = await typed(both, "saved", ana, team)
    remove = listed.blocks[-2]["elements"][-1]
    assert (remove["text"]["text"], remove["confirm"]["text"]["text"]) == ("Remove", "Your note on it will be deleted too.")
    await both.say.press(asked, "Remove both")
    assert asked.visible_text == "Removed from your saved summaries."
    assert await rows(both, saved) == []


async def test_notes_at_once_leave_one_of_them(both: Bot) -> None:
    team, [ana] = team_of(both, "ana")
    card = await private_card(both, ana, team)
    await both.say.press(await study(both, ana, card), "Add a note")
    lines = ["one", "two", "three"]
    forms = [payloads.view_submission(both.slack, modal(both, ana), ana) for _ in lines]
    for form, line in zip(forms, lines, strict=True):
        form["view"]["state"]["values"]["one_line"]["reflection"]["value"] = line
        form["trigger_id"] = f"{form['trigger_id']}.{line}"
    done = await asyncio.gather(both.say.press(card, "save"), *(post_interaction(both, form) for form in forms))
    assert all(answer.ok for answer in done)
    [row] = await rows(both, saved)
    assert row["note"] in lines


async def test_the_list_comes_as_a_table_in_a_direct_message_that_runs_nothing(small: Bot) -> None:
    team, [ana, ben] = team_of(small, "ana", "ben")
    await small.say.press(await private_card(small, ana, team), "Save")
    shown = await typed(small, "saved", ana, team)
    await small.say.press(shown, "Add a note")
    dangerous = '=HYPERLINK("https://evil.example","x"), then "more"'
    await small.say.submit(modal(small, ana), {"one_line": {"reflection": dangerous}})
    await small.say.press(shown, "Download as CSV")
    assert "saved summaries as CSV, in a direct message" in shown_to(small.slack, ana.id)[-1].visible_text
    [sent] = small.slack.posted()
    assert small.slack.channels[sent.channel].im_user == ana.id
    assert sent.pings == []
    [[header, row]] = tables(sent.blocks)
    assert header == ["saved", "summary", "month", "paper", "link", "my note"]
    assert row[1:3] == [TITLE, "2022-09"]
    assert row[5] == f"'{dangerous}"
    assert "A reading record, not a credit." in sent.visible_text
    for words in ("saved export", "log export"):
        assert "nothing to send" in (await typed(small, words, ben, team)).visible_text
    small.slack.faults.rate_limited("chat.postMessage")
    assert "Slack did not accept the message" in (await typed(small, "saved export", ana, team)).visible_text


@pytest.mark.parametrize(
    ("note", "harmless"),
    [
        ("=1", "'=1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\t=1", "'=1"),
        (" =1", "'=1"),
        ('"=1"', '\'"=1"'),
        ("＝1", "'＝1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠x", "'＠x"),
        ("x;=HYPERLINK(1)", "x;'=HYPERLINK(1)"),
        ('x; "=1"', 'x;\' "=1"'),
        ("x|＝1", "x|'＝1"),
        ("a = b, r = -0.30; 5 - 3", "a = b, r = -0.30; 5 - 3"),
    ],
)
def test_no_cell_begins_as_a_formula_would_whatever_the_separator(note: str, harmless: str) -> None:
    corpus = Corpus((), (), Lexicon())
    message = saved_csv.csv_message([SavedSummary("gone", 1.0, note)], 0, corpus)
    [[_, row]] = tables(message.blocks)
    assert row[:2] == ["1970-01-01", "A summary that is no longer in the library"]
    assert row[5] == harmless


async def test_a_long_list_is_paged_and_sent_in_parts_that_slack_takes(bot: Bot) -> None:
    team, [ana] = team_of(bot, "ana")
    summaries = bot.knowledge.corpus.summaries
    async with database_of(bot) as database:
        for summary in summaries:
            await Saves(database).write_note(bot.slack.team_id, ana.id, summary.id, "é,\"' " * 60)
    shown = await typed(bot, "saved", ana, team)
    assert f"You have saved {len(summaries)} summaries (1 to 8)" in shown.visible_text
    for _ in range(3):
        await bot.say.press(shown, "Older")
    assert f"(25 to {len(summaries)})" in shown.visible_text
    await bot.say.press(shown, "Download as CSV")
    parts = [bot.slack.posted()[-1]]
    while "Send the next ones" in labels(bot, parts[-1]):
        await bot.say.press(parts[-1], "Send the next ones", user=ana)
        parts.append(next(message for message in reversed(bot.slack.posted()) if tables(message.blocks)))
        assert parts[-1] is not parts[-2]
    assert len(parts) > 1
    titles = [row[1] for part in parts for table in tables(part.blocks) for row in table[1:]]
    assert sorted(titles) == sorted(summary.title for summary in summaries)


@pytest.mark.slow
async def test_a_note_is_in_no_log_of_the_process_and_pings_nobody(slack: LocalSlack, tmp_path: Path) -> None:
    ana = slack.add_user("ana")
    team = slack.add_channel("team", [ana])
    async with serving(slack, tmp_path, PPRNET_LOG_LEVEL="debug") as process:
        say = sender_for(slack, await process.ready())
        card = (await say.command("alliance rupture in one session", user=ana, channel=team)).message
        assert card
        await say.press(card, "Details")
        await say.press(slack.modal(ana), "Add a note")
        await say.submit(slack.modal(ana), {"one_line": {"reflection": f"{LINE} <!channel> *x*"}})
        shown = (await say.command("saved", user=ana, channel=team)).message
        assert shown
        assert f"{LINE} <!channel> *x*" in shown.visible_text
        assert shown.pings == []
    assert "ready" in process.log
    assert "zebulonius" not in process.log


async def test_half_characters_and_hidden_ones_in_a_note_are_left_out(both: Bot) -> None:
    team, [ana] = team_of(both, "ana")
    await both.say.press(await study(both, ana, await private_card(both, ana, team)), "Add a note")
    payload = payloads.view_submission(both.slack, modal(both, ana), ana)
    payload["view"]["state"]["values"]["one_line"]["reflection"]["value"] = "na\ud800me\x00 the\u202e rupture\n"
    answer = await post_interaction(both, payload)
    assert "Your note is saved." in answer.text
    assert [row["note"] for row in await rows(both, saved)] == ["name the rupture"]


async def test_forged_buttons_and_forms_write_nothing_and_are_answered(small: Bot) -> None:
    team, [ana] = team_of(small, "ana")
    card = await private_card(small, ana, team)
    view = await study(small, ana, card)
    for name, value in (("reflect:x", "no-such"), ("log_page:older", "-6"), ("log_export", "99999999")):
        action = {"type": "button", "action_id": name, "block_id": "b", "value": value}
        assert (await post_interaction(small, payloads.message_actions(small.slack, card, action, ana))).ok
        assert "went wrong" not in shown_to(small.slack, ana.id)[-1].visible_text
    await small.say.press(view, "Add a note")
    payload = payloads.view_submission(small.slack, modal(small, ana), ana)
    payload["view"]["private_metadata"] = "no-such"
    answer = await post_interaction(small, payload)
    assert answer.json["response_action"] == "errors"
    assert await rows(small, saved) == []


async def test_the_former_learning_log_leads_to_what_is_saved(small: Bot) -> None:
    team, [ana] = team_of(small, "ana")
    await small.say.press(await private_card(small, ana, team), "Save")
    for words in ("log", "log on", "log off", "my log", "learning log"):
        shown = await typed(small, words, ana, team)
        assert shown.visible_text.startswith(LOG_MOVED)
        assert TITLE in shown.visible_text
    for name, value in (("log_on", "on"), ("log_off", "off"), ("log_page:earlier", "6")):  # in old messages
        action = {"type": "button", "action_id": name, "block_id": "b", "value": value}
        assert (await post_interaction(small, payloads.message_actions(small.slack, shown, action, ana))).ok
        assert shown.visible_text.startswith(LOG_MOVED)
        assert TITLE in shown.visible_text
