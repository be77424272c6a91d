"""The two shortcuts: by mouse, by keyboard, on a phone."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.async_api import Locator, expect

from tests.browser.guest import Guest, Visit
from tests.browser.library import first_for
from tests.browser.test_keyboard import tab_to
from tests.browser.test_look import readable
from tests.browser.test_phone import SIZE, fits

WORDS = "An alliance rupture in one session leads to greater symptoms in the next session, I think"
TITLE = first_for(WORDS)


def related_to(guest: Guest) -> Locator:
    """The modal of *Find related research*."""
    return guest.page.get_by_role("dialog", name="Related research")


async def test_a_colleagues_message_leads_to_research_and_is_shared_only_on_request(visit: Visit, ana: Guest) -> None:
    ben = await visit("Ben Okafor")
    await ben.say(WORDS)
    message = ana.message(WORDS)
    await message.hover()
    more = message.get_by_role("button", name="More actions")
    await more.click()
    await ana.page.get_by_role("menuitem", name="Find related research").click()
    modal = related_to(ana)
    await expect(modal.get_by_role("heading", name=TITLE)).to_be_visible()
    await expect(modal).to_contain_text("Please keep client details out of Slack")
    await expect(ben.modal).to_have_count(0)
    await modal.get_by_role("button", name="Close", exact=True).last.click()
    await expect(more).to_be_focused()
    await expect(ben.messages.get_by_role("article")).to_have_count(1)


async def test_both_shortcuts_by_keyboard_alone(ana: Guest) -> None:
    keyboard = ana.page.keyboard
    await ana.say(WORDS)
    more = ana.message(WORDS).get_by_role("button", name="More actions")
    await tab_to(ana, more, "Shift+Tab")
    await keyboard.press("Enter")
    item = ana.page.get_by_role("menuitem", name="Find related research")
    await expect(item).to_be_focused()
    await keyboard.press("ArrowDown")
    await expect(item).to_be_focused()
    await keyboard.press("Escape")
    await expect(item).to_be_hidden()
    await expect(more).to_be_focused()
    await keyboard.press("Enter")
    await keyboard.press("Enter")
    await expect(related_to(ana)).to_be_visible()
    await keyboard.press("Escape")
    await expect(more).to_be_focused()
    shortcuts = ana.page.get_by_role("button", name="Shortcuts")
    await tab_to(ana, shortcuts)
    await keyboard.press("Space")
    await keyboard.press("Enter")
    await expect(ana.page.get_by_role("textbox", name="What would you like to know?")).to_be_focused()
    await keyboard.type(WORDS)
    await keyboard.press("Enter")
    await expect(ana.modal.get_by_role("heading", name=TITLE)).to_be_visible()
    await keyboard.press("Escape")
    await expect(shortcuts).to_be_focused()


async def test_a_reply_has_the_shortcut_and_a_private_answer_has_none(ana: Guest) -> None:
    await ana.say("@PPRNet alliance rupture in one session")
    await ana.message("alliance rupture in one session").get_by_role("button", name="1 reply").click()
    reply = ana.thread.get_by_role("article").last
    await expect(reply.get_by_role("button", name="Details")).to_be_visible()
    await reply.get_by_role("button", name="More actions").click()
    await ana.page.get_by_role("menuitem", name="Find related research").click()
    await expect(related_to(ana)).to_contain_text("Show")
    await ana.page.keyboard.press("Escape")
    await expect(related_to(ana)).to_be_hidden()
    await expect(ana.thread).to_be_visible()
    await reply.get_by_role("button", name="More actions").click()
    await ana.page.keyboard.press("Escape")  # of the menu, not of the thread
    await expect(ana.thread).to_be_visible()
    await ana.say("/pprnet topics")
    private = ana.message("Only visible to you")
    await expect(private).to_be_visible()
    await expect(private.get_by_role("button", name="More actions")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_on_a_phone_they_are_in_reach_and_fit(visit: Visit, scheme: Literal["light", "dark"]) -> None:
    ana = await visit(viewport=SIZE, has_touch=True, color_scheme=scheme)
    await ana.say(f"{WORDS}. The client Wilhelmina, 34, said so")
    await ana.message(WORDS).get_by_role("button", name="More actions").tap()
    item = ana.page.get_by_role("menuitem", name="Find related research")
    await expect(item).to_be_in_viewport(ratio=1)
    await fits(ana)
    await readable(ana)
    await item.tap()
    await expect(related_to(ana)).to_contain_text("look like client details")
    await expect(related_to(ana).get_by_role("heading", name=TITLE)).to_be_visible()
    await fits(ana)
    await readable(ana)
    await related_to(ana).get_by_role("button", name="Close", exact=True).first.tap()
    await ana.page.get_by_role("button", name="Shortcuts").tap()
    item = ana.page.get_by_role("menuitem", name="Search research")
    await expect(item).to_be_in_viewport(ratio=1)
    await item.tap()
    await expect(ana.page.get_by_role("dialog", name="Search the library")).to_be_visible()
