"""What a curator sees of a waiting month before it is posted, and may change of it."""

# ruff: noqa: F811  (fixtures)

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.blocks import edit
from bot.corpus.load import load
from bot.playground.slack import Message, payloads
from tests.bot.test_watch import WHOLE, Clinic, Site, clinic, eventually, site  # noqa: F401  (fixtures)
from tests.support.blog_pages import GARDENS, SILENCE, html_page
from tests.support.people import labels, modal
from tests.support.requests import post_interaction


def parts(messages: Sequence[Message]) -> list[tuple[str, object]]:
    """What Slack was given of messages: it adds ids of its own to their blocks."""
    return [
        (message.text, [{key: part for key, part in block.items() if key != "block_id"} for block in message.blocks])
        for message in messages
    ]


async def add_note(clinic: Clinic, draft: Message, note: str) -> None:
    """Ana adds a curators' note to a waiting month."""
    await clinic.bot.say.press(draft, "Add a note", user=clinic.ana)
    modal = clinic.slack.modal(clinic.ana)
    assert modal
    clinic.bot.say.fill(modal, {"draft_note": {"draft_note_text": note}})
    assert (await clinic.bot.say.submit(modal, user=clinic.ana)).ok


async def test_a_preview_is_what_will_be_posted_and_can_be_read_to_the_last_word(clinic: Clinic, site: Site) -> None:
    site.page = html_page(WHOLE)
    draft = await clinic.draft(clinic.ana, "It is complete: as many")
    await clinic.draft(clinic.ben, "It is complete: as many")
    await add_note(clinic, draft, "Read both.")
    await clinic.draft(clinic.ben, "Read both.")

    await clinic.bot.say.press(clinic.shown(clinic.ben)[0], "Preview", user=clinic.ben)
    await eventually(lambda: len(clinic.shown(clinic.ben)) == 6)
    _, lead, parent, *cards = clinic.shown(clinic.ben)
    until = "Nothing is posted until a curator presses *Post*."
    assert lead.text == f"*Preview of December 2023 in <#{clinic.channel.id}>.* {until}"
    assert [card.thread_ts for card in cards] == [parent.ts] * 3
    assert clinic.posted() == []

    await clinic.bot.say.press(parent, "Read", nth=0, user=clinic.ben)  # the library does not have it yet
    window = clinic.slack.modal(clinic.ben)
    assert window
    assert GARDENS.title in window.visible_text
    assert GARDENS.summary[:40] in window.visible_text
    await clinic.bot.say.close(window, user=clinic.ben)
    await clinic.bot.say.press(cards[0], "Similar", user=clinic.ben)
    await eventually(lambda: "not in the library yet" in clinic.shown(clinic.ben)[-1].visible_text)

    await clinic.bot.say.press(draft, "Preview", user=clinic.cleo)
    assert clinic.shown(clinic.cleo) == []
    await clinic.bot.say.press(lead, "Post", user=clinic.ben)
    await eventually(lambda: len(clinic.posted()) == 4)
    assert parts(clinic.posted()) == parts([parent, *cards])
    await clinic.draft(clinic.ana, f"<@{clinic.ben.id}> posted it, <!date^")
    assert lead.text.startswith(f"Preview of December 2023. <@{clinic.ben.id}> posted it, <!date^")
    assert "Post" not in lead.visible_text.split()


@pytest.mark.slow
async def test_a_preview_has_no_post_button_once_the_draft_is_another_and_says_who_posted_it(
    clinic: Clinic, site: Site
) -> None:
    site.page = html_page(WHOLE)
    say, seen = clinic.bot.say, await clinic.draft(clinic.ana, "It is complete: as many")
    await clinic.draft(clinic.ben, "It is complete: as many")
    await say.press(clinic.shown(clinic.ben)[0], "Preview", user=clinic.ben)
    await eventually(lambda: len(clinic.shown(clinic.ben)) == 6)
    before = clinic.shown(clinic.ben)[1]
    old = next(control.action for control in say.controls(before) if control.label == "Post")
    await say.press(seen, "Hold", user=clinic.ana)
    await eventually(lambda: "as it was then" in before.text)
    await clinic.draft(clinic.ana, "Put on hold by")
    assert f"<@{clinic.ana.id}> put it on hold, <!date^" in before.text
    assert labels(clinic.bot, before) == ["Preview", "Edit"]
    assert clinic.posted() == []

    await say.press(before, "Preview", user=clinic.ben)
    await eventually(lambda: len(clinic.shown(clinic.ben)) == 11)
    again = clinic.shown(clinic.ben)[6]
    assert labels(clinic.bot, again) == ["Post", "Edit"]
    await say.press(await clinic.draft(clinic.ana, "Put on hold by"), "Post", user=clinic.ana)
    posted = f"Preview of December 2023. <@{clinic.ana.id}> posted it, <!date^"
    await eventually(lambda: posted in before.text and posted in again.text)
    for line in (before, again):
        assert labels(clinic.bot, line) == []
    forged = payloads.message_actions(clinic.slack, again, old, clinic.ben)  # a press that was on its way
    assert (await post_interaction(clinic.bot, forged)).ok
    await clinic.bot.idle()
    assert f"<@{clinic.ana.id}> posted it" in again.text
    assert len(clinic.posted()) == 4


