"""The picture of printed effect sizes, where it comes and what is said of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Locator, expect

from tests.browser.guest import Guest, Visit
from tests.browser.test_look import readable
from tests.browser.test_phone import SIZE, fits

DRAWING = 90_000
"""Milliseconds that a picture may take on a busy machine."""


async def is_drawn(picture: Locator) -> None:
    """The picture has loaded and shows something."""
    await expect(picture).to_be_visible(timeout=DRAWING)
    await expect(picture).to_have_js_property("complete", True)
    assert await picture.evaluate("image => image.naturalWidth") == 1920


async def test_the_command_shows_the_table_and_the_picture_waits_in_the_direct_message(visit: Visit, ana: Guest) -> None:
    ben = await visit("Ben Okafor")
    await ana.say("/pprnet evidence training")
    table = ana.message("Effect sizes as printed: Training")
    await expect(table).to_contain_text("Only visible to you")
    row = table.get_by_role("row").filter(has_text="improvement of more distressed clients of trainees")
    await expect(row.get_by_role("rowheader")).to_contain_text("et al.,")
    await expect(row).to_contain_text("Changes over time: d (standardised difference)")
    await expect(row.get_by_role("cell", name=".66", exact=True)).to_be_visible()
    await expect(table).to_contain_text("No effect size stated: Tasca et al., 2022")
    await expect(ana.entry("PPRNet")).to_contain_text("2", timeout=DRAWING)
    await ana.go("PPRNet")
    picture = ana.messages.get_by_role("img", name="improvement of more distressed clients of trainees d = .66")
    await is_drawn(picture)
    await expect(ana.messages.get_by_role("article")).to_have_count(2)  # the words are in the caption's thread
    source = await picture.get_attribute("src")
    assert source is not None
    address, _, _ = source.partition("?")
    for_ben = f"{visit.address.rstrip('/')}{address}?as={(await people(ben))['Ben Okafor']}"
    assert (await ben.page.request.get(for_ben)).status == 404


async def test_on_a_phone_the_picture_fits_the_screen_with_nothing_on_it_and_opens_in_full_size(visit: Visit) -> None:
    ana = await visit(viewport=SIZE, has_touch=True)
    await ana.page.get_by_role("button", name="Channels and people").tap()
    await ana.go("PPRNet")
    await ana.say("evidence empathy")
    picture = ana.messages.get_by_role("img", name="therapist empathy g = .58")
    await is_drawn(picture)
    await picture.scroll_into_view_if_needed()  # the table before it is read first, where both came at once
    await expect(picture).to_be_in_viewport(ratio=1)
    await fits(ana)
    tools = ana.messages.get_by_role("article").filter(has=ana.page.locator("img")).get_by_label("Reply in thread")
    above, below = await tools.bounding_box(), await picture.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"]
    async with ana.page.context.expect_page() as opening:
        await picture.tap()
    whole = await opening.value
    await whole.wait_for_load_state()
    assert await whole.evaluate("document.images[0].naturalWidth") == 1920


async def people(guest: Guest) -> dict[str, str]:
    """Everybody's id by name."""
    state = await guest.page.evaluate("fetch('/api/state').then(answer => answer.json())")
    return {person["name"]: person["id"] for person in state["people"]}


async def test_a_mention_gets_its_picture_in_the_thread(ana: Guest) -> None:
    await ana.say("@PPRNet evidence empathy")
    await ana.message("evidence empathy").get_by_role("button", name="2 replies").click(timeout=DRAWING)
    await is_drawn(ana.thread.get_by_role("img", name="therapist empathy g = .58"))
    await expect(ana.thread.get_by_role("article").nth(1)).to_contain_text("1 figure about this, from 1 summary")
    await expect(ana.thread.get_by_role("article").nth(2)).to_contain_text("Other figures of these studies")


LOADS_WHILE_SCROLLING = """
async () => {
  const frames = async () => { for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame); };
  const list = document.getElementById("list");
  list.scrollTop = list.scrollHeight;
  await frames();
  list.querySelector(".rows").lastElementChild.style.paddingBottom = "400px";
  list.dispatchEvent(new Event("scroll"));  // of the earlier scrolling, delivered only now
  await frames();
  return list.scrollHeight - list.scrollTop - list.clientHeight;
}
"""
"""A picture loads between a list's scrolling to its end and the event of it; how far from the end the list is then."""


async def test_a_picture_that_loads_while_the_list_scrolls_stays_in_sight(ana: Guest) -> None:
    for count in (1, 2):
        await ana.say("/pprnet alliance rupture in one session")
        await expect(ana.messages.get_by_role("button", name="Details")).to_have_count(count)
    assert await ana.page.evaluate(LOADS_WHILE_SCROLLING) < 1


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("light", 390), ("dark", 1280), ("dark", 390)])
async def test_a_table_is_one_for_screen_readers_and_scrolls_within_itself(
    visit: Visit, scheme: Literal["light", "dark"], width: int
) -> None:
    ana = await visit(color_scheme=scheme, viewport={"width": width, "height": 900})
    await ana.say("/pprnet compare alliance and outcome")
    table = ana.messages.get_by_role("table")
    await expect(table.get_by_role("columnheader")).to_have_text(
        ["Study", "Bottom line", "Effect sizes as printed", "Design", "Numbers"]
    )
    await expect(table.get_by_role("rowheader")).to_have_count(5)
    assert await table.evaluate("table => [...table.querySelectorAll('tbody th')].every(each => each.scope === 'row')")
    assert await table.evaluate("table => [...table.querySelectorAll('td, th')].every(each => each.textContent.trim())")
    await fits(ana)
    await readable(ana)
    region = ana.messages.get_by_role("region", name="Table")
    if width < 500:
        assert await region.evaluate("node => node.scrollWidth > node.clientWidth")
        await region.focus()
        await ana.page.keyboard.press("End")
    if folder := os.environ.get("PPRNET_TEST_SCREENSHOTS"):
        await region.scroll_into_view_if_needed()
        await ana.page.screenshot(path=Path(folder) / f"compare-{scheme}-{width}.png")
