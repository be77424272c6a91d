"""What a curator does on Home without a terminal: a summary of the team's own, and a reader's suggestion."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.guest import Guest
from tests.browser.test_home import at_home

TITLE = "Gardening Was Followed by Better Sleep"
FIELDS = {
    "Title": TITLE,
    "Citation": "Roe, A., & Lund, C. (2024). Gardens and sleep. Journal of Gardens, 3, 1-9.",
    "Source": "a library",
    "Summary": "141 clients kept a diary.\n\nMore gardening was followed by better sleep (r = .21).",
    "Bottom line": "Clients who gardened more slept better in the following week.",
    "Practice implications": "Ask about gardens.\nDo not promise sleep.",
}
WORDS = "zebulonius quarrel in the garden"


async def test_a_curator_adds_a_summary_and_accepts_a_readers_words(ana: Guest) -> None:
    home = await at_home(ana)
    await home.get_by_role("button", name="Add a summary").click()
    for label, text in FIELDS.items():
        await ana.modal.get_by_label(re.compile(f"^{label}")).first.fill(text)
    await ana.modal.get_by_role("button", name="Add", exact=True).click()
    await expect(ana.modal).to_contain_text("Write a DOI (10.1037/pst0000172) or a full https:// address.")
    await ana.modal.get_by_label(re.compile("^Source")).fill("https://doi.org/10.1037/pst0000999")
    await ana.modal.get_by_role("button", name="Preview").click()
    await expect(ana.modal).to_contain_text("Our own summary, May 2023")
    await ana.modal.get_by_role("button", name="Back").last.click()
    await expect(ana.modal.get_by_label(re.compile("^Title"))).to_have_value(TITLE)
    await ana.modal.get_by_role("button", name="Add", exact=True).click()
    await expect(ana.modal).to_contain_text("It was not posted anywhere.")
    await ana.modal.get_by_role("button", name="Close").last.click()

    await ana.go("team-research")
    await ana.say(f"/pprnet {WORDS}")
    await ana.messages.get_by_role("button", name="Not what you were looking for?").click()
    await ana.modal.get_by_label("Which summary would have helped?").select_option(index=1)
    await ana.modal.get_by_label("What would you type to find it?").fill(WORDS)
    await ana.modal.get_by_role("button", name="Suggest").click()
    await ana.modal.get_by_role("button", name="Close").last.click()

    home = await at_home(ana)
    await home.get_by_role("button", name="Go through the waiting suggestions").click()
    await expect(ana.modal.get_by_label("Search words for this summary")).to_have_value(WORDS)
    await ana.modal.get_by_label("Search words for this summary").fill(f"{WORDS} now")
    await ana.modal.get_by_role("button", name="Accept").click()
    await expect(ana.modal).to_contain_text("No suggestions are waiting. Thank you.")
    await ana.modal.get_by_role("button", name="Close").last.click()
    await expect(home).not_to_contain_text("suggestion is waiting")
