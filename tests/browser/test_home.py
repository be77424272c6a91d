"""Home: searching and looking through the library, in modals that stack; by mouse, by keyboard, on a phone, by two."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.async_api import Locator, expect

from tests.browser.guest import Guest, Visit
from tests.browser.library import first_for
from tests.browser.test_keyboard import tab_to
from tests.browser.test_look import readable
from tests.browser.test_month import post
from tests.browser.test_phone import SIZE, covers, fits

HOME = "PPRNet Home"
TITLE = first_for("alliance rupture in one session")
ALLIANCE = "Alliance and Therapeutic Relationship"
TRAINING = re.compile("^Training: ")
"""The button of the topic, not of a summary with that word."""


def home_of(guest: Guest) -> Locator:
    """What the bot has published."""
    return guest.page.get_by_role("region", name="Home of PPRNet")


async def at_home(guest: Guest) -> Locator:
    """Home, opened from the sidebar."""
    await guest.entry(HOME).click()
    home = home_of(guest)
    await expect(home.get_by_role("button", name="Search", exact=True)).to_be_visible()
    return home


async def test_home_opens_from_the_sidebar_and_is_found_again_after_a_reload(ana: Guest) -> None:
    home = await at_home(ana)
    await expect(ana.page).to_have_title("Home · Riverside Clinic · PPRNet playground")
    await expect(ana.entry(HOME)).to_have_attribute("aria-current", "page")
    await expect(ana.composer).to_have_count(0)
    await expect(home).to_contain_text("Welcome.")
    await expect(home).to_contain_text("Please keep client details out of Slack")
    await expect(home).to_contain_text("PPRNet, January 2023: 1 of this month's 3 summaries is in the library")
    await ana.page.reload()
    await expect(home.get_by_role("button", name="Search", exact=True)).to_be_visible()
    await expect(home).not_to_contain_text("Welcome.")
    await ana.go("random")
    await expect(home).to_have_count(0)
    await expect(ana.composer).to_be_visible()


async def test_a_question_is_answered_in_the_search_modal_and_stays_in_its_field(ana: Guest) -> None:
    home = await at_home(ana)
    button = home.get_by_role("button", name="Search", exact=True)
    await button.click()
    modal = ana.page.get_by_role("dialog", name="Search the library")
    field = modal.get_by_role("textbox", name="What would you like to know?")
    await expect(field).to_be_focused()
    await field.press("Enter")
    await expect(modal.get_by_text("Please complete this required field.")).to_be_visible()
    await field.fill("aliance rupture in one session")
    await field.press("Enter")
    await expect(modal.get_by_role("heading", name=TITLE)).to_be_visible()
    await expect(modal).to_contain_text("Showing results for alliance rupture in one session")
    await expect(modal).to_contain_text("Practice implications")
    await expect(field).to_have_value("aliance rupture in one session")
    await field.fill("quantum chromodynamics")
    await modal.get_by_role("button", name="Search").click()
    await expect(modal).to_contain_text("I found nothing in the library on this.")
    await expect(modal.get_by_role("heading", name=TITLE)).to_have_count(0)
    await modal.get_by_role("button", name="Close", exact=True).last.click()
    await expect(modal).to_be_hidden()
    await expect(button).to_be_focused()
    await expect(ana.page.locator("body")).not_to_contain_text("chromodynamics")


async def test_a_suggested_question_is_answered_with_one_click(ana: Guest) -> None:
    home = await at_home(ana)
    question = home.get_by_role("button", name="?").first
    words = await question.inner_text()
    await question.click()
    await expect(ana.modal).to_contain_text("Found in the library:")
    await expect(ana.modal.get_by_role("textbox")).to_have_value(words)
    await expect(ana.modal).to_contain_text("Practice implications")


async def test_a_topic_is_browsed_to_a_study_three_modals_deep_and_back_to_where_one_was(ana: Guest) -> None:
    home = await at_home(ana)
    await home.get_by_role("button", name="Topics").click()
    topics = ana.page.get_by_role("dialog", name="Topics")
    await topics.get_by_role("button", name=ALLIANCE).click()
    listed = ana.page.get_by_role("dialog", name="Topic", exact=True)
    await expect(listed).to_contain_text(f"{ALLIANCE}: 21 summaries")
    read = listed.get_by_role("button", name="Read: Therapists’ Interpersonal Skills")
    await read.click()
    study = ana.page.get_by_role("dialog", name="Details")
    await expect(study.get_by_role("heading", name="Therapists’ Interpersonal Skills")).to_be_visible()
    await expect(study).to_contain_text("Citation")
    await study.get_by_role("button", name="Similar").click()  # the stack is full: in its place
    await expect(ana.page.get_by_role("dialog", name="Similar")).to_contain_text("Show")
    await ana.page.keyboard.press("Escape")
    await expect(listed).to_be_visible()
    await expect(read).to_be_focused()
    await expect(read).to_be_in_viewport()
    await listed.get_by_role("button", name="Back", exact=True).last.click()
    await expect(topics.get_by_role("button", name=ALLIANCE)).to_be_focused()
    await topics.get_by_role("button", name="Close", exact=True).last.click()
    await expect(ana.modal).to_have_count(0)


async def test_a_study_read_from_home_is_shared_with_the_team(visit: Visit, ana: Guest) -> None:
    ben = await visit("Ben Okafor")
    home = await at_home(ana)
    await home.get_by_role("button", name="Read: Working Alliance").click()
    await ana.modal.get_by_role("button", name="Share").click()
    await ana.modal.get_by_role("combobox", name="Share in").select_option("# team-research")
    await ana.modal.get_by_role("button", name="Share").last.click()
    await expect(ana.page.get_by_role("dialog", name="Shared")).to_contain_text("Shared in #team-research.")
    await expect(ben.card("Working Alliance")).to_contain_text("@Ana Petrov shares this summary")
    await ana.modal.get_by_role("button", name="Back", exact=True).last.click()
    await expect(ana.page.get_by_role("dialog", name="Details")).to_be_visible()


async def test_everybody_has_a_home_of_their_own(visit: Visit, ana: Guest) -> None:
    ben = await visit("Ben Okafor")
    home = await at_home(ana)
    await home.get_by_role("button", name="Months").click()
    await expect(ana.page.get_by_role("dialog", name="Months")).to_be_visible()
    bens = await at_home(ben)
    await expect(bens).to_contain_text("Welcome.")
    await expect(ben.modal).to_have_count(0)
    await ana.modal.get_by_role("button", name="Close", exact=True).last.click()
    await ana.become("Ben Okafor")
    await expect(home).to_be_visible()
    await expect(home).not_to_contain_text("Welcome.")  # Ben has seen his


async def test_a_month_that_arrives_shows_at_the_next_opening(ana: Guest) -> None:
    home = await at_home(ana)
    await ana.page.get_by_role("button", name="Skip to the 1st of next month").click()
    await post(ana, "June 2023")
    await expect(ana.message("June 2023")).to_be_visible()
    await at_home(ana)
    await expect(home).to_contain_text("PPRNet, June 2023: 1 research summary in the library")


async def test_home_by_keyboard_alone(ana: Guest) -> None:
    keyboard = ana.page.keyboard
    await tab_to(ana, ana.entry(HOME), "Shift+Tab")
    await keyboard.press("Enter")
    home = home_of(ana)
    button = home.get_by_role("button", name="Topics")
    await tab_to(ana, button)
    await keyboard.press("Enter")
    await tab_to(ana, ana.modal.get_by_role("button", name=TRAINING))
    await keyboard.press("Enter")
    read = ana.modal.get_by_role("button", name="Read: ").first
    await tab_to(ana, read)
    await keyboard.press("Enter")
    await expect(ana.page.get_by_role("dialog", name="Details")).to_be_visible()
    await keyboard.press("Escape")
    await expect(ana.page.get_by_role("dialog", name="Details")).to_have_count(0)
    await expect(read).to_be_focused()
    await keyboard.press("Escape")
    await expect(ana.modal.get_by_role("button", name=TRAINING)).to_be_focused()
    await keyboard.press("Escape")
    await expect(ana.modal).to_have_count(0)
    await expect(button).to_be_focused()

    await tab_to(ana, home.get_by_role("button", name="Search", exact=True), "Shift+Tab")
    await keyboard.press("Space")
    await expect(ana.modal.get_by_role("textbox")).to_be_focused()
    await keyboard.type("alliance rupture in one session")
    await keyboard.press("Enter")
    await expect(ana.modal.get_by_role("heading", name=TITLE)).to_be_visible()
    await tab_to(ana, ana.modal.get_by_role("button", name="Details"))
    await keyboard.press("Enter")
    await expect(ana.page.get_by_role("dialog", name="Details")).to_be_visible()


async def test_a_window_that_is_closing_is_not_closed_twice(ana: Guest) -> None:
    home = await at_home(ana)
    await home.get_by_role("button", name="Topics").click()
    await ana.modal.get_by_role("button", name=ALLIANCE).click()
    listed = ana.page.get_by_role("dialog", name="Topic", exact=True)
    await listed.get_by_role("button", name="Back", exact=True).last.evaluate(
        "button => { button.click(); button.click(); }"
    )
    await expect(ana.page.get_by_role("dialog", name="Topics")).to_be_visible()


async def test_from_home_the_skip_link_leads_to_home(ana: Guest) -> None:
    await at_home(ana)
    skip = ana.page.get_by_role("link", name="Skip to Home")
    await skip.focus()
    await ana.page.keyboard.press("Enter")
    await expect(home_of(ana)).to_be_focused()
    await ana.page.reload()
    await expect(home_of(ana)).to_be_visible()


async def test_home_and_its_modals_fit_a_phone(visit: Visit) -> None:
    ana = await visit(viewport=SIZE, has_touch=True)
    menu = ana.page.get_by_role("button", name="Channels and people")
    await menu.tap()
    await ana.entry(HOME).tap()
    home = home_of(ana)
    await expect(home.get_by_role("button", name="Search", exact=True)).to_be_in_viewport()
    await expect(ana.sidebar).to_be_hidden()
    await expect(menu).to_be_focused()
    await fits(ana)
    for kind, entry in (("Topics", ALLIANCE), ("Months", "September 2022"), ("Study designs", "Meta-analysis")):
        await home.get_by_role("button", name=kind).tap()
        await covers(ana, ana.modal)
        await fits(ana)
        await ana.modal.get_by_role("button", name=entry).tap()
        await expect(ana.modal.get_by_role("button", name="Back", exact=True).first).to_be_visible()
        await fits(ana)
        await ana.modal.get_by_role("button", name="Back", exact=True).first.tap()
        await ana.modal.get_by_role("button", name="Close", exact=True).first.tap()
        await expect(ana.modal).to_have_count(0)
    await home.get_by_role("button", name="Search", exact=True).tap()
    await ana.modal.get_by_role("textbox").fill("alliance rupture in one session")
    await ana.modal.get_by_role("button", name="Search").tap()
    await expect(ana.modal.get_by_role("heading", name=TITLE)).to_be_in_viewport()
    await expect(ana.modal.get_by_text("Practice implications")).to_be_in_viewport()
    await fits(ana)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_of_home_has_enough_contrast(visit: Visit, scheme: Literal["light", "dark"]) -> None:
    ana = await visit(color_scheme=scheme)
    home = await at_home(ana)
    await readable(ana)
    await home.get_by_role("button", name="Topics").click()
    await readable(ana)
    await ana.modal.get_by_role("button", name=ALLIANCE).click()
    await ana.modal.get_by_role("button", name="Read: ").first.click()
    await expect(ana.modal).to_contain_text("Citation")
    await readable(ana)


async def test_a_curator_decides_from_home_and_the_month_is_linked_there(visit: Visit, ana: Guest) -> None:
    ben = await visit("Ben Okafor")
    home = await at_home(ana)
    await expect(home).to_contain_text("Approval is on: each new month waits until one of you approves it.")
    await expect(home).to_contain_text("#team-research, the default, set up by the person who installed PPRNet")
    await ana.page.get_by_role("button", name="Skip to the 1st of next month").click()
    await ana.go("PPRNet")
    await expect(ana.message("New on the PPRNet blog: June 2023")).to_be_visible()
    home = await at_home(ana)
    await expect(home).to_contain_text("Last blog check:")
    await home.get_by_role("button", name="Review: June 2023").click()
    june = ana.page.get_by_role("dialog", name="June 2023")
    await june.get_by_role("button", name="Post").click()
    await expect(june).to_contain_text("@Ana Petrov posted it")
    await june.get_by_role("button", name="Close", exact=True).last.click()
    await expect(home).not_to_contain_text("Waiting for your decision")
    await ana.go("team-research")
    await expect(ana.message("PPRNet, June 2023").or_(ana.message("PPRNet issue of June 2023"))).to_be_visible()
    home = await at_home(ana)
    await expect(home.get_by_role("link", name="posted")).to_be_visible()
    theirs = await at_home(ben)
    await expect(theirs).to_contain_text("June 2023")
    await expect(theirs.get_by_role("link", name="posted")).to_have_count(0)
    await expect(theirs).not_to_contain_text("For curators")
    await readable(ana)


async def test_homes_own_sections_by_keyboard_and_on_a_phone(visit: Visit) -> None:
    ana = await visit(viewport=SIZE, has_touch=True)
    await ana.page.get_by_role("button", name="Channels and people").tap()
    home = await at_home(ana)
    await home.get_by_role("button", name="Topics").tap()
    await ana.modal.get_by_role("button", name=ALLIANCE).tap()
    follow = ana.modal.get_by_role("button", name=f"Follow: {ALLIANCE}")
    await tab_to(ana, follow)
    await ana.page.keyboard.press("Enter")
    await expect(ana.modal.get_by_role("button", name=f"Unfollow: {ALLIANCE}")).to_be_visible()
    await fits(ana)
    await ana.page.keyboard.press("Escape")
    await expect(ana.page.get_by_role("dialog", name="Topics")).to_be_visible()
    await ana.page.keyboard.press("Escape")
    await expect(ana.modal).to_have_count(0)
    await expect(home).to_contain_text("Following: 1 topic")
    await fits(ana)
    await readable(ana)
    unfollow = home.get_by_role("button", name=f"Unfollow: {ALLIANCE}")
    await tab_to(ana, unfollow)
    await ana.page.keyboard.press("Space")
    await expect(home).to_contain_text("No topics yet.")


async def test_a_channel_for_new_months_is_chosen_on_home(visit: Visit) -> None:
    ben = await visit("Ben Okafor")
    home = await at_home(ben)
    await home.get_by_role("button", name="Choose a channel").click()
    await ben.modal.get_by_role("combobox", name="Channel").select_option("# random")
    await ben.modal.get_by_role("button", name="Set up").click()
    await expect(ben.modal).to_contain_text("PPRNet is not in that channel yet.")
    await ben.modal.get_by_role("combobox", name="Channel").select_option("# team-research")
    await ben.modal.get_by_role("button", name="Set up").click()
    await expect(ben.modal).to_contain_text(
        "This channel already gets each new month. The person who installed PPRNet set it up."
    )
    await expect(ben.modal.get_by_role("button", name="Stop it")).to_have_count(0)
