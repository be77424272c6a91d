"""The list of a month's summaries, from which each is edited."""

# ruff: noqa: F811  (fixtures)

from __future__ import annotations

import pytest

from bot.blocks import edit, ids
from bot.corpus.edit import with_key
from bot.corpus.load import load
from bot.playground.slack import payloads
from tests.bot.test_edit import LINE, MONTH, bot, file_of, form, person, send, shown, window  # noqa: F401  (fixtures)
from tests.support.bot import Bot
from tests.support.people import RUPTURE, modal
from tests.support.requests import post_interaction


async def test_a_month_is_a_list_of_its_summaries(bot: Bot) -> None:
    cora = person(bot, "cora")
    view = await window(bot, "cora")
    action = {"type": "button", "action_id": ids.EDIT_MONTH, "block_id": "b", "value": MONTH}
    await post_interaction(bot, payloads.view_actions(bot.slack, view, action, cora))
    listed = modal(bot, cora)
    summaries = bot.knowledge.corpus.issue(MONTH).summaries  # type: ignore[union-attr]
    assert all(each.title in listed.visible_text for each in summaries)
    await bot.say.press(listed, "Edit", user=cora, nth=0)
    assert summaries[0].title in modal(bot, cora).visible_text


@pytest.mark.slow
async def test_in_a_months_list_one_without_a_bottom_line_leads_to_the_next_below_it(bot: Bot) -> None:
    cora, path = person(bot, "cora"), file_of(bot)
    first, *rest = bot.knowledge.corpus.issue(MONTH).summaries  # type: ignore[union-attr]
    for each in (first, rest[-1]):
        path.write_bytes(with_key(MONTH, path.read_bytes(), each.id, "bottom_line", None))
    await bot.reloaded()
    action = {"type": "button", "action_id": ids.EDIT_MONTH, "block_id": "b", "value": MONTH}
    await post_interaction(bot, payloads.view_actions(bot.slack, await window(bot, "cora"), action, cora))
    await bot.say.press(modal(bot, cora), "Edit", user=cora, nth=0)
    await send(bot, modal(bot, cora), bottom_line=LINE)
    view = modal(bot, cora)
    assert view.visible_text.startswith(f"Edit summary\n{edit.SAVED} Here is the next one without a bottom line")
    assert rest[-1].title in view.visible_text
    assert shown(view)["bottom_line"] is None
    assert shown(view)["asks"].split("\n")[0] == rest[-1].asks[0]
    await send(bot, view, bottom_line="The last one.")
    assert modal(bot, cora).visible_text.startswith(f"September 2022\n{edit.SAVED} Choose a summary to edit.")
    await bot.idle()
    found = load(bot.settings.knowledge)
    assert [found.get(each.id).bottom_line for each in (first, rest[-1])] == [LINE, "The last one."]  # type: ignore[union-attr]


async def test_a_summary_without_a_bottom_line_offers_sentences_of_its_text(bot: Bot) -> None:
    path, cora = file_of(bot), person(bot, "cora")
    path.write_bytes(with_key(MONTH, path.read_bytes(), RUPTURE, "bottom_line", None))
    view = await form(bot, "cora")
    bot.say.fill(view, {edit.block_id("caution", 0): {edit.action_id("caution"): "Take care."}})
    await bot.say.press(view, "Use", user=cora, nth=1)
    view = modal(bot, cora)
    field = edit.block_of({"blocks": view.blocks}, "bottom_line", 0)
    assert field != edit.block_id("bottom_line", 0)  # else Slack would keep the empty field
    line = f"{'a word ' * 23}"
    answer = await bot.say.submit(view, {field: {edit.action_id("bottom_line"): line}}, user=cora)
    assert "at most 45" in answer.errors[field]
    sentence = "Neither ruptures nor repairs were associated with patients' outcomes."
    assert (await bot.say.submit(view, {field: {edit.action_id("bottom_line"): sentence}}, user=cora)).ok
    await bot.idle()
    [summary] = [each for each in load(path.parent.parent).issue(MONTH).summaries if each.id == RUPTURE]  # type: ignore[union-attr]
    assert (summary.bottom_line, summary.caution) == (sentence, "Take care.")
