"""Two people: what is private to one is nowhere to be seen for the other."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.guest import Guest, Visit
from tests.browser.library import first_for

TITLE = first_for("alliance rupture in one session")


async def test_a_private_answer_is_not_visible_to_anyone_else(visit: Visit, ana: Guest) -> None:
    ben = await visit("Ben Okafor")
    await ana.say("/pprnet alliance rupture in one session")
    await expect(ana.card(TITLE)).to_contain_text("Only visible to you")
    await ana.say("good morning, Ben")
    await expect(ben.message("good morning, Ben")).to_be_visible()
    await expect(ben.messages.get_by_role("article")).to_have_count(1)


async def test_private_and_shared_differ_when_the_person_is_switched(ana: Guest) -> None:
    await ana.say("/pprnet alliance rupture in one session")
    await expect(ana.card(TITLE)).to_be_visible()
    await ana.say("good morning, Ben")
    await expect(ana.message("good morning, Ben")).to_be_visible()
    await ana.become("Ben Okafor")
    await expect(ana.message("good morning, Ben")).to_be_visible()
    await expect(ana.card(TITLE)).to_have_count(0)
    await ana.go("PPRNet")
    await expect(ana.messages.get_by_role("article")).to_have_count(0)
    await ana.become("Ana Petrov")
    await ana.go("team-research")
    await expect(ana.card(TITLE)).to_be_visible()


async def test_an_unread_message_is_counted_until_it_is_seen(visit: Visit, ana: Guest) -> None:
    ben = await visit("Ben Okafor")
    await ana.go("random")
    await ana.say("who has the key?")
    await expect(ben.entry("random")).to_contain_text("1 unread")
    await ben.go("random")
    await expect(ben.message("who has the key?")).to_be_visible()
    await ben.go("team-research")
    await expect(ben.entry("random")).not_to_contain_text("unread")
