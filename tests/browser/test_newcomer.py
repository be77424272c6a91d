"""The whole way of somebody new: find, read, share, save, find again, follow, subscribe a channel, erase everything."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Literal

import pytest
from playwright.async_api import expect

from browser.guest import Guest, Visit
from browser.library import first_for
from browser.test_look import readable
from browser.test_phone import fits
from browser.test_shortcuts import related_to

QUESTION = "why do clients drop out?"
TITLE = first_for(QUESTION)
WORDS = "Does anybody know why so many clients drop out of therapy before it is over?"
ALLIANCE = "Alliance and Therapeutic Relationship"


async def find(ben: Guest) -> None:
    """Ask in private."""
    await ben.say(f"/pprnet {QUESTION}")
    await expect(ben.card(TITLE)).to_contain_text("Only visible to you")


async def read(ben: Guest) -> None:
    """Read the study, and say what one makes of it."""
    await ben.card(TITLE).get_by_role("button", name="Read the study").click()
    await ben.modal.get_by_role("button", name="Will use").click()
    await expect(ben.modal).to_contain_text("Your answer: Will use.")


async def share(ben: Guest) -> None:
    """Share the card with the team."""
    await ben.modal.get_by_role("button", name="Close").first.click()
    await ben.card(TITLE).get_by_role("button", name="Share", exact=True).click()
    await ben.modal.get_by_role("button", name="Share").last.click()
    await expect(ben.modal).to_have_count(0)
    await expect(ben.message("Shared by @Ben Okafor")).to_be_visible()


async def save(ben: Guest) -> None:
    """Save it for oneself."""
    await ben.card(TITLE).first.get_by_role("button", name="Save for yourself").click()
    await expect(ben.card(TITLE).first.get_by_role("button", name="Saved.")).to_be_visible()


async def find_again(ben: Guest) -> None:
    """On Home, what was saved stands ready."""
    await ben.entry("PPRNet Home").click()
    home = ben.page.get_by_role("region", name="Home of PPRNet")
    await expect(home).to_contain_text("Saved: 1 summary")
    await expect(home).to_contain_text("No topic yet.")
    await home.get_by_role("button", name=f"Show: {TITLE[:20]}").click()
    await expect(ben.modal.get_by_role("button", name="Saved.")).to_be_visible()
    await ben.modal.get_by_role("button", name="Close").last.click()
    await expect(ben.modal).to_have_count(0)


async def follow(ben: Guest) -> None:
    """Follow a topic from its list."""
    home = ben.page.get_by_role("region", name="Home of PPRNet")
    await home.get_by_role("button", name="Topics").click()
    await ben.modal.get_by_role("button", name=ALLIANCE).click()
    await ben.modal.get_by_role("button", name=f"Follow: {ALLIANCE}").click()
    await expect(ben.modal.get_by_role("button", name=f"Unfollow: {ALLIANCE}")).to_be_visible()
    await ben.modal.get_by_role("button", name="Back").last.click()
    await ben.modal.get_by_role("button", name="Close").last.click()
    await expect(home).to_contain_text("Following: 1 topic")
    await expect(home.get_by_role("button", name=f"Unfollow: {ALLIANCE}")).to_be_visible()


async def subscribe(ben: Guest) -> None:
    """Let another channel have each new month."""
    await ben.go("random")
    await ben.say("/pprnet subscribe")
    await expect(ben.message("I am not in this channel yet.")).to_be_visible()
    await ben.say("/invite @PPRNet")
    await ben.say("/pprnet subscribe")
    await expect(ben.message("@Ben Okafor set this up")).to_be_visible()
    await ben.entry("PPRNet Home").click()
    await expect(ben.page.get_by_role("region", name="Home of PPRNet")).to_contain_text("#random")


async def related(ben: Guest) -> None:
    """Look up what a colleague wrote."""
    await ben.go("team-research")
    await ben.say(WORDS)
    await ben.message(WORDS).last.hover()
    await ben.message(WORDS).last.get_by_role("button", name="More actions").click()
    await ben.page.get_by_role("menuitem", name="Find related research").click()
    await expect(related_to(ben).get_by_role("heading").nth(1)).to_be_visible()


async def erase(ben: Guest) -> None:
    """See what is kept, and erase it all."""
    if await ben.modal.count():
        await ben.modal.get_by_role("button", name="Close").first.click()
        await expect(ben.modal).to_have_count(0)
    await ben.entry("PPRNet Home").click()
    home = ben.page.get_by_role("region", name="Home of PPRNet")
    await home.get_by_role("button", name="What is kept").click()
    await ben.modal.get_by_role("button", name="See or erase what is kept on me").click()
    for line in ("1 saved summary", "1 answer about use", "1 followed topic", "1 note that you shared a card"):
        await expect(ben.modal).to_contain_text(line)
    await expect(ben.modal).to_contain_text("1 note that you subscribed a channel")
    await ben.modal.get_by_role("button", name="Erase it all").click()
    await expect(ben.modal).to_contain_text("Erased, just now and for good:")


async def erased(ben: Guest) -> None:
    """Home is as on the first day."""
    await ben.modal.get_by_role("button", name="Back").last.click()
    await ben.modal.get_by_role("button", name="Close").last.click()
    home = ben.page.get_by_role("region", name="Home of PPRNet")
    await expect(home).to_contain_text("Nothing yet. Press Save under a summary")
    await expect(home).to_contain_text("No topic yet.")
    await expect(home).not_to_contain_text("#random")


STEPS: tuple[Callable[[Guest], Awaitable[None]], ...] = (
    find,
    read,
    share,
    save,
    find_again,
    follow,
    subscribe,
    related,
    erase,
    erased,
)


async def steps(ben: Guest) -> AsyncIterator[str]:
    """Every step in turn; gives the name of each once it is done."""
    for step in STEPS:
        await step(ben)
        yield step.__name__


async def test_somebody_new_goes_the_whole_way(visit: Visit) -> None:
    ben = await visit("Ben Okafor")
    async for _ in steps(ben):
        pass


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_step_can_be_read_and_fits_a_narrow_window(visit: Visit, scheme: Literal["light", "dark"]) -> None:
    size: dict[str, Any] = {"viewport": {"width": 800, "height": 844}}  # the sidebar beside it, as the steps need
    ben = await visit("Ben Okafor", color_scheme=scheme, **size)
    async for _ in steps(ben):
        await readable(ben)
        await ben.page.set_viewport_size({"width": 390, "height": 844})
        await fits(ben)
        await ben.page.set_viewport_size(size["viewport"])
