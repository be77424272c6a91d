"""Two curators and one month; a corrected card, a retracted paper, a month of the team's own, a fault in a file."""

from __future__ import annotations

import asyncio
import contextlib
import re
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.corpus.edit import with_key
from bot.corpus.load import read_issue, read_topics
from bot.paths import default_root
from bot.playground.demo_users import DemoUsers
from bot.playground.run import playing
from tests.browser.conftest import windows
from tests.browser.guest import PATIENCE, Guest, Visit
from tests.browser.test_curating import FIELDS, TITLE
from tests.browser.test_home import at_home
from tests.support.idle import Passes, jobs
from tests.support.paper_source import PaperSource, paper_source, update

RETRACTED = "Different Aspects of the Therapeutic Relationship Are Associated with Different Outcomes"
DOI = "10.1037/ccp0000853"
EDITED = "Therapist Qualities That Lead to Treatment Failure or Termination"
REPLIES = re.compile(r"^\d+ repl")
TOPICS = {topic.id for topic in read_topics(default_root())}
DRAFTS = ["zebra crossings in therapy", "zebra stripes in the room", "zebra hooves on the stairs"]
EDITED_DRAFT = "zebra hooves, heard from the stairs"
ANAS = "Some therapists lose more of their clients than others."
BENS = "Therapists differ in how many clients they lose."


@pytest_asyncio.fixture(loop_scope="session")
async def papers() -> AsyncIterator[PaperSource]:
    """A source that knows a retraction of one paper."""
    async with paper_source() as source:
        source.updates[DOI] = [update("retraction", "10.1037/notice", 2024, 5, 3)]
        yield source


@pytest.fixture
def passes() -> Passes:
    """The passes of the bot's jobs: what is written beside it wakes none of them."""
    return Passes(jobs(watching=True, curators=True, papers=True))


@pytest_asyncio.fixture(loop_scope="session")
async def visit(
    browser: Browser, papers: PaperSource, passes: Passes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Visit]:
    """A playground where everyone is a curator, papers are checked, and the library's folder is below `tmp_path`."""

    def more(users: DemoUsers) -> dict[str, str]:
        return {"PPRNET_RETRACTIONS_URL": papers.url, "PPRNET_CURATORS": ",".join(person.id for person in users.people)}

    async with contextlib.AsyncExitStack() as opened:
        with monkeypatch.context() as patched:
            patched.setattr(tempfile, "tempdir", str(tmp_path))
            address = await opened.enter_async_context(playing(0, asyncio.Event(), on_pass=passes, more=more))
        yield await opened.enter_async_context(windows(browser, address))


async def test_two_curators_post_a_month_correct_it_and_learn_that_a_paper_was_retracted(visit: Visit, ana: Guest) -> None:
    ben = await visit("Ben Okafor")
    for _month in ("June", "November"):
        await ana.page.get_by_role("button", name="Skip to the 1st of next month").click()
    await ana.go("PPRNet")
    await ben.go("PPRNet")
    anas, bens = (each.message("New on the PPRNet blog: November 2023") for each in (ana, ben))
    await bens.get_by_role("button", name="Hold").click()
    await expect(anas).to_contain_text("Put on hold by @Ben Okafor, 1 Nov 2023")
    await anas.get_by_role("button", name="Post").click()
    await expect(bens).to_contain_text("@Ana Petrov posted it, 1 Nov 2023")
    await expect(bens.get_by_role("button", name="Post")).to_have_count(0)

    await expect(ana.message("There is a notice on a paper in the library: Retracted")).to_contain_text(RETRACTED)
    await ana.go("team-research")
    month = ana.message("PPRNet, November 2023")
    await expect(month).to_contain_text("Retracted.")
    await month.get_by_role("button", name=REPLIES).click()
    cards = ana.thread.get_by_role("article")
    marked = cards.filter(has=ana.page.get_by_role("heading", name=RETRACTED))
    await expect(marked).to_contain_text("Retracted (notice of 3 May 2024)")
    await expect(marked.get_by_role("link", name="notice of 3 May 2024")).to_be_visible()
    edited = cards.filter(has=ana.page.get_by_role("heading", name=EDITED))
    await expect(edited).not_to_contain_text("Retracted")

    await ben.go("team-research")
    await ben.message("PPRNet, November 2023").get_by_role("button", name=REPLIES).click()
    theirs = ben.thread.get_by_role("article").filter(has=ben.page.get_by_role("heading", name=EDITED))
    for guest, card in ((ana, edited), (ben, theirs)):
        await card.get_by_role("button", name="Details").click()
        await guest.modal.get_by_role("button", name=re.compile("^Edit")).click()
        await expect(guest.modal.get_by_label("Bottom line")).to_be_visible()
    await ben.modal.get_by_label("Bottom line").fill(BENS)
    await ana.modal.get_by_label("Bottom line").fill(ANAS)
    await ana.modal.get_by_role("button", name="Save", exact=True).click()
    await expect(ana.modal).to_contain_text("Saved. It will be in the library in a moment")
    await ben.modal.get_by_role("button", name="Save", exact=True).click()
    await expect(ben.modal.get_by_text("@Ana Petrov has changed this summary while you had it open.")).to_be_in_viewport()
    await expect(ben.modal).to_contain_text(ANAS)
    await expect(ben.modal).to_contain_text("Nothing is saved yet.")
    await expect(ben.modal.get_by_label("Bottom line")).to_have_value(BENS)
    await expect(edited).to_contain_text(ANAS)
    reply = cards.filter(has_text=f"bottom line of “{EDITED}”. The card above has the new text.")
    await expect(reply).to_contain_text("Corrected on 1 Nov: ")
    await expect(reply).to_have_count(1)


