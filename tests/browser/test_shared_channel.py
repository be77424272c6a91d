"""A channel that another organisation reads too."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.guest import Guest, Visit


async def test_in_a_shared_channel_a_mention_gets_a_note_and_the_command_its_answer(visit: Visit, ana: Guest) -> None:
    ben = await visit("Ben Okafor")
    await expect(ana.entry("with-lakeside")).to_contain_text("Shared")
    await ana.go("with-lakeside")
    await ben.go("with-lakeside")
    await ana.say("@PPRNet alliance rupture in one session")
    note = ana.message("This channel is shared with another organisation")
    await expect(note).to_contain_text("Only visible to you")
    await expect(ben.message("alliance rupture in one session")).to_be_visible()
    await expect(ben.messages.get_by_role("article")).to_have_count(1)
    await ana.say("/pprnet alliance rupture in one session")
    answer = ana.message("Practice implications")
    await expect(answer).to_contain_text("Only visible to you")
    await answer.get_by_role("button", name="Share", exact=True).click()
    chosen = ana.modal.get_by_role("combobox", name="Share in")
    await expect(chosen.get_by_role("option", name="# team-research")).to_have_count(1)
    await expect(chosen.get_by_role("option", name="# with-lakeside")).to_have_count(0)
