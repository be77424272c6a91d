"""Comparing, a later summary, and client details, as a person sees and clicks them."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bot.corpus.model import month_name
from tests.browser.guest import Guest, Visit
from tests.browser.library import engine, first_for
from tests.browser.test_phone import SIZE, fits

RUPTURE = first_for("alliance rupture in one session")


async def test_a_comparison_fits_a_phone_and_each_line_opens_its_card(visit: Visit) -> None:
    ana = await visit(viewport=SIZE, has_touch=True)
    await ana.say("/pprnet compare video therapy")
    message = ana.message("on this, compared")
    await expect(message).to_contain_text("meta-analysis")
    await expect(message).to_contain_text("SMD = −.30, 95% CI [−.67, .07]")
    await expect(message).to_contain_text("No effect size stated.")
    await fits(ana)
    await message.get_by_role("button", name="Show").first.tap()
    await expect(ana.card("Is the Therapeutic Alliance Diminished by Videoconferencing")).to_be_visible()
    await fits(ana)


async def test_a_later_summary_is_one_click_away(ana: Guest) -> None:
    await ana.say("/pprnet multicultural orientation")
    older = engine().search("multicultural orientation").hits[0].summary
    later = engine().corpus.later(older)
    assert later is not None
    card = ana.card(older.title)
    await expect(card).to_contain_text(f"Newer, {month_name(later.issue, short=True)}: {later.title[:20]}")
    await card.get_by_role("button", name="Show").first.click()
    await expect(ana.card(later.title)).to_be_visible()


async def test_the_words_that_were_met_are_bold_and_that_is_explained(ana: Guest) -> None:
    await ana.say("/pprnet alliance rupture in one session")
    card = ana.card(RUPTURE)
    await expect(card).to_contain_text("bold: your words")
    bold = {text.casefold().rstrip("s") for text in await card.locator("li :is(b, strong)").all_inner_texts()}
    assert {"alliance", "rupture"} <= bold


@pytest.mark.parametrize("other", ["Ben Okafor"])
async def test_only_the_asker_is_reminded_of_client_details(visit: Visit, other: str) -> None:
    ana, ben = await visit(), await visit(other)
    await ana.say("@PPRNet Sarah, 34, had an alliance rupture in one session")
    for guest in (ana, ben):
        await guest.message("had an alliance rupture in one session").get_by_role("button", name="1 reply").click()
        await expect(guest.thread.get_by_role("article").filter(has_text="Practice implications")).to_be_visible()
    await expect(ana.thread).to_contain_text("Parts that look like client details were left out of the search.")
    await expect(ben.thread).not_to_contain_text("client details")
