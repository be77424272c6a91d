"""On a phone's width, one thing at a time and nothing cut off at the side."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.async_api import Locator, expect

from bot.corpus.load import load
from bot.paths import default_root
from tests.browser.guest import Guest, Visit
from tests.browser.test_look import readable
from tests.tools.card_heights import MOST, PHONE, heights

SIZE = {"width": 360, "height": 740}

TOO_WIDE = """
() => [document.documentElement, document.body, ...document.querySelectorAll(".list, .modal-body, .sidebar, .composer")]
  .filter(node => node.scrollWidth > node.clientWidth + 1 || node.getBoundingClientRect().right > innerWidth + 1)
  .map(node => `${node.tagName}.${node.className}: ${node.scrollWidth} > ${node.clientWidth}`)
"""


async def fits(guest: Guest) -> None:
    """Nothing scrolls sideways."""
    assert await guest.page.evaluate(TOO_WIDE) == []


async def covers(guest: Guest, what: Locator) -> None:
    """It takes the whole screen."""
    await expect(what).to_be_visible()
    assert await what.bounding_box() == {"x": 0, "y": 0, **SIZE}


async def test_cards_modals_and_threads_fit_a_phone(visit: Visit) -> None:
    ana = await visit(viewport=SIZE, has_touch=True)
    await fits(ana)
    await ana.say("/pprnet alliance rupture in one session")
    await expect(ana.messages.get_by_role("button", name="Details")).to_be_visible()
    await fits(ana)
    await ana.messages.get_by_role("button", name="Details").tap()
    await expect(ana.modal).to_be_in_viewport(ratio=0.9)
    await fits(ana)
    await ana.modal.get_by_role("button", name="Close", exact=True).first.tap()
    await expect(ana.modal).to_be_hidden()

    await ana.say("@PPRNet why do clients drop out?")
    await ana.message("why do clients drop out?").get_by_role("button", name="1 reply").tap()
    await covers(ana, ana.thread)
    await expect(ana.thread.get_by_role("article").last).to_contain_text("Practice implications")
    await fits(ana)
    await expect(ana.composer).to_have_count(1)
    await ana.thread.get_by_role("button", name="Close thread").tap()
    await expect(ana.thread).to_be_hidden()
    await expect(ana.composer).to_be_visible()


async def test_the_sidebar_is_reached_and_left_on_a_phone(looking: Visit) -> None:
    ana = await looking(viewport=SIZE, has_touch=True)
    menu = ana.page.get_by_role("button", name="Channels and people")
    await expect(ana.sidebar).to_be_hidden()
    await menu.tap()
    await expect(ana.sidebar).to_be_in_viewport()
    await expect(ana.entry("team-research")).to_be_focused()
    await fits(ana)
    await ana.page.keyboard.press("Escape")
    await expect(ana.sidebar).to_be_hidden()
    await expect(menu).to_be_focused()
    await menu.tap()
    await ana.entry("random").tap()
    await expect(ana.sidebar).to_be_hidden()
    await expect(ana.page.get_by_role("heading", level=1, name="random")).to_be_visible()
    await expect(menu).to_be_focused()
    await menu.tap()
    await ana.page.get_by_role("button", name="Traffic between bot and Slack").tap()
    await covers(ana, ana.page.get_by_role("region", name="Traffic between bot and Slack"))
    await ana.page.get_by_role("button", name="Close traffic").tap()
    await expect(menu).to_be_focused()


async def test_the_month_arrives_on_a_phone_in_sight(visit: Visit) -> None:
    ana = await visit(viewport=SIZE, has_touch=True)
    await ana.page.get_by_role("button", name="Channels and people").tap()
    await ana.page.get_by_role("button", name="Skip to the 1st of next month").tap()
    await expect(ana.sidebar).to_be_hidden()
    await open_place(ana, "PPRNet")
    draft = ana.message("New on the PPRNet blog: June 2023")
    await expect(draft).to_be_in_viewport()
    await fits(ana)
    await draft.get_by_role("button", name="Post").tap()
    await expect(draft).to_contain_text("It is on its way to the team.")
    await open_place(ana, "team-research")
    await expect(ana.message("June 2023")).to_be_in_viewport()
    await fits(ana)


async def test_help_fits_one_phone_screen(visit: Visit) -> None:
    ana = await visit(viewport=PHONE, has_touch=True)
    await ana.say("/pprnet help")
    answer = ana.message("Ask me about psychotherapy research.")
    await expect(answer.get_by_role("button", name="All commands")).to_be_in_viewport(ratio=1)
    await expect(answer).to_be_in_viewport(ratio=1)  # from its first line to its last, with the box to type in below
    await fits(ana)
    await answer.get_by_role("button", name="All commands").tap()
    await expect(ana.message("For curators")).to_be_in_viewport()
    await fits(ana)


async def test_every_shipped_card_is_read_to_its_end_on_a_phone(looking: Visit) -> None:
    ana = await looking(viewport=PHONE)
    found = await heights(ana.page)
    assert len(found) == len(load(default_root()).summaries)
    assert {name: round(screens, 2) for name, screens in found.items() if screens > MOST} == {}


async def test_a_button_in_a_window_keeps_the_place_and_shows_what_came_of_it(visit: Visit) -> None:
    ana = await visit(viewport=PHONE, has_touch=True)
    await ana.say("/pprnet alliance rupture in one session")
    await ana.messages.get_by_role("button", name="Details").tap()
    contents = ana.modal.get_by_role("region", name="Contents")
    for label in ("Not convinced", "I already do", "Remove answer"):
        pressed = ana.modal.get_by_role("button", name=label)
        await pressed.tap()
        said = "Will you use this?" if label == "Remove answer" else f"Your answer: {label}."
        await expect(ana.modal.get_by_text(said)).to_be_in_viewport(ratio=1)
        assert await contents.evaluate("body => body.scrollTop") > 0, label
        if label != "Remove answer":
            await expect(pressed).to_be_focused()
    await fits(ana)


DRAW_TABLE = """
async () => {
  const { modules } = await import("/static/main.js");
  const { blocks } = modules["render/blocks.js"];
  const text = (words) => ({ type: "raw_text", text: words });
  const section = { type: "rich_text_section", elements: [{ type: "text", text: "<b>r</b>" }] };
  const rich = { type: "rich_text", elements: [section] };
  const rows = [["Figure", "What it is about", "Studies", "p"].map(text)];
  for (let at = 0; at < 3; at++) {
    const number = { type: "raw_number", value: 306, text: "306" };
    rows.push([rich, text("alliance and outcome, in adults, across all measures"), number, text("not stated")]);
  }
  const settings = [null, { is_wrapped: true }, { align: "right" }];
  const drawn = blocks([{ type: "table", rows, column_settings: settings }], { press() {} });
  document.querySelector("#list .rows").replaceChildren(drawn);
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_table_scrolls_in_itself_and_can_be_read(looking: Visit, scheme: Literal["light", "dark"]) -> None:
    ana = await looking(viewport=PHONE, color_scheme=scheme)
    await ana.page.evaluate(DRAW_TABLE)
    table = ana.messages.get_by_role("table")
    await expect(table.get_by_role("columnheader")).to_have_text(["Figure", "What it is about", "Studies", "p"])
    await expect(table.get_by_role("row")).to_have_count(4)
    await expect(table.get_by_role("cell", name="306").first).to_have_css("text-align", "right")
    await expect(table.get_by_role("cell").first).to_have_text("<b>r</b>")
    await fits(ana)
    await readable(ana)


async def open_place(guest: Guest, name: str) -> None:
    """Go to a channel or the direct message by the menu."""
    await guest.page.get_by_role("button", name="Channels and people").tap()
    await guest.entry(name).tap()
    await expect(guest.page.get_by_role("heading", level=1, name=name)).to_be_visible()
