"""Time is moved, the blog has a new month, its curator lets it out, and it is posted."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.guest import Guest

REPLIES = re.compile(r"^\d+ repl")
"""How many there are, not the button that writes one."""


async def test_the_months_arrive_when_time_is_moved_and_the_curator_posts_them_each_once_with_its_cards(ana: Guest) -> None:
    move = ana.page.get_by_role("button", name="Skip to the 1st of next month")
    await expect(ana.sidebar).to_contain_text("Today is 31 May 2023")
    await expect(ana.sidebar).to_contain_text("PPRNet sends them to Ana Petrov, who approves them.")
    await move.click()
    await expect(ana.sidebar).to_contain_text("Today is 1 June 2023")
    await post(ana, "June 2023", why="The subject that the blog announces does not fit the summary on its page.")
    june = ana.message("PPRNet, June 2023: 1 research summary")
    await june.get_by_role("button", name="Read: ").click()
    await expect(ana.modal).to_contain_text("Will you use this?")
    await ana.modal.get_by_role("button", name="Close", exact=True).first.click()
    await june.get_by_role("button", name=REPLIES).click()
    card = ana.thread.get_by_role("article").filter(has=ana.page.get_by_role("button", name="Details"))
    await expect(card).to_have_count(1)
    await expect(card).to_contain_text("Practice implications")

    await move.click()
    await post(ana, "November 2023", why="The blog announces 1 subject but shows 2 summaries.")
    await expect(ana.message("PPRNet, November 2023").get_by_role("button", name=REPLIES)).to_be_visible()
    await move.click()
    await post(ana, "December 2023", note="Our topic for January.", preview=True)
    december = ana.message("December 2023")
    await expect(december.get_by_role("button", name=REPLIES)).to_be_visible()
    await expect(december).to_contain_text("@Ana Petrov, your curator")
    await expect(december).to_contain_text("Our topic for January.")
    await expect(ana.messages.get_by_role("article")).to_have_count(3)
    await expect(move).to_be_disabled()
    await expect(ana.sidebar).to_contain_text("There are no later months.")


async def post(curator: Guest, month: str, note: str = "", why: str = "", *, preview: bool = False) -> None:
    """Find the draft in the direct messages, perhaps say a word on it and read it, and let it out."""
    await curator.go("PPRNet")
    draft = curator.message(f"New on the PPRNet blog: {month}")
    await expect(draft).to_have_count(1)
    await expect(draft).to_contain_text(f"On hold. {why}")
    if note:
        await draft.get_by_role("button", name="Add a note").click()
        await curator.modal.get_by_role("textbox").fill(note)
        await curator.modal.get_by_role("button", name="Save").click()
        await expect(draft).to_contain_text(note)
    if preview:
        await draft.get_by_role("button", name="Preview").click()
        await expect(curator.message(f"Preview of {month} in #team-research.")).to_be_visible()
        shown = curator.message(f"PPRNet, {month}")
        await expect(shown).to_contain_text(note)
        await expect(shown.get_by_role("button", name=REPLIES)).to_be_visible()
        await shown.get_by_role("button", name="Read: ").first.click()
        await expect(curator.modal).to_contain_text("Practice implications")
        await curator.modal.get_by_role("button", name="Close", exact=True).first.click()
    await draft.get_by_role("button", name="Post").click()
    await expect(draft).to_contain_text("It is on its way to the team.")
    await expect(draft.get_by_role("button", name="Post")).to_have_count(0)
    if preview:
        line = curator.message(f"Preview of {month}. @Ana Petrov posted it")
        await expect(line.get_by_role("button", name="Post")).to_have_count(0)
    await curator.go("team-research")
