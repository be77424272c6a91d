"""A curator who never saw a terminal takes a thin month of the blog to a good post, in under five minutes.

The minutes are counted (`tests.browser.pace`): reading everything that is new on the screen, typing, and clicking.
"""

from __future__ import annotations

import re

from playwright.async_api import Locator, expect

from tests.browser.guest import Guest
from tests.browser.pace import Pace

MOST = 300.0
"""Seconds."""
WORDS = "lasting bad effects of therapy\ndid therapy make my client worse\nharm from psychotherapy"
CAUTION = "Only one in seven of the patients answered the survey."
NOTE = "Let us talk about this one on Tuesday."


async def see_form(ana: Guest, pace: Pace) -> None:
    """Read the form, with the summary above the fields."""
    await expect(ana.modal.get_by_label("Bottom line")).to_be_visible()
    body = ana.modal.locator(".modal-body")
    lists = body.get_by_role("group", name="Topics").or_(body.get_by_label("Study design"))
    left_out = [line for each in await lists.all() for line in (await each.inner_text()).split("\n")]
    await pace.see(body, but=left_out)


async def begin(ana: Guest, pace: Pace, month: str) -> Locator:
    """Open the draft of a month, and read it."""
    await pace.click(ana.entry("PPRNet"))
    draft = ana.message(f"New on the PPRNet blog: {month}")
    await expect(draft).to_be_visible()
    await pace.see(draft)
    await pace.click(draft.get_by_role("button", name="Edit the summaries"))
    return draft


async def preview_and_post(ana: Guest, pace: Pace, draft: Locator, month: str) -> Locator:
    """Write a note, read the preview, and post the month; the message in the channel."""
    await pace.click(draft.get_by_role("button", name="Add a note"))
    await pace.see(ana.modal)
    await pace.type(ana.modal.get_by_role("textbox"), NOTE)
    await pace.click(ana.modal.get_by_role("button", name="Save"))
    await expect(draft).to_contain_text(NOTE)
    await pace.click(draft.get_by_role("button", name="Preview"))
    lead, shown = ana.message(f"Preview of {month}"), ana.message(f"PPRNet, {month}")
    await expect(lead).to_contain_text("Nothing is posted until a curator presses Post.")
    await expect(shown).to_contain_text(NOTE)
    for message in (lead, shown):
        await pace.see(message)
    await pace.click(lead.get_by_role("button", name="Post"))
    await expect(lead).to_contain_text("It is on its way to the team.")
    await pace.see(lead)
    await expect(lead.get_by_role("button", name="Post")).to_have_count(0)
    await ana.go("team-research")
    posted = ana.message(f"PPRNet, {month}")
    await expect(posted).to_contain_text(NOTE)
    await expect(posted).to_contain_text("@Ana Petrov, your curator")
    return posted


async def test_a_thin_month_becomes_a_good_post(ana: Guest) -> None:
    pace = Pace()
    await ana.page.get_by_role("button", name="Skip to the 1st of next month").click()
    draft = await begin(ana, pace, "June 2023")  # one summary: no list before its form

    await expect(ana.modal).to_contain_text("Does one of these sentences say what was found?")  # below the text itself
    await see_form(ana, pace)
    await pace.type(ana.modal.get_by_label("Caution"), CAUTION)
    await pace.click(ana.modal.get_by_role("button", name="Use: ").first)
    line = ana.modal.get_by_label("Bottom line")
    await expect(line).to_have_value(re.compile("^Neutral or negative answers were more likely"))
    found = await line.input_value()
    await expect(ana.modal.get_by_label("Caution")).to_have_value(CAUTION)  # what was typed stays
    topics = ana.modal.get_by_role("group", name="Topics")
    await pace.tick(topics.get_by_role("checkbox", name="Client Preferences"), topics)
    await pace.choose(ana.modal.get_by_label("Study design"), "survey")
    await pace.type(ana.modal.get_by_label("Sample"), "patients: 662")
    await pace.type(ana.modal.get_by_label("Search words"), WORDS)
    implications = ana.modal.get_by_label("Practice implications")
    lines = await implications.input_value()
    assert await implications.evaluate("field => field.scrollHeight <= field.clientHeight + 1")  # it fits its text
    await implications.fill(lines.replace("\n", " ", 1))
    await pace.click(ana.modal.get_by_role("button", name="Save", exact=True))
    await expect(ana.modal).to_contain_text("Saved. The month is not posted yet.")
    await pace.see(ana.modal)
    await pace.click(ana.modal.get_by_role("button", name="Close").last)

    posted = await preview_and_post(ana, pace, draft, "June 2023")
    await expect(posted).to_contain_text(found)
    await posted.get_by_role("button", name=re.compile(r"^\d+ repl")).click()
    card = ana.thread.get_by_role("article").filter(has=ana.page.get_by_role("button", name="Details"))
    for text in (CAUTION, "survey", "662 patients"):
        await expect(card).to_contain_text(text)
    assert pace.seconds < MOST, pace.seconds


async def test_in_a_month_of_several_one_thin_summary_leads_to_the_next(ana: Guest) -> None:
    pace = Pace()
    for _month in ("June", "November"):
        await ana.page.get_by_role("button", name="Skip to the 1st of next month").click()
    draft = await begin(ana, pace, "November 2023")
    await expect(ana.modal.get_by_text("No bottom line and no search words yet.")).to_have_count(2)
    await pace.see(ana.modal)
    await pace.click(ana.modal.get_by_role("button", name=re.compile("^Edit ")).first)
    await see_form(ana, pace)
    line = ana.modal.get_by_label("Bottom line")
    await pace.click(ana.modal.get_by_role("button", name="Use: More confidence in the therapist predicted"))
    await expect(line).not_to_have_value("")
    found = await line.input_value()
    await pace.click(ana.modal.get_by_role("button", name="Save", exact=True))
    await expect(ana.modal).to_contain_text("Saved. The month is not posted yet. Here is the next one without a bottom line")
    await expect(ana.modal).to_contain_text("Therapist Qualities That Lead to Treatment Failure or Termination")
    await expect(line).to_have_value("")  # nothing of the one before
    await see_form(ana, pace)
    await pace.click(ana.modal.get_by_role("button", name="Use: Qualitative analysis of the transcripts gave four"))
    await expect(line).not_to_have_value("")
    themes = await line.input_value()
    await pace.click(ana.modal.get_by_role("button", name="Save", exact=True))
    await expect(ana.modal).to_contain_text("Choose a summary to edit.")
    for text in (found, themes):
        await expect(ana.modal).to_contain_text(text)
    await expect(ana.modal).not_to_contain_text("No bottom line")
    await pace.see(ana.modal)
    await pace.click(ana.modal.get_by_role("button", name="Close").last)

    posted = await preview_and_post(ana, pace, draft, "November 2023")
    for text in (found, themes):
        await expect(posted).to_contain_text(text)
    assert pace.seconds < MOST, pace.seconds
