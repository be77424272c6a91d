"""A curator who never saw a terminal takes a thin month of the blog to a good post."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.guest import Guest

WORDS = "lasting bad effects of therapy\ndid therapy make my client worse"
CAUTION = "Only one in seven of the patients answered the survey."
NOTE = "Let us talk about this one on Tuesday."


async def test_a_thin_month_becomes_a_good_post(ana: Guest) -> None:
    await ana.page.get_by_role("button", name="Skip to the 1st of next month").click()
    await ana.go("PPRNet")
    draft = ana.message("New on the PPRNet blog: June 2023")
    await draft.get_by_role("button", name="Edit the summaries").click()
    await expect(ana.modal).to_contain_text("No bottom line and no search words yet.")
    await ana.modal.get_by_role("button", name=re.compile("^Edit ")).click()

    await expect(ana.modal).to_contain_text("Does one of these sentences say what was found?")  # below the text itself
    await ana.modal.get_by_label("Caution").fill(CAUTION)
    await ana.modal.get_by_role("button", name="Use: ").first.click()
    line = ana.modal.get_by_label("Bottom line")
    await expect(line).not_to_have_value("")
    found = await line.input_value()
    await expect(ana.modal.get_by_label("Caution")).to_have_value(CAUTION)  # what was typed stays
    await ana.modal.get_by_role("group", name="Topics").get_by_role("checkbox", name="Client Preferences").check()
    await ana.modal.get_by_label("Study design").select_option("survey")
    await ana.modal.get_by_label("Sample").fill("patients: 662")
    await ana.modal.get_by_label("Search words").fill(WORDS)
    implications = ana.modal.get_by_label("Practice implications")
    lines = await implications.input_value()
    assert await implications.evaluate("field => field.scrollHeight <= field.clientHeight + 1")  # it fits its text
    await implications.fill(lines.replace("\n", " ", 1))
    await ana.modal.get_by_role("button", name="Save", exact=True).click()

    await expect(ana.modal).to_contain_text("Saved. The month is not posted yet.")  # the month's list again
    await expect(ana.modal).to_contain_text(found)
    await expect(ana.modal).not_to_contain_text("yet._")
    await ana.modal.get_by_role("button", name="Close").last.click()

    await draft.get_by_role("button", name="Add a note").click()
    await ana.modal.get_by_role("textbox").fill(NOTE)
    await ana.modal.get_by_role("button", name="Save").click()
    await expect(draft).to_contain_text(NOTE)
    await draft.get_by_role("button", name="Preview").click()
    lead = ana.message("Preview of June 2023")
    await expect(lead).to_contain_text("Nothing is posted until a curator presses Post.")
    shown = ana.message("PPRNet, June 2023")
    for text in (NOTE, found):
        await expect(shown).to_contain_text(text)
    await lead.get_by_role("button", name="Post").click()
    await expect(lead).to_contain_text("It is on its way to the team.")
    await expect(lead.get_by_role("button", name="Post")).to_have_count(0)

    await ana.go("team-research")
    posted = ana.message("PPRNet, June 2023")
    for text in (NOTE, "@Ana Petrov, your curator", found):
        await expect(posted).to_contain_text(text)
    await posted.get_by_role("button", name=re.compile(r"^\d+ repl")).click()
    card = ana.thread.get_by_role("article").filter(has=ana.page.get_by_role("button", name="Details"))
    for text in (CAUTION, "survey", "662 patients"):
        await expect(card).to_contain_text(text)
