"""A new month on the blog, from the page to the channel: watched, shown to curators, decided once, written, posted once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from bot.corpus.load import load
from bot.playground.slack import LocalSlack, Message, User
from tests.support.blog_pages import DOGS, GARDENS, LETTERS, SILENCE, WINDOWS, Item, html_page
from tests.support.bot import Bot, running
from tests.support.database_file import sql
from tests.support.requests import health, sender_for
from tests.support.small_corpus import small_corpus
from tests.support.web_server import serving

PATIENCE = 60.0
"""Seconds for what takes a look or two of the bot, on a machine with much else to do."""
WHOLE = (("December 2023", (GARDENS, WINDOWS, SILENCE)), ("November 2023", (DOGS,)))


async def eventually(condition: Callable[[], object]) -> None:
    """Wait for something that gives no sign of its own."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


class Site:
    """A blog on this machine: `page` is what it shows (None: it is down)."""

    def __init__(self) -> None:
        self.page: str | None = None
        self.url = ""
        self.asked: list[dict[str, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        """Show the page, if it is not the one that the asker knows."""
        self.asked.append(dict(request.headers))
        if self.page is None:
            return web.Response(status=503)
        tag = f'"{hash(self.page)}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304)
        return web.Response(text=self.page, content_type="text/html", headers={"ETag": tag})

    async def looked(self, times: int = 2) -> None:
        """Wait until the page has been asked for so many times more."""
        goal = len(self.asked) + times
        await eventually(lambda: len(self.asked) >= goal)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """The blog."""
    found = Site()
    async with serving(found.answer, "/blog") as url:
        found.url = f"{url}/blog"
        yield found


class Clinic:
    """Two curators, somebody else, a channel, and the bot that watches the blog."""

    def __init__(self, slack: LocalSlack) -> None:
        self.ana, self.ben, self.cleo = (slack.add_user(name) for name in ("ana", "ben", "cleo"))
        self.people = (self.ana, self.ben, self.cleo)
        self.channel = slack.add_channel("team", self.people)
        self.slack = slack
        self.bot: Bot

    def settings(self, site: Site, folder: Path) -> dict[str, str]:
        """What the operator sets."""
        return {
            **small_corpus(folder),
            "PPRNET_CHANNEL": self.channel.id,
            "PPRNET_CURATORS": f"{self.ana.id},{self.ben.id}",
            "PPRNET_SOURCE_URL": site.url,
            "PPRNET_SOURCE_HOURS": "0.0001",
            "PPRNET_ALLOW_PRIVATE_SOURCE": "on",
            "PPRNET_POST_HOUR": "0",
        }

    def shown(self, person: User) -> list[Message]:
        """What the bot has written to somebody directly."""
        return [message for message in self.slack.open_dm(person).messages if message.bot_id]

    async def draft(self, person: User, text: str) -> Message:
        """The message about a draft, once it says this."""
        await eventually(lambda: [message for message in self.shown(person) if text in message.visible_text])
        return next(message for message in self.shown(person) if text in message.visible_text)

    def posted(self) -> list[Message]:
        """The messages in the channel, but for replies that say what was corrected."""
        return [message for message in self.channel.messages if message not in self.corrections()]

    def corrections(self) -> list[Message]:
        """The replies that say what was corrected in a card."""
        return [message for message in self.channel.messages if message.text.startswith("Corrected on ")]

    def parents(self) -> list[Message]:
        """Those that stand in no thread."""
        return [message for message in self.posted() if not message.is_reply]


@pytest.fixture
async def clinic(slack: LocalSlack, site: Site, tmp_path: Path) -> AsyncIterator[Clinic]:
    """The clinic, running."""
    found = Clinic(slack)
    site.page = html_page((("November 2023", (DOGS,)),), "dogs in waiting rooms")
    async with running(slack, tmp_path, **found.settings(site, tmp_path)) as bot:
        found.bot = bot
        bot.say = sender_for(slack, bot.url)  # patient: what is timed here is who decides, not how fast
        yield found


@pytest.mark.slow
async def test_a_whole_month_is_shown_to_the_curators_and_posted_once_when_one_approves(
    clinic: Clinic, site: Site, tmp_path: Path
) -> None:
    await site.looked()
    assert clinic.shown(clinic.ana) == []  # a month that is held is no news
    site.page = html_page(WHOLE)
    seen = await clinic.draft(clinic.ana, "New on the PPRNet blog: December 2023, 3 summaries")
    for text in (GARDENS.title, "Northam and others, 2021", "It is complete: as many", "Post", "Hold", "Add a note"):
        assert text in seen.visible_text
    await clinic.draft(clinic.ben, "December 2023")
    await site.looked(3)
    assert clinic.posted() == []
    assert (await clinic.bot.say.press(seen, "Post", user=clinic.ana)).ok
    await clinic.draft(clinic.ben, f"<@{clinic.ana.id}> posted it")
    await eventually(lambda: len(clinic.posted()) == 4)
    await site.looked(3)
    assert "PPRNet issue of December 2023: 3 research summaries" in clinic.parents()[0].visible_text
    assert len(clinic.posted()) == 4
    assert [len(clinic.shown(person)) for person in clinic.people] == [1, 1, 0]
    assert "Hold" not in clinic.shown(clinic.ana)[0].visible_text
    issue = load(tmp_path / "small").issue("2023-12")
    assert issue
    assert (issue.complete, [summary.text for summary in issue.summaries]) == (True, ["original"] * 3)
    _, state = await health(clinic.bot.url)
    assert state["drafts_waiting"] == []
    assert state["blog_check"]["last_success"]
    assert state["blog_check"]["trouble"] is None
    assert any("If-None-Match" in asked for asked in site.asked)


@pytest.mark.slow
async def test_a_month_with_fewer_entries_than_the_blog_names_is_held_until_somebody_releases_it(
    clinic: Clinic, site: Site, tmp_path: Path
) -> None:
    site.page = html_page((("December 2023", (GARDENS, SILENCE)),))
    seen = await clinic.draft(clinic.ana, "*On hold.* The blog announces 3 subjects but shows 2 summaries.")
    assert "The blog announced for this month: listening in gardens; windows and warm rooms; silence" in seen.visible_text
    site.page = html_page(WHOLE)  # the third comes later: the message is edited, none is sent
    for person in (clinic.ana, clinic.ben):
        await clinic.draft(person, "3 summaries")
        assert "It is complete: as many" in clinic.shown(person)[0].visible_text
    assert len(clinic.shown(clinic.ana)) == len(clinic.shown(clinic.ben)) == 1
    site.page = html_page((("December 2023", (GARDENS, SILENCE)),))
    await clinic.draft(clinic.ana, "but shows 2 summaries")
    await clinic.bot.say.press(clinic.shown(clinic.ana)[0], "Post", user=clinic.ana)
    await eventually(lambda: len(clinic.posted()) == 3)
    assert "PPRNet, December 2023: 2 of the 3 summaries on the blog this month" in clinic.parents()[0].visible_text
    assert not load(tmp_path / "small").issues[0].complete


@pytest.mark.slow
async def test_what_the_blog_adds_after_the_month_was_posted_comes_to_the_curators_and_joins_the_thread(
    clinic: Clinic, site: Site, tmp_path: Path
) -> None:
    async def both_get(text: str) -> Message:  # whoever was not told before it was decided is not told at all
        seen, _ = [await clinic.draft(curator, text) for curator in (clinic.ana, clinic.ben)]
        return seen

    site.page = html_page((("December 2023", (GARDENS, SILENCE)),))
    await clinic.bot.say.press(await both_get("but shows 2 summaries"), "Post", user=clinic.ana)
    await eventually(lambda: len(clinic.posted()) == 3)
    mended = replace(SILENCE, title=f"{SILENCE.title}s")
    site.page = html_page((("December 2023", (GARDENS, WINDOWS, mended)),))
    seen = await both_get("Added on the PPRNet blog: December 2023, 1 more summary")
    assert WINDOWS.title in seen.visible_text
    assert SILENCE.title not in seen.visible_text  # its title was mended: it is no addition
    assert "note" not in seen.visible_text
    await site.looked(3)
    assert len(clinic.posted()) == 3
    assert (await health(clinic.bot.url))[1]["drafts_waiting"] == ["2023-12"]
    await clinic.bot.say.press(seen, "Post", user=clinic.ben)
    await eventually(lambda: len(clinic.posted()) == 4)
    parent, *cards = clinic.posted()
    assert WINDOWS.title in cards[-1].visible_text
    assert {card.thread_ts for card in cards} == {parent.ts}
    await eventually(lambda: "PPRNet issue of December 2023: 3 research summaries" in clinic.parents()[0].visible_text)
    await clinic.draft(clinic.ana, f"<@{clinic.ben.id}> posted it")
    site.page = html_page((("December 2023", (GARDENS, WINDOWS, mended, LETTERS)),))  # and once more
    await clinic.bot.say.press(await both_get(LETTERS.title), "Hold", user=clinic.ana)
    seen = await clinic.draft(clinic.ben, f"Put on hold by <@{clinic.ana.id}>")
    assert len(clinic.posted()) == 4
    await clinic.bot.say.press(seen, "Post", user=clinic.ben)
    await eventually(lambda: len(clinic.posted()) == 5)
    assert [len(clinic.shown(person)) for person in clinic.people] == [3, 3, 0]
    clinic.bot.say = sender_for(clinic.slack, clinic.bot.url)
    other = tmp_path / "other"
    other.mkdir()
    settings = clinic.settings(site, other) | {"PPRNET_DATABASE_URL": clinic.bot.settings.database_url}
    written = Path(settings["PPRNET_KNOWLEDGE"]) / "issues" / "2023-12.yaml"
    async with running(clinic.slack, other, **settings):  # a replica with a fresh folder gets all of it
        await eventually(written.exists)
        assert written.read_bytes() == (clinic.bot.settings.knowledge / "issues" / "2023-12.yaml").read_bytes()
        await site.looked(3)
    assert len(clinic.posted()) == 5
    assert [len(clinic.shown(person)) for person in clinic.people] == [3, 3, 0]
    (corrected,) = clinic.corrections()
    assert f"title of “{mended.title}”" in corrected.text


@pytest.mark.slow
async def test_what_the_blog_adds_to_a_month_that_a_person_put_into_the_library_is_noticed(
    clinic: Clinic, site: Site, tmp_path: Path
) -> None:
    held = load(tmp_path / "small").issue("2023-11")
    assert held
    first = Item(held.summaries[0].title, GARDENS.summary, GARDENS.implications)
    site.page = html_page((("November 2023", (first,)),))
    await site.looked(3)
    assert clinic.shown(clinic.ana) == []
    site.page = html_page((("November 2023", (first, DOGS)),))
    seen = await clinic.draft(clinic.ana, "Added on the PPRNet blog: November 2023, 1 more summary")
    await clinic.bot.say.press(seen, "Post", user=clinic.ana)
    await eventually(lambda: DOGS.title in (tmp_path / "small" / "issues" / "2023-11.yaml").read_text("utf-8"))
    found = load(tmp_path / "small").issue("2023-11")
    assert found
    assert [each for each in found.summaries if each.title != DOGS.title] == list(held.summaries)
    assert clinic.posted() == []  # the month was not posted here


async def test_only_curators_decide_and_one_decision_counts(clinic: Clinic, site: Site) -> None:
    site.page = html_page(WHOLE)
    for_ana, for_ben = await clinic.draft(clinic.ana, "December"), await clinic.draft(clinic.ben, "December")
    await clinic.bot.say.press(for_ana, "Post", user=clinic.cleo)
    await clinic.bot.say.press(for_ana, "Add a note", user=clinic.cleo)
    await clinic.bot.say.press(for_ana, "Hold", user=clinic.cleo)
    told = [message.visible_text for message in clinic.shown(clinic.ana)[1:]]
    assert len(told) == 3
    assert all("Only curators can decide" in text for text in told)
    assert clinic.slack.modal(clinic.cleo) is None
    ours = clinic.bot.say.press(for_ana, "Post", user=clinic.ana)
    theirs = clinic.bot.say.press(for_ben, "Post", user=clinic.ben)
    answers = await asyncio.gather(ours, theirs)
    assert all(answer.ok for answer in answers)
    await eventually(lambda: len(clinic.posted()) == 4)
    losers = [message for person in (clinic.ana, clinic.ben) for message in clinic.shown(person)]
    assert len([message for message in losers if "has already posted this month" in message.visible_text]) == 1


async def test_of_hold_and_post_at_once_one_counts_and_the_other_is_told(clinic: Clinic, site: Site) -> None:
    site.page = html_page(WHOLE)
    for_ana, for_ben = await clinic.draft(clinic.ana, "December"), await clinic.draft(clinic.ben, "December")
    held = clinic.bot.say.press(for_ana, "Hold", user=clinic.ana)
    posted = clinic.bot.say.press(for_ben, "Post", user=clinic.ben)
    await asyncio.gather(held, posted)
    told = "\n".join(message.visible_text for person in (clinic.ana, clinic.ben) for message in clinic.shown(person)[1:])
    assert ("has put this month on hold" in told) != ("has already posted this month" in told)
    (state,) = (await sql(clinic.bot.settings.knowledge.parent, "SELECT state FROM draft"))[0]
    assert state == ("held" if "on hold" in told else "approved")


@pytest.mark.slow
async def test_what_is_on_hold_waits_grows_and_can_be_released(clinic: Clinic, site: Site) -> None:
    site.page = html_page(WHOLE)
    await clinic.bot.say.press(await clinic.draft(clinic.ana, "December"), "Hold", user=clinic.ana)
    seen = await clinic.draft(clinic.ben, f"Put on hold by <@{clinic.ana.id}>")
    assert clinic.posted() == []
    site.page = html_page((("December 2023", (GARDENS, WINDOWS, SILENCE, DOGS)),))
    await clinic.draft(clinic.ben, "4 summaries")
    assert "Put on hold by" in seen.visible_text
    await clinic.bot.say.press(seen, "Post", user=clinic.ben)
    await eventually(lambda: len(clinic.posted()) == 5)


@pytest.mark.slow
async def test_off_means_that_a_whole_month_goes_out_by_itself_and_a_held_one_never(
    slack: LocalSlack, site: Site, tmp_path: Path
) -> None:
    clinic = Clinic(slack)
    settings = {**clinic.settings(site, tmp_path), "PPRNET_APPROVAL": "off"}
    site.page = html_page((("December 2023", (GARDENS, SILENCE)),))
    async with running(slack, tmp_path, **settings):
        await clinic.draft(clinic.ana, "but shows 2 summaries")
        await site.looked(3)
        assert clinic.posted() == []
        site.page = html_page(WHOLE)
        await eventually(lambda: len(clinic.posted()) == 4)
        await clinic.draft(clinic.ana, "is posted automatically")
        site.page = html_page((("December 2023", (GARDENS, WINDOWS, SILENCE, DOGS)),))  # what joins later is never automatic
        await clinic.draft(clinic.ana, "Added on the PPRNet blog: December 2023, 1 more summary")
        await site.looked(3)
        assert len(clinic.posted()) == 4
