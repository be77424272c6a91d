"""What someone sees on their first visit."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.guest import Guest, Visit


async def test_the_first_visit_says_what_this_is_and_offers_three_questions(looking: Visit) -> None:
    ana = await looking()
    about = ana.page.get_by_role("region", name="About this place")
    await expect(about).to_contain_text("a practice workspace on your own computer, with the real PPRNet bot in it")
    await expect(about.get_by_role("list", name="Try one of these:").get_by_role("button")).to_have_count(3)
    await expect(ana.page).to_have_title("#team-research · Riverside Clinic · PPRNet playground")
    await expect(ana.messages.get_by_role("article")).to_have_count(0)
    await expect(ana.composer).to_be_focused()


@pytest.mark.parametrize(
    ("question", "place", "private", "found"),
    [
        ("/pprnet alliance rupture", "team-research", True, "summaries are about “alliance rupture”"),
        ("@PPRNet why do clients drop out?", "team-research", False, "Practice implications"),
        ("is therapy by video as good as in person?", "PPRNet", False, "Practice implications"),
    ],
)
async def test_a_suggested_question_is_asked_with_a_click(
    ana: Guest, question: str, place: str, private: bool, found: str
) -> None:
    await ana.page.get_by_role("button", name=question).click()
    await expect(ana.page.get_by_role("heading", level=1, name=place)).to_be_visible()
    if question.startswith("@"):
        await ana.message("why do clients drop out?").get_by_role("button", name="1 reply").click()
        answer = ana.thread.get_by_role("article").last
    else:
        answer = ana.messages.get_by_role("article").filter(has_text=found)
    await expect(answer).to_contain_text(found)
    await expect(answer.get_by_text("Only visible to you")).to_have_count(1 if private else 0)


async def test_a_reload_finds_the_same_person_and_place(looking: Visit) -> None:
    ben = await looking("Ben Okafor")
    await ben.go("random")
    await ben.page.reload()
    await expect(ben.page.get_by_role("heading", level=1, name="random")).to_be_visible()
    await expect(ben.sidebar.get_by_role("radio", name="Ben Okafor")).to_be_checked()


async def test_the_traffic_panel_shows_every_request_with_its_signature(ana: Guest) -> None:
    await ana.say("/pprnet help")
    await ana.page.get_by_role("button", name="Traffic between bot and Slack").click()
    panel = ana.page.get_by_role("region", name="Traffic between bot and Slack")
    row = panel.get_by_role("listitem").filter(has_text="/pprnet help")
    await expect(row).to_contain_text("signature valid")
    await expect(row).to_contain_text("200")
    await row.locator("summary").click()
    await expect(row.get_by_role("heading", name="Request")).to_be_visible()
    await expect(row).to_contain_text("X-Slack-Signature")
    await panel.get_by_role("button", name="Close traffic").click()
    await expect(panel).to_be_hidden()
