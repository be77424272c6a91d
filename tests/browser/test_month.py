"""Time is moved, and the month arrives by itself."""

from __future__ import annotations

from playwright.async_api import expect

from browser.guest import Guest


async def test_the_months_arrive_when_time_is_moved_each_once_with_its_cards(ana: Guest) -> None:
    move = ana.page.get_by_role("button", name="It is the first of next month")
    await expect(ana.sidebar).to_contain_text("Today is 31 May 2023")
    await move.click()
    await expect(ana.sidebar).to_contain_text("Today is 1 June 2023")
    june = ana.message("PPRNet, June 2023")
    await june.get_by_role("button", name="1 reply").click()
    card = ana.thread.get_by_role("article").filter(has=ana.page.get_by_role("button", name="Read the study"))
    await expect(card).to_have_count(1)
    await expect(card).to_contain_text("Practice implications")

    await move.click()
    await expect(ana.message("PPRNet, November 2023").get_by_role("button", name="repl")).to_be_visible()
    await move.click()
    await expect(ana.message("December 2023").get_by_role("button", name="repl")).to_be_visible()
    await expect(ana.messages.get_by_role("article")).to_have_count(3)
    await expect(move).to_be_disabled()
    await expect(ana.sidebar).to_contain_text("no later month is left to arrive")
