"""A journal club: chosen in private, seen by all, reminded of as the days go by, moved and cancelled."""

from __future__ import annotations

from playwright.async_api import Locator, expect

from tests.browser.guest import Guest, Visit
from tests.browser.library import first
from tests.browser.test_home import at_home

STUDY = first("alliance rupture in one session")
TITLE = STUDY.title


async def plan(guest: Guest) -> Locator:
    """Plan a club for 8 June; its message."""
    await guest.say("/pprnet journal-club alliance rupture in one session on 8 June")
    choice = guest.message("Journal club here on Thursday 8 June 2023?")
    await expect(choice).to_contain_text("Only visible to you")
    await choice.get_by_role("button", name=f"Plan it: {TITLE}"[:60]).click()
    await expect(guest.message("Planned for Thursday 8 June 2023.")).to_be_visible()
    opening = guest.message("Journal club on Thursday 8 June 2023").first
    await expect(opening.get_by_role("button", name="2 replies")).to_be_visible()
    return opening


async def mornings(guest: Guest, *days: str) -> None:
    """Go on day by day."""
    for day in days:
        await guest.sidebar.get_by_role("button", name="Skip to tomorrow morning").click()
        await expect(guest.sidebar).to_contain_text(f"Today is {day} June 2023")


async def test_a_club_is_planned_read_reminded_of_and_asked_about(visit: Visit, ana: Guest) -> None:
    opening = await plan(ana)
    ben = await visit("Ben Okafor")
    await expect(ben.message("Journal club here on")).to_have_count(0)
    await ben.message("Journal club on Thursday 8 June 2023").get_by_role("button", name="2 replies").click()
    await expect(ben.thread.get_by_role("heading", name=TITLE)).to_be_visible()
    await expect(ben.thread).to_contain_text("Citation")
    await expect(ben.thread).to_contain_text(f"Five questions ({STUDY.study.design})")
    await mornings(ana, "1")
    await expect(ben.message("Journal club in a week")).to_contain_text("Thursday 8 June 2023")
    await mornings(ana, "2", "3", "4", "5", "6", "7")
    await expect(ben.message("Journal club tomorrow")).to_be_visible()
    await mornings(ana, "8", "9")
    await expect(ben.message("What will we do differently?")).to_be_visible()
    await ana.message("What will we do differently?").get_by_role("button", name="Replied to a thread").click()
    await expect(ana.thread).to_contain_text("Five questions")
    await expect(opening.get_by_role("button", name="5 replies")).to_be_visible()
    await ana.say("/pprnet journal-club")
    await expect(ana.message("No journal club is planned in this channel.")).to_be_visible()


async def test_a_club_is_moved_with_the_date_picker_and_cancelled_after_a_question(ana: Guest) -> None:
    await plan(ana)
    await ana.say("/pprnet journal-club")
    listed = ana.message("Journal clubs planned in this channel")
    await listed.get_by_role("button", name="Move the one on Thursday 8 June 2023").click()
    picker = ana.modal.get_by_label("Day")
    await expect(picker).to_have_value("2023-06-08")
    await picker.fill("2023-05-01")
    await ana.modal.get_by_role("button", name="Move it").click()
    await expect(ana.modal).to_contain_text("Monday 1 May 2023 is in the past.")
    await picker.fill("2023-06-15")
    await ana.modal.get_by_role("button", name="Move it").click()
    await expect(ana.modal).to_contain_text("Moved to Thursday 15 June 2023.")
    await ana.modal.get_by_role("button", name="Close", exact=True).last.click()
    moved = ana.message("Journal club on Thursday 15 June 2023").first
    await expect(moved).to_contain_text("Planned by @Ana Petrov")
    old = ana.message("Journal club on Thursday 8 June 2023").filter(has_text="Planned by")
    await expect(old).to_have_count(0)
    await expect(ana.message("has been moved to Thursday 15 June 2023, by @Ana Petrov")).to_be_visible()
    await ana.say("/pprnet journal-club")
    again = ana.message("Journal clubs planned in this channel").last
    await again.get_by_role("button", name="Cancel the one on Thursday 15 June 2023").click()
    await ana.modal.get_by_role("button", name="Cancel the club").click()
    await expect(moved).to_contain_text("It is cancelled.")
    await expect(ana.message("The journal club on Thursday 15 June 2023 has been cancelled by @Ana Petrov")).to_have_count(1)


async def test_a_planned_club_is_on_its_planners_home_and_on_a_curators_with_its_thread(visit: Visit, ana: Guest) -> None:
    ben = await visit("Ben Okafor")
    home = await at_home(ben)
    await expect(home).to_contain_text("The newest month")
    await expect(home).not_to_contain_text("Journal clubs")
    await ben.go("team-research")
    await plan(ben)
    home = await at_home(ben)
    await expect(home).to_contain_text("Journal clubs you planned")
    await expect(home).to_contain_text("Thursday 8 June 2023 in #team-research.")
    await expect(home).to_contain_text(TITLE)
    await expect(home.get_by_role("link", name="Open its thread")).to_be_visible()
    theirs = await at_home(ana)
    await expect(theirs).to_contain_text("Upcoming journal clubs")
    await expect(theirs).to_contain_text("planned by @Ben Okafor.")


async def test_without_a_day_the_form_asks_for_it_and_leads_on(ana: Guest) -> None:
    await ana.say("/pprnet journal-club alliance rupture in one session")
    await ana.message("on which study, and on which day?").get_by_role("button", name="Choose the day").first.click()
    await expect(ana.modal.get_by_label("Day")).to_have_value("2023-06-14")
    await ana.modal.get_by_role("button", name="Plan it").click()
    await expect(ana.modal).to_contain_text("Planned for Wednesday 14 June 2023.")
    await expect(ana.message("Journal club on Wednesday 14 June 2023")).to_be_visible()
