"""The learning log: off until asked for, its owner's alone, and exported as a table that no spreadsheet executes."""

from __future__ import annotations

import asyncio
import csv
import io
from pathlib import Path
from typing import Any

import pytest

from bot.blocks import log
from bot.corpus.model import Corpus, Lexicon
from bot.playground.slack import LocalSlack, payloads
from bot.store.reading import Entry, ReadingLog
from bot.store.tables import learned, learners
from tests.support.bot import Bot
from tests.support.doors import post_interaction, sender_for, serving, shown_to
from tests.support.people import RUPTURE, TITLE, database_of, labels, modal, private_card, rows, study, team_of, typed

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


async def test_off_as_it_is_at_first_nothing_is_recorded(both: Bot) -> None:
    team, [ana] = team_of(both, "ana")
    told = await typed(both, "log", ana, team)
    assert "Your learning log is off, and nothing is recorded." in told.visible_text
    card = await private_card(both, ana, team)
    assert "Write a line in my log" not in labels(both, await study(both, ana, card))
    await both.say.press(card, "Save")
    assert await rows(both, learned) == await rows(both, learners) == []


async def test_what_is_opened_and_saved_is_recorded_with_a_line_of_ones_own(both: Bot) -> None:
    team, [ana, ben] = team_of(both, "ana", "ben")
    await both.say.press(await typed(both, "log", ana, team), "Turn my log on")
    told = shown_to(both.slack, ana.id)[-1]
    for part in (
        "Your learning log is on.",
        "is shown to you alone.",
        "A reading record, not a credit.",
        "/pprnet forget me",
    ):
        assert part in told.visible_text
    assert "is already on" in (await typed(both, "log on", ana, team)).visible_text
    card = await private_card(both, ana, team)
    await both.say.press(card, "Save")
    await both.say.press(await study(both, ana, card), "Write a line in my log")
    form = modal(both, ana)
    assert "This line is kept, because you write it here for your log." in form.visible_text
    await both.say.submit(form, {"one_line": {"reflection": f"  {LINE} "}})
    assert "Your line is in your log." in modal(both, ana).visible_text
    await both.say.close(modal(both, ana), cleared=True)
    [row] = await rows(both, learned)
    assert (row["user"], row["summary_id"], row["reflection"]) == (ana.id, RUPTURE, LINE)
    assert row["opened_at"]
    assert row["saved_at"]
    shown = await typed(both, "log", ana, team)
    for part in (
        "Your learning log: 1 line.",
        "A reading record, not a credit.",
        TITLE,
        "opened <!date^",
        "saved <!date^",
        LINE,
    ):
        assert part in shown.visible_text
    # Opening it again changes nothing; the line can be changed and taken out.
    await both.say.press(await study(both, ana, card), "Change my line in the log")
    assert modal(both, ana).blocks[1]["element"]["initial_value"] == LINE
    await both.say.submit(modal(both, ana), {"one_line": {"reflection": None}})
    assert "There is no line of yours" in modal(both, ana).visible_text
    [again] = await rows(both, learned)
    assert (again["opened_at"], again["saved_at"], again["reflection"]) == (row["opened_at"], row["saved_at"], None)
    assert "is off" in (await typed(both, "log", ben, team)).visible_text


async def test_turned_off_it_keeps_what_is_there_and_records_nothing_more(both: Bot) -> None:
    team, [ana] = team_of(both, "ana")
    await typed(both, "log on", ana, team)
    card = await private_card(both, ana, team)
    await both.say.press(await study(both, ana, card), "Write a line in my log")
    form = modal(both, ana)
    assert "nothing more is written" in (await typed(both, "log off", ana, team)).visible_text  # on another device
    answer = await both.say.submit(form, {"one_line": {"reflection": LINE}})
    assert answer.errors == {"one_line": "Your learning log is off, so nothing was written. /pprnet log on begins one."}
    await both.say.close(modal(both, ana), cleared=True)
    await both.say.press(card, "Save")
    [row] = await rows(both, learned)
    assert (row["saved_at"], row["reflection"]) == (None, None)
    shown = await typed(both, "log", ana, team)
    assert "It is off: nothing more is written." in shown.visible_text
    assert "Turn it on" in labels(both, shown)
    assert "Write a line" not in labels(both, shown)
    assert "is off." in (await typed(both, "log off", ana, team)).visible_text


async def test_clicks_at_once_write_one_line(both: Bot) -> None:
    team, [ana] = team_of(both, "ana")
    await asyncio.gather(*(typed(both, "log on", ana, team) for _ in range(3)))
    card = await private_card(both, ana, team)
    await asyncio.gather(*(both.say.press(card, button) for button in ("save", "read_study", "save", "read_study")))
    [row] = await rows(both, learned)
    assert row["opened_at"]
    assert row["saved_at"]
    assert len(await rows(both, learners)) == 1


