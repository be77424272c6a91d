"""Sharing a card with a channel, and taking it back."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.guest import Guest, Visit

QUESTION = "how do I mend a rupture in the alliance"


async def begin(guest: Guest) -> None:
    """Ask in private and press Share."""
    await guest.say(f"/pprnet {QUESTION}")
    await guest.messages.get_by_role("button", name="Share", exact=True).click()
    await expect(guest.page.get_by_role("dialog", name="Share this summary")).to_be_visible()


async def test_a_card_is_previewed_shared_without_the_question_and_taken_back(visit: Visit, ana: Guest) -> None:
    ben = await visit("Ben Okafor")
    await begin(ana)
    chosen = ana.modal.get_by_role("combobox", name="Share in")
    await expect(chosen.get_by_role("option", selected=True)).to_have_text("# team-research")
    await expect(ana.modal).to_contain_text("This is what the channel will see")
    title = await ana.modal.get_by_role("heading", level=3).inner_text()
    await ana.modal.get_by_role("button", name="Share").click()
    await expect(ana.modal).to_be_hidden()

    card = ben.card(title)
    await expect(card).to_contain_text("@Ana Petrov shares this summary")
    await expect(ben.messages.get_by_role("article")).to_have_count(1)
    await expect(ben.page.locator("body")).not_to_contain_text(QUESTION)
    await expect(card.get_by_role("button", name="Details")).to_be_visible()

    notice = ana.message("Shared in #team-research")
    await expect(notice).to_contain_text("Only visible to you")
    await notice.get_by_role("button", name="Undo").click()
    await expect(ana.message("Removed from the channel")).to_be_visible()
    await expect(card).to_have_count(0)


async def test_where_the_bot_is_not_the_field_says_how_to_invite_it(visit: Visit, ana: Guest) -> None:
    ben = await visit("Ben Okafor")
    await ben.go("random")
    await begin(ana)
    title = await ana.modal.get_by_role("heading", level=3).inner_text()
    chosen = ana.modal.get_by_role("combobox", name="Share in")
    await chosen.select_option("# random")
    await ana.modal.get_by_role("button", name="Share").click()
    await expect(chosen).to_have_accessible_description(re.compile(r"/invite @PPRNet"))
    await expect(chosen).to_have_attribute("aria-invalid", "true")
    await expect(chosen).to_be_focused()

    await ben.say("/invite @PPRNet")
    await expect(ben.message("was added to #random by @Ben Okafor")).to_be_visible()
    await ana.modal.get_by_role("button", name="Share").click()
    await expect(ana.modal).to_be_hidden()
    await expect(ben.card(title)).to_contain_text("@Ana Petrov shares this summary")


async def test_sharing_can_be_left_and_nothing_is_posted(visit: Visit, ana: Guest) -> None:
    ben = await visit("Ben Okafor")
    await begin(ana)
    await ana.modal.get_by_role("combobox", name="Share in").select_option("")
    await ana.modal.get_by_role("button", name="Share").click()
    await expect(ana.modal.get_by_text("Please complete this required field.")).to_be_visible()
    await ana.modal.get_by_role("button", name="Cancel").click()
    await expect(ana.modal).to_be_hidden()
    await ana.say("good morning")
    await expect(ben.message("good morning")).to_be_visible()
    await expect(ben.messages.get_by_role("article")).to_have_count(1)


async def test_a_thread_that_is_open_on_a_card_closes_when_the_card_is_taken_back(visit: Visit, ana: Guest) -> None:
    ben = await visit("Ben Okafor")
    await begin(ana)
    title = await ana.modal.get_by_role("heading", level=3).inner_text()
    await ana.modal.get_by_role("button", name="Share").click()
    await ben.card(title).hover()
    await ben.card(title).get_by_role("button", name="Reply in thread").click()
    await expect(ben.thread.get_by_role("article")).to_have_count(1)
    await ana.message("Shared in #team-research").get_by_role("button", name="Undo").click()
    await expect(ben.card(title)).to_have_count(0)
    await expect(ben.thread).to_be_hidden()