@pytest.mark.slow
async def test_a_preview_of_an_addition_has_the_months_message_and_the_new_card(clinic: Clinic, site: Site) -> None:
    site.page = html_page((("December 2023", (GARDENS, SILENCE)),))
    await clinic.bot.say.press(await clinic.draft(clinic.ana, "but shows 2 summaries"), "Post", user=clinic.ana)
    await eventually(lambda: len(clinic.posted()) == 3)
    site.page = html_page(WHOLE)
    draft = await clinic.draft(clinic.ana, "1 more summary")
    before = len(clinic.shown(clinic.ana))
    await clinic.bot.say.press(draft, "Preview", user=clinic.ana)
    await eventually(lambda: len(clinic.shown(clinic.ana)) == before + 3)
    _, parent, card = clinic.shown(clinic.ana)[before:]
    await clinic.bot.say.press(draft, "Post", user=clinic.ana)
    await eventually(lambda: len(clinic.posted()) == 4)
    await eventually(lambda: parts([clinic.parents()[0], clinic.posted()[-1]]) == parts([parent, card]))


async def test_the_curators_note_stands_in_the_month_and_in_its_file(clinic: Clinic, site: Site, tmp_path: Path) -> None:
    site.page = html_page(WHOLE)
    seen = await clinic.draft(clinic.ana, "December")
    await add_note(clinic, seen, "Read *Gardens* first <!channel>\u202e")
    await clinic.draft(clinic.ben, "Read *Gardens* first")
    await clinic.bot.say.press(clinic.shown(clinic.ben)[0], "Post", user=clinic.ben)
    await eventually(lambda: len(clinic.posted()) == 4)
    assert load(tmp_path / "small").issues[0].note == "Read *Gardens* first <!channel>"
    parent = clinic.parents()[0]
    assert f"<@{clinic.ana.id}>, your curator" in parent.visible_text  # she wrote it, whoever posted the month
    assert f"— <@{clinic.ana.id}>, your curator" in parent.text
    assert "Read *Gardens* first" in parent.visible_text
    assert "<!channel>" not in parent.text


async def test_what_a_curator_edits_in_a_waiting_month_is_posted_and_stays_when_the_blog_adds_to_it(
    clinic: Clinic, site: Site, tmp_path: Path
) -> None:
    site.page = html_page((("December 2023", (GARDENS, SILENCE)),))
    seen = await clinic.draft(clinic.ana, "but shows 2 summaries")
    await clinic.bot.say.press(seen, "Edit", user=clinic.ana)
    listed = modal(clinic.bot, clinic.ana)
    assert all(each.title in listed.visible_text for each in (GARDENS, SILENCE))
    [control] = [control for control in clinic.bot.say.controls(seen) if control.label == "Post"]
    stale = payloads.message_actions(clinic.slack, seen, control.action, clinic.ana)
    await clinic.bot.say.press(listed, "Edit", nth=1, user=clinic.ana)
    form = modal(clinic.bot, clinic.ana)
    implications = "Let silence be for a while.\nName it kindly when it lasts."
    [block] = [block for block in form.blocks if block.get("block_id") == edit.block_id("implications", 0)]
    assert block["element"]["initial_value"] == implications
    joined = implications.replace("\n", " ")

    def filled(**values: Any) -> dict[str, dict[str, Any]]:
        return {edit.block_id(field, 0): {edit.action_id(field): value} for field, value in values.items()}

    answer = await clinic.bot.say.submit(form, filled(implications=f"{joined} Or not."))
    assert "the blog's own words" in str(answer.errors)
    await clinic.bot.say.submit(form, filled(implications=joined, bottom_line="Silence is many things."))
    listed = modal(clinic.bot, clinic.ana)  # the form is closed, and the list under it says how things are now
    assert edit.SAVED_DRAFT in listed.visible_text
    assert "Silence is many things." in listed.visible_text
    assert "No search words yet." in listed.visible_text
    await post_interaction(clinic.bot, stale)  # Post, on the month as it was before
    site.page = html_page(WHOLE)
    await clinic.draft(clinic.ana, "3 summaries")
    assert clinic.posted() == []
    await clinic.bot.say.press(clinic.shown(clinic.ana)[0], "Post", user=clinic.ana)
    await eventually(lambda: len(clinic.posted()) == 4)
    issue = load(tmp_path / "small").issue("2023-12")
    assert issue
    [silence] = [each for each in issue.summaries if each.title == SILENCE.title]
    assert (silence.bottom_line, silence.implications) == ("Silence is many things.", (joined,))
    assert any("Silence is many things." in message.visible_text for message in clinic.posted())
    await site.looked(2)
    assert len(clinic.posted()) == 4