async def test_a_month_of_the_teams_own_is_posted_a_fault_in_a_file_is_named_and_drafts_of_words_are_decided(
    visit: Visit, ana: Guest, passes: Passes, tmp_path: Path
) -> None:
    home = await at_home(ana)
    await home.get_by_role("button", name="Add a summary").click()
    for label, text in (FIELDS | {"Source": "10.1037/pst0000999"}).items():
        await ana.modal.get_by_label(re.compile(f"^{label}")).first.fill(text)
    await ana.modal.get_by_role("radio", name="Yes, in a month of its own").check()
    await ana.modal.get_by_role("button", name="Add", exact=True).click()
    await expect(ana.modal).to_contain_text("It is posted once a curator presses Post")
    await ana.modal.get_by_role("button", name="Close").last.click()
    await ana.go("PPRNet")
    draft = ana.message("Our own summaries, May 2023: 1 summary to post")
    await expect(draft).to_contain_text(f"{TITLE} (Roe and Lund, 2024)")
    await draft.get_by_role("button", name="Preview").click()
    shown = ana.message("Our own summaries, May 2023: 1 research summary")
    await expect(shown).to_contain_text("Written by your team, not by the PPRNet blog. The full card, with")
    await draft.get_by_role("button", name="Post").click()
    await expect(draft).to_contain_text("@Ana Petrov posted it")
    await ana.go("team-research")
    month = ana.message("Our own summaries, May 2023: 1 research summary")
    await month.get_by_role("button", name=REPLIES).click()
    await expect(ana.thread).to_contain_text("Our own summary, May 2023")

    await at_home(ana)
    await expect(home).to_contain_text("Gaps in the library: 1 without search words.")
    await home.get_by_role("button", name="Show them").click()
    await ana.modal.get_by_role("button", name=f"Read: {TITLE}").click()
    await expect(ana.modal.get_by_role("button", name=re.compile("^Edit"))).to_be_visible()
    await ana.page.keyboard.press("Escape")
    await expect(ana.page.get_by_role("dialog", name="Gaps in the library")).to_be_visible()  # one by one
    await ana.page.keyboard.press("Escape")
    await expect(ana.modal).to_have_count(0)

    await ana.go("PPRNet")
    (file,) = await asyncio.to_thread(lambda: list(tmp_path.glob("pprnet-playground-*/knowledge/issues/2018-03.yaml")))
    right = file.read_bytes()
    file.write_bytes(right.replace(b"text: digest", b"text: digset", 1))
    await passes.after("library")
    told = ana.message("The library's files have 1 fault.")
    await expect(told).to_contain_text("issues/2018-03.yaml, line ")
    await expect(told).to_contain_text(': alliance-cbt-depression: text: "digset" is not one of: digest, original')
    before = read_issue("2018-03", right, TOPICS).summaries[0]
    file.write_bytes(with_key("2018-03", right, before.id, "draft_asks", DRAFTS))
    await passes.after("library")
    await expect(ana.message("The library's files have no more faults")).to_be_visible()

    await at_home(ana)
    await home.get_by_role("button", name="Go through the waiting suggestions").click()
    words = ana.modal.get_by_label("Search words for this summary")
    await expect(ana.modal).to_contain_text("Drafted for this summary · 3 suggestions are waiting")
    await expect(words).to_have_value(DRAFTS[0])
    await ana.modal.get_by_role("button", name="Reject").click()
    await expect(words).to_have_value(DRAFTS[1])
    await ana.modal.get_by_role("button", name="Accept").click()
    await expect(words).to_have_value(DRAFTS[2])
    await words.fill(EDITED_DRAFT)
    await ana.modal.get_by_role("button", name="Accept").click()
    await expect(ana.modal).to_contain_text("No suggestions are waiting. Thank you.")
    await ana.modal.get_by_role("button", name="Close").last.click()
    await expect(home).not_to_contain_text("suggestions are waiting")
    decided = replace(before, asks=(*before.asks, DRAFTS[1], EDITED_DRAFT))
    async with asyncio.timeout(PATIENCE / 1000):
        while read_issue("2018-03", file.read_bytes(), TOPICS).summaries[0] != decided:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
