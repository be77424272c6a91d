"""Light and dark: every text has enough contrast."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import expect

from tests.browser.guest import Guest, Visit

WEAK_TEXTS = Path(__file__).with_name("contrast.js").read_text("utf-8")
"""A function that lists every visible text below WCAG AA's contrast, computed from the styles as applied."""


async def readable(guest: Guest) -> None:
    """Every text on the page has enough contrast."""
    found = await guest.page.evaluate(WEAK_TEXTS)
    assert found["texts"] > 20
    assert found["weak"] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_has_enough_contrast(visit: Visit, scheme: Literal["light", "dark"]) -> None:
    ana = await visit(color_scheme=scheme)
    ground = await ana.page.evaluate("getComputedStyle(document.body).backgroundColor")
    shades = [int(shade) for shade in re.findall(r"\d+", ground)]
    assert (sum(shades) / 3 > 128) == (scheme == "light")
    await readable(ana)
    await ana.say("hello @Ben Okafor, see `this` and https://example.org")
    await ana.say("@PPRNet why do clients drop out?")
    await ana.message("why do clients drop out?").get_by_role("button", name="1 reply").click()
    await ana.say("/pprnet alliance rupture in one session")
    await ana.page.get_by_role("button", name="Traffic between bot and Slack").click()
    await ana.page.get_by_role("region", name="Traffic between bot and Slack").locator("summary").first.click()
    await expect(ana.page.get_by_role("heading", name="Request")).to_be_visible()
    await readable(ana)
    await ana.page.get_by_role("button", name="Close traffic").click()
    await ana.messages.get_by_role("button", name="Share", exact=True).click()
    await ana.modal.get_by_role("combobox", name="Share in").select_option("# random")
    await ana.modal.get_by_role("button", name="Share").click()
    await expect(ana.modal.get_by_text("/invite @PPRNet")).to_be_visible()
    await readable(ana)