async def test_the_log_comes_as_a_table_in_a_direct_message_that_runs_nothing(small: Bot) -> None:
    team, [ana, ben] = team_of(small, "ana", "ben")
    await typed(small, "log on", ana, team)
    await small.say.press(await private_card(small, ana, team), "Save")
    shown = await typed(small, "log", ana, team)
    await small.say.press(shown, "Write a line")
    dangerous = '=HYPERLINK("https://evil.example","x"), then "more"'
    await small.say.submit(modal(small, ana), {"one_line": {"reflection": dangerous}})
    await small.say.press(shown, "Send me all as CSV")
    assert "in your direct messages with me, as CSV" in shown_to(small.slack, ana.id)[-1].visible_text
    [sent] = small.slack.posted()
    assert small.slack.channels[sent.channel].im_user == ana.id
    assert sent.pings == []
    [[header, row]] = tables(sent.blocks)
    assert header == ["opened", "saved", "summary", "PPRNet issue", "paper", "link", "my line"]
    assert row[2:4] == [TITLE, "2022-09"]
    assert row[6] == f"'{dangerous}"
    assert "A reading record, not a credit." in sent.visible_text
    assert "nothing to send" in (await typed(small, "log export", ben, team)).visible_text
    small.slack.faults.rate_limited("chat.postMessage")
    assert "Slack did not take the message" in (await typed(small, "log export", ana, team)).visible_text


@pytest.mark.parametrize("start", ["=1", "+1", "-1", "@x", "\t=1", " =1"])
def test_no_cell_begins_as_a_formula_would(start: str) -> None:
    corpus = Corpus((), (), Lexicon())
    message = log.exported([Entry("gone", None, 1.0, f"{start}+2")], 0, 1, corpus)
    [[_, row]] = tables(message.blocks)
    assert row[1:3] == ["1970-01-01", "A summary that is no longer in the library"]
    assert row[6].startswith("'")


async def test_a_long_log_is_paged_and_sent_in_parts_that_slack_takes(bot: Bot) -> None:
    team, [ana] = team_of(bot, "ana")
    summaries = bot.knowledge.corpus.summaries
    async with database_of(bot) as database:
        reading = ReadingLog(database)
        await reading.turn_on(bot.slack.team_id, ana.id)
        for summary in summaries:
            await reading.opened(bot.slack.team_id, ana.id, summary.id)
            await reading.reflect(bot.slack.team_id, ana.id, summary.id, "é,\"' " * 60)
    shown = await typed(bot, "log", ana, team)
    assert f"Your learning log: {len(summaries)} lines (1 to 6)." in shown.visible_text
    for _ in range(4):
        await bot.say.press(shown, "Older")
    assert f"(25 to {len(summaries)})" in shown.visible_text
    await bot.say.press(shown, "Send me all as CSV")
    parts = [bot.slack.posted()[-1]]
    while "Send the next lines" in labels(bot, parts[-1]):
        await bot.say.press(parts[-1], "Send the next lines", user=ana)
        parts.append(next(message for message in reversed(bot.slack.posted()) if tables(message.blocks)))
        assert parts[-1] is not parts[-2]
    assert len(parts) > 1
    titles = [row[2] for part in parts for table in tables(part.blocks) for row in table[1:]]
    assert sorted(titles) == sorted(summary.title for summary in summaries)


async def test_a_line_of_the_log_is_in_no_log_of_the_process_and_pings_nobody(slack: LocalSlack, tmp_path: Path) -> None:
    ana = slack.add_user("ana")
    team = slack.add_channel("team", [ana])
    async with serving(slack, tmp_path, PPRNET_LOG_LEVEL="debug") as process:
        say = sender_for(slack, await process.ready())
        await say.command("log on", user=ana, channel=team)
        card = (await say.command("alliance rupture", user=ana, channel=team)).message
        assert card
        await say.press(card, "Read the study")
        await say.press(slack.modal(ana), "Write a line in my log")
        await say.submit(slack.modal(ana), {"one_line": {"reflection": f"{LINE} <!channel> *x*"}})
        shown = (await say.command("log", user=ana, channel=team)).message
        assert shown
        assert f"{LINE} <!channel> *x*" in shown.visible_text
        assert shown.pings == []
    assert "ready" in process.log
    assert "zebulonius" not in process.log


async def test_half_characters_and_hidden_ones_in_a_line_are_left_out(both: Bot) -> None:
    team, [ana] = team_of(both, "ana")
    await typed(both, "log on", ana, team)
    await both.say.press(await study(both, ana, await private_card(both, ana, team)), "Write a line in my log")
    payload = payloads.view_submission(both.slack, modal(both, ana), ana)
    payload["view"]["state"]["values"]["one_line"]["reflection"]["value"] = "na\ud800me\x00 the\u202e rupture\n"
    answer = await post_interaction(both, payload)
    assert "Your line is in your log." in answer.text
    assert [row["reflection"] for row in await rows(both, learned)] == ["name the rupture"]


async def test_forged_buttons_and_forms_write_nothing_and_are_answered(small: Bot) -> None:
    team, [ana] = team_of(small, "ana")
    await typed(small, "log on", ana, team)
    card = await private_card(small, ana, team)
    view = await study(small, ana, card)
    for name, value in (("reflect:x", "no-such"), ("log_page:older", "-6"), ("log_export", "99999999")):
        action = {"type": "button", "action_id": name, "block_id": "b", "value": value}
        assert (await post_interaction(small, payloads.message_actions(small.slack, card, action, ana))).ok
        assert "went wrong" not in shown_to(small.slack, ana.id)[-1].visible_text
    await small.say.press(view, "Write a line in my log")
    payload = payloads.view_submission(small.slack, modal(small, ana), ana)
    payload["view"]["private_metadata"] = "no-such"
    answer = await post_interaction(small, payload)
    assert answer.json["response_action"] == "errors"
    assert [row["reflection"] for row in await rows(small, learned)] == [None]
