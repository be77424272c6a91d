"""The whole way of a newcomer: find, read, share, save, find again, follow, subscribe a channel, run a journal club, erase
everything.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Literal

import pytest
from playwright.async_api import expect

from tests.browser.guest import Guest, Visit
from tests.browser.library import first_for
from tests.browser.test_look import readable
from tests.browser.test_phone import fits
from tests.browser.test_shortcuts import related_to

QUESTION = "why do clients drop out?"
TITLE = first_for(QUESTION)
WORDS = "Does anybody know why clients drop out of therapy early?"
ALLIANCE = "Alliance and Therapeutic Relationship"
KEPT = (
    "1 saved summary",
    "1 answer to “Will you use this?”",
    "1 followed topic",
    "1 record of a shared card",
    "1 record of a channel's subscription",
    "1 record of a planned journal club",
    "3 records of messages that give the name",
)
"""What is stored about someone who went this way. The messages confirm the channel (twice, for the first was refused) and
open the club.
"""


async def find(ben: Guest) -> None:
    """Ask in private."""
    await ben.say(f"/pprnet {QUESTION}")
    await expect(ben.card(TITLE)).to_contain_text("Only visible to you")


async def read(ben: Guest) -> None:
    """Details, and say what one makes of it."""
    await ben.card(TITLE).get_by_role("button", name="Details").click()
    await ben.modal.get_by_role("button", name="I'll use it").click()
    await expect(ben.modal).to_contain_text("Your answer: I'll use it.")


async def share(ben: Guest) -> None:
    """Share the card with the team."""
    await ben.modal.get_by_role("button", name="Close", exact=True).first.click()
    await ben.card(TITLE).get_by_role("button", name="Share", exact=True).click()
    await ben.modal.get_by_role("button", name="Share").last.click()
    await expect(ben.modal).to_have_count(0)
    await expect(ben.message("@Ben Okafor shares this summary")).to_be_visible()


async def save(ben: Guest) -> None:
    """Save it for oneself."""
    await ben.card(TITLE).first.get_by_role("button", name="Save for yourself").click()
    await expect(ben.card(TITLE).first.get_by_role("button", name="Saved.")).to_be_visible()


async def find_again(ben: Guest) -> None:
    """On Home, what was saved is ready."""
    await ben.entry("PPRNet Home").click()
    home = ben.page.get_by_role("region", name="Home of PPRNet")
    await expect(home).to_contain_text("Saved: 1 summary")
    await expect(home).to_contain_text("No topics yet.")
    await home.get_by_role("button", name=f"Show: {TITLE[:20]}").click()
    await expect(ben.modal.get_by_role("button", name="Saved.")).to_be_visible()
    await ben.modal.get_by_role("button", name="Close", exact=True).last.click()
    await expect(ben.modal).to_have_count(0)


async def follow(ben: Guest) -> None:
    """Follow a topic from its list."""
    home = ben.page.get_by_role("region", name="Home of PPRNet")
    await home.get_by_role("button", name="Topics").click()
    await ben.modal.get_by_role("button", name=ALLIANCE).click()
    await ben.modal.get_by_role("button", name=f"Follow: {ALLIANCE}").click()
    await expect(ben.modal.get_by_role("button", name=f"Unfollow: {ALLIANCE}")).to_be_visible()
    await ben.modal.get_by_role("button", name="Back", exact=True).last.click()
    await ben.modal.get_by_role("button", name="Close", exact=True).last.click()
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
    await expect(ben.message("Done: this channel gets each new month.")).to_be_visible()  # now the bot has noted it
    await ben.entry("PPRNet Home").click()
    await expect(ben.page.get_by_role("region", name="Home of PPRNet")).to_contain_text("#random")


async def run_a_club(ben: Guest) -> None:
    """Let the team talk about the study, after one has seen which and when; find the thread from the card and from Home."""
    await ben.go("team-research")
    await ben.say(f"/pprnet journal-club {QUESTION} on 8 June")
    choice = ben.message("Journal club here on Thursday 8 June 2023?")
    await choice.get_by_role("button", name=f"Plan it: {TITLE}"[:75]).click()
    await expect(ben.message("Planned for Thursday 8 June 2023.")).to_be_visible()
    opening = ben.message("Planned by @Ben Okafor")
    await opening.get_by_role("button", name="2 replies").click()
    await expect(ben.thread).to_contain_text("Five questions")
    await ben.reply("Shall we meet at noon?")
    await expect(ben.thread.get_by_role("article")).to_have_count(4)
    await ben.thread.get_by_role("button", name="Close thread").click()
    await ben.say(f"/pprnet {QUESTION}")
    await expect(ben.card(TITLE).last).to_contain_text(
        "Already posted: journal club in this channel on Thursday 8 June 2023"
    )
    await ben.entry("PPRNet Home").click()
    home = ben.page.get_by_role("region", name="Home of PPRNet")
    await expect(home).to_contain_text("Journal clubs you planned")


async def related(ben: Guest) -> None:
    """Look up what a colleague wrote."""
    await ben.go("team-research")
    await ben.say(WORDS)
    await ben.message(WORDS).last.hover()
    await ben.message(WORDS).last.get_by_role("button", name="More actions").click()
    await ben.page.get_by_role("menuitem", name="Find related research").click()
    await expect(related_to(ben).get_by_role("heading").nth(1)).to_be_visible()


async def erase(ben: Guest) -> None:
    """See what is kept, erase it all, and see what that was."""
    if await ben.modal.count():
        await ben.modal.get_by_role("button", name="Close", exact=True).first.click()
        await expect(ben.modal).to_have_count(0)
    await ben.entry("PPRNet Home").click()
    home = ben.page.get_by_role("region", name="Home of PPRNet")
    await home.get_by_role("button", name="Privacy").click()
    await ben.modal.get_by_role("button", name="See or delete what is stored about me").click()
    for line in KEPT:
        await expect(ben.modal).to_contain_text(line)
    await ben.modal.get_by_role("button", name="Delete it all").click()
    await expect(ben.modal).to_contain_text("Permanently deleted:")
    await expect(ben.page.get_by_role("dialog", name="Forget me")).to_be_visible()
    for line in KEPT:
        await expect(ben.modal).to_contain_text(line)


async def erased(ben: Guest) -> None:
    """Home is as on the first day, and nothing is left to erase."""
    await ben.modal.get_by_role("button", name="Back", exact=True).last.click()
    await ben.modal.get_by_role("button", name="Close", exact=True).last.click()
    home = ben.page.get_by_role("region", name="Home of PPRNet")
    await expect(home).to_contain_text("Nothing yet. Press Save under a summary")
    await expect(home).to_contain_text("No topics yet.")
    await expect(home).not_to_contain_text("#random")
    await expect(home).not_to_contain_text("Journal clubs")
    await ben.go("team-research")
    await ben.say("/pprnet forget me")
    await expect(ben.message("I have nothing stored about you.")).to_be_visible()


STEPS: tuple[Callable[[Guest], Awaitable[None]], ...] = (
    find,
    read,
    share,
    save,
    find_again,
    follow,
    subscribe,
    run_a_club,
    related,
    erase,
    erased,
)


async def steps(ben: Guest) -> AsyncIterator[str]:
    """Every step in turn; gives the name of each once it is done."""
    for step in STEPS:
        await step(ben)
        yield step.__name__


async def test_a_newcomer_goes_the_whole_way(visit: Visit) -> None:
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
