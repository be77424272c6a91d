"""A curator edits a summary: what is wrong is said at the field, and what is saved is in everyone's library."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.guest import Guest

ASKED = "/pprnet alliance rupture in one session leads to symptoms"
LINE = "Clients who felt a rupture had more symptoms at the next session."


async def test_a_curator_edits_a_summary_from_its_details(ana: Guest) -> None:
    await ana.say(ASKED)
    await ana.page.get_by_role("button", name="Details").last.click()
    await ana.modal.get_by_role("button", name=re.compile("^Edit")).click()
    await expect(ana.modal).to_contain_text("Edit summary")
    await expect(ana.modal.get_by_role("group", name="Topics").get_by_role("checkbox", checked=True)).not_to_have_count(0)
    line = ana.modal.get_by_label("Bottom line")
    await line.fill("a word " * 23)
    await ana.modal.get_by_role("button", name="Save").click()
    await expect(ana.modal).to_contain_text("The bottom line has 46 words: shorten it to at most 45.")
    await line.fill("91% of clients who felt a rupture had more symptoms at the next session.")
    await ana.modal.get_by_label("Search words").first.scroll_into_view_if_needed()  # where one is at the end of the form
    await ana.modal.get_by_role("button", name="Save").click()
    await expect(ana.modal.get_by_text("Please check this.")).to_be_in_viewport()  # the new form is read from its top
    await expect(ana.modal.get_by_role("button", name="Save anyway")).to_be_visible()
    await expect(ana.modal).to_contain_text("The reason is at the top of this form.")
    await line.fill(LINE)
    await ana.modal.get_by_role("button", name="Save anyway").click()
    await expect(ana.modal).to_contain_text("Saved. It will be in the library in a moment")
