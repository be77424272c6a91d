"""The slash command: its completion, its answers, and what their buttons do."""

from __future__ import annotations

from playwright.async_api import expect

from bot.phrases import facts
from tests.browser.guest import Guest, Visit
from tests.browser.library import first, first_for

TITLE = first_for("alliance rupture in one session")


async def test_the_command_is_completed_with_arrows_and_enter(ana: Guest) -> None:
    options = ana.page.get_by_role("listbox", name="Suggestions")
    await ana.composer.press_sequentially("/")
    await expect(options).to_be_visible()
    await expect(ana.page.get_by_text("alliance rupture | latest | topics | help")).to_be_visible()
    await expect(options.get_by_role("option", selected=True)).to_contain_text("/pprnet")
    await ana.composer.press("ArrowDown")
    await expect(options.get_by_role("option", selected=True)).to_contain_text("/pprnet latest")
    await ana.composer.press("ArrowUp")
    await ana.composer.press("Enter")
    await expect(ana.composer).to_have_value("/pprnet ")
    await ana.composer.press_sequentially("alliance rupture in one session")
    await expect(options).to_be_hidden()
    await ana.composer.press("Enter")
    await expect(ana.composer).to_have_value("")
    card = ana.card(TITLE)
    await expect(card).to_contain_text("Only visible to you")
    await expect(card).to_contain_text(facts.brief(first("alliance rupture in one session")))
    await expect(card.get_by_text("Bottom line")).to_be_visible()
    await expect(card.get_by_role("listitem").first).to_contain_text(
        first("alliance rupture in one session").implications[0]
    )
    await expect(card).to_contain_text("Condensed from Dr. Tasca's PPRNet blog")


async def test_the_completion_leaves_with_escape_and_comes_back(looking: Visit) -> None:
    ana = await looking()
    options = ana.page.get_by_role("listbox", name="Suggestions")
    await ana.composer.press_sequentially("/p")
    await expect(options).to_be_visible()
    await ana.composer.press("Escape")
    await expect(options).to_be_hidden()
    await expect(ana.composer).to_have_value("/p")
    await ana.composer.press_sequentially("p")
    await options.get_by_role("option", name="/pprnet help how to ask").click()
    await expect(ana.composer).to_have_value("/pprnet help")
    await expect(ana.composer).to_be_focused()


async def test_a_month_is_completed_in_small_letters_too(looking: Visit) -> None:
    ana = await looking()
    await ana.composer.press_sequentially("/pprnet sept")
    await ana.page.get_by_role("option", name="/pprnet September 2022").click()
    await expect(ana.composer).to_have_value("/pprnet September 2022")


async def test_the_study_opens_and_gives_the_focus_back(ana: Guest) -> None:
    await ana.say("/pprnet alliance rupture in one session")
    button = ana.card(TITLE).get_by_role("button", name="Details")
    await button.click()
    study = ana.page.get_by_role("dialog", name="Details")
    await expect(study.get_by_role("heading", name=TITLE)).to_be_visible()
    for part in ("Note", "Citation", "Search Google Scholar for the paper", "Topics:"):
        await expect(study.get_by_role("region", name="Contents")).to_contain_text(part)
    await ana.page.keyboard.press("Escape")
    await expect(study).to_be_hidden()
    await expect(button).to_be_focused()
    await button.click()
    await study.get_by_role("button", name="Close", exact=True).first.click()
    await expect(study).to_be_hidden()
    await expect(button).to_be_focused()


async def test_more_like_this_lists_neighbours_that_can_be_shown(ana: Guest) -> None:
    await ana.say("/pprnet alliance rupture in one session")
    await ana.card(TITLE).get_by_role("button", name="Similar").click()
    more = ana.message("More like “")
    await expect(more).to_contain_text("Only visible to you")
    await more.get_by_role("button", name="Show").first.click()
    await expect(ana.messages.get_by_role("button", name="Details")).to_have_count(2)


async def test_what_is_also_on_it_can_be_shown(ana: Guest) -> None:
    question = "is the alliance lower in video therapy than face to face"
    await ana.say(f"/pprnet {question}")
    card = ana.card(first_for(question))
    await expect(card).to_contain_text("Also:")
    await card.get_by_role("button", name="Show what else is on this").click()
    await ana.message("Also on this:").get_by_role("button", name="Show").first.click()
    await expect(ana.messages.get_by_role("button", name="Details")).to_have_count(2)


async def test_nothing_found_is_said_and_not_taken_for_no_research(ana: Guest) -> None:
    await ana.say("/pprnet quantum chromodynamics")
    answer = ana.message("I found nothing in the library on this.")
    await expect(answer).to_contain_text("This does not mean that there is no research.")
    await expect(answer).to_contain_text("Only visible to you")


async def test_help_says_how_to_ask_and_leads_to_the_latest(ana: Guest) -> None:
    await ana.say("/pprnet help")
    answer = ana.message("Ask me about psychotherapy research.")
    await expect(answer).to_contain_text("I cannot help in an emergency.")
    await answer.get_by_role("button", name="Show the latest").click()
    await expect(ana.message("PPRNet, January 2023:")).to_be_visible()


async def test_a_misspelling_is_shown_as_corrected(ana: Guest) -> None:
    await ana.say("/pprnet alience ruptures")
    await expect(ana.message("Showing results for alliance ruptures")).to_be_visible()


async def test_a_question_about_danger_shows_first_that_the_bot_is_no_help_in_an_emergency(ana: Guest) -> None:
    await ana.say("/pprnet does an alliance rupture lead to greater symptoms in the next session? the client is in danger")
    answer = ana.message("This bot cannot help in an emergency.")
    await expect(answer).to_contain_text("Only visible to you")
    text = await answer.inner_text()
    assert text.index("This bot cannot help in an emergency.") < text.index("Practice implications")


async def test_an_unknown_command_is_said_at_the_box_and_stays_there_to_be_mended(ana: Guest) -> None:
    await ana.say("/pprnt alliance")  # `windows` fails a test in which the browser's console complains
    await expect(ana.page.get_by_role("alert").filter(has_text="“/pprnt” is not a command here.")).to_be_visible()
    await expect(ana.composer).to_have_value("/pprnt alliance")
    await ana.say("/invite @PPRNet")
    await expect(ana.page.get_by_role("alert").filter(has_text="PPRNet is already in #team-research.")).to_be_visible()
