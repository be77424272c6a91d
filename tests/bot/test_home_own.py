"""What Home shows of a person's own, and to curators; that it keeps up with what is done, and says what it does not know."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.blocks import home, ids
from bot.blocks.validation import problems
from bot.dates import said
from bot.listeners import time_limits
from bot.playground.slack import Channel, LocalSlack, Message, User, View, payloads
from tests.bot.test_home import many_months, opened, pressed
from tests.bot.test_subscriptions import ALWAYS, parents
from tests.bot.test_watch import WHOLE, Clinic, Site, clinic, site  # noqa: F401  (fixtures)
from tests.support.blog_pages import DOGS, GARDENS, SILENCE, html_page
from tests.support.bot import Bot, running
from tests.support.database_file import sql
from tests.support.idle import PATIENCE, eventually
from tests.support.requests import post_interaction
from tests.support.small_corpus import small_corpus

TOPIC = "Alliance and Therapeutic Relationship"


@pytest.fixture
async def bot(slack: LocalSlack, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot over HTTP on a few summaries."""
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as started:
        yield started


def section(view: View, title: str) -> str:
    """The text of a section of Home: from its title to the next line."""
    found: list[str] = []
    for block in view.blocks:
        lines = [text for text in map(written, (block, *block.get("elements", ()))) if text]
        if lines and lines[0].startswith(f"*{title}"):
            found = lines
        elif block["type"] == "divider" and found:
            break
        elif found:
            found += lines
    return "\n".join(found)


def written(node: dict[str, Any]) -> str:
    """What a block or element says."""
    text = node.get("text", "")
    return str(text["text"] if isinstance(text, dict) else text)


async def topic_view(bot: Bot, view: View, name: str = TOPIC) -> View:
    """A topic's list, opened from Home."""
    topics = next(each for each in bot.say.controls(view) if each.label.startswith("Topics · "))
    assert (await bot.say.press_control(view, topics)).ok
    index = bot.slack.modal(view.user)
    shelf = next(each for each in bot.say.controls(index) if each.label.startswith(name))
    assert (await bot.say.press_control(index, shelf)).ok
    return bot.slack.modal(view.user)


async def test_at_first_every_section_says_how_to_begin(bot: Bot) -> None:
    _, view = await opened(bot)
    assert home.NOTHING_SAVED in section(view, "Saved")
    assert home.NOTHING_FOLLOWED in section(view, "Following")
    assert "Or type `/pprnet subscribe` in the channel" in section(view, "New months in a channel")
    assert "For curators" not in view.visible_text
    assert "Waiting for your decision" not in view.visible_text
    assert "Journal clubs" not in view.visible_text
    assert home.NOT_NOW not in view.visible_text


async def test_what_is_saved_from_home_stands_there_at_once_and_can_be_removed(bot: Bot) -> None:
    ana, view = await opened(bot)
    study = await pressed(bot, view, "Read", nth=0)
    title = study.blocks[0]["text"]["text"]
    await bot.say.press(study, "Save")
    view = bot.slack.home(ana)
    assert section(view, "Saved").startswith("*Saved: 1 summary*")
    assert title in section(view, "Saved")
    await bot.say.press(study, "Saved")
    assert home.NOTHING_SAVED in section(bot.slack.home(ana), "Saved")
    await bot.say.press(study, "Save")
    await bot.say.close(study)
    shown = await pressed(bot, bot.slack.home(ana), "Show")
    assert "Practice implications" in shown.visible_text
    await bot.say.close(shown)
    listed = await pressed(bot, bot.slack.home(ana), "See or edit the list")
    assert listed.visible_text.startswith("Saved\n")
    await bot.say.press(listed, "Remove")
    assert "You haven't saved anything yet." in listed.visible_text
    assert listed.visible_text.startswith("Saved\n")
    assert home.NOTHING_SAVED in section(bot.slack.home(ana), "Saved")


async def test_a_topic_is_followed_in_its_list_and_unfollowed_there_or_on_home(bot: Bot) -> None:
    ana, view = await opened(bot)
    listed = await topic_view(bot, view)
    await bot.say.press(listed, "Follow")
    assert "Unfollow" in [control.label for control in bot.say.controls(listed)]
    following = section(bot.slack.home(ana), "Following: 1 topic")
    assert TOPIC in following
    await bot.say.press(listed, "Unfollow")
    assert home.NOTHING_FOLLOWED in section(bot.slack.home(ana), "Following")
    await bot.say.press(listed, "Follow")
    bot.slack.clear_views(ana.id)
    assert (await bot.say.press(bot.slack.home(ana), "Unfollow")).ok
    assert home.NOTHING_FOLLOWED in section(bot.slack.home(ana), "Following")
    assert bot.slack.modal(ana) is None
    assert {call.method for call in bot.slack.calls if call.error} <= {"users.info"}  # the scope users:read is optional


async def test_following_keeps_the_page_that_one_was_on(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, **many_months(tmp_path, 5, 10)) as bot:
        _, view = await opened(bot)
        listed = await topic_view(bot, view)
        await bot.say.press(listed, "Older summaries")
        assert "21 to 40 of 50" in listed.visible_text
        await bot.say.press(listed, "Follow")
        assert "21 to 40 of 50" in listed.visible_text
        assert "Unfollow" in listed.visible_text


async def test_what_is_kept_is_seen_and_erased_from_home(bot: Bot) -> None:
    ana, view = await opened(bot)
    await bot.say.press(await topic_view(bot, view), "Follow")
    bot.slack.clear_views(ana.id)
    privacy = await pressed(bot, bot.slack.home(ana), "Privacy")
    ask = await pressed(bot, privacy, "See or delete what is stored about me")
    assert "1 followed topic" in ask.visible_text
    await bot.say.press(ask, "Delete it all")
    assert "Permanently deleted:" in bot.slack.modal(ana).visible_text
    assert home.NOTHING_FOLLOWED in section(bot.slack.home(ana), "Following")


async def test_two_changes_at_once_both_stand_on_home(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, view = await opened(bot)
    studies = [control for control in bot.say.controls(view) if control.label == "Read"]
    await bot.say.press_control(view, studies[0])
    study = bot.slack.modal(ana)
    release = asyncio.Event()
    bot.slack.faults.delay_before("views.publish", release)
    save = asyncio.create_task(bot.say.press(study, "Save"))
    await eventually(lambda: len(bot.slack.calls_of("views.publish")) == 2)
    action = {"type": "button", "action_id": "follow", "block_id": "b", "value": "topic:alliance:1"}
    with monkeypatch.context() as hurried:
        hurried.setattr(time_limits, "EXTRA", 0.3)
        assert (await post_interaction(bot, payloads.view_actions(bot.slack, study, action, ana))).ok
    release.set()  # the Home that was built before the topic was followed arrives last
    assert (await save).ok
    await eventually(lambda: "*Following: 1 topic*" in bot.slack.home(ana).visible_text)
    await asyncio.gather(*time_limits._running)
    assert "*Saved: 1 summary*" in bot.slack.home(ana).visible_text
    assert "*Following: 1 topic*" in bot.slack.home(ana).visible_text


async def test_a_part_that_cannot_be_looked_up_says_so_and_the_rest_stands(bot: Bot, tmp_path: Path) -> None:
    ana, _ = await opened(bot)
    parts = {"saved": "Saved", "follow": "Following", "subscription": "New months in a channel", "club": "Journal clubs"}
    for table, title in parts.items():
        await sql(tmp_path, f"ALTER TABLE {table} RENAME TO broken")
        assert (await bot.say.home_opened(ana)).status == 200
        view = bot.slack.home(ana)
        assert home.NOT_NOW in section(view, title)
        assert view.visible_text.count(home.NOT_NOW) == 1
        assert "The newest month" in view.visible_text
        await sql(tmp_path, f"ALTER TABLE broken RENAME TO {table}")
    await bot.say.home_opened(ana)
    assert home.NOT_NOW not in bot.slack.home(ana).visible_text


async def test_a_home_with_all_there_is_holds_slacks_limits(
    slack: LocalSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = slack.add_user("ana")
    async with running(slack, tmp_path, tick=60.0, PPRNET_CURATORS=ana.id) as bot:  # no job works on these rows
        team = bot.knowledge.corpus
        rows = [f"INSERT INTO saved VALUES ('{slack.team_id}', '{ana.id}', '{each.id}', 1, NULL)" for each in team.summaries]
        rows += [f"INSERT INTO saved VALUES ('{slack.team_id}', '{ana.id}', 'gone', 2, NULL)"]
        rows += [f"INSERT INTO follow VALUES ('{slack.team_id}', '{ana.id}', '{each.id}', '', 1)" for each in team.topics]
        for number in range(40):
            rows.append(
                "INSERT INTO subscription (team, channel, after_month, created_at, state, paused_why, subscribed_by) VALUES "
                f"('{slack.team_id}', 'C{number:09}', '2023-12', 1, 'paused', 'is_archived', '{ana.id}')"
            )
        for month in range(1, 9):
            reasons = '["Nothing on the page says whether it is complete.", "A < B & C"]'
            rows.append(
                "INSERT INTO draft (month, state, content, content_sha256, reasons, created_at, changed_at) VALUES "
                f"('2030-0{month}', 'held', 'summaries: [{{title: A <!channel> title}}]', 'x', '{reasons}', 1, 1)"
            )
        day = datetime.now(UTC).date() + timedelta(days=2)
        for number in range(30):
            what = f"'C{number:09}', '{team.summaries[number % 28].id}', '{day}', 'planned', '{ana.id}'"
            rows.append(f"INSERT INTO club VALUES ('{number}', '{slack.team_id}', {what}, 1, 0, {number}, 1)")
        for row in rows:
            await sql(tmp_path, row)
        await bot.say.home_opened(ana)
        view = slack.home(ana)
        assert problems(view.blocks, surface="home") == []
        assert "A summary that is no longer in the library" in section(view, "Saved: 29 summaries")
        assert f"… and {36 - home.FOLLOWED} more" in section(view, "Following: 36 topics")
        assert "… and 5 more" in section(view, "Waiting for your decision")
        assert "A &lt; B &amp; C" in section(view, "Waiting for your decision")
        assert "… and 20 more" in section(view, "New months in a channel")
        assert f"… and {30 - home.CLUBS} more, later." in section(view, "Upcoming journal clubs")
        assert home.NOT_NOW not in view.visible_text


async def test_the_newest_month_is_linked_for_whom_it_may_be(slack: LocalSlack, tmp_path: Path) -> None:
    ana, ben, cleo = (slack.add_user(name) for name in ("ana", "ben", "cleo"))
    team = slack.add_channel("team", [ana, ben, cleo])
    settings = {**ALWAYS, **small_corpus(tmp_path), "PPRNET_CURATORS": cleo.id}
    async with running(slack, tmp_path, **settings) as bot:
        await bot.say.command("subscribe", user=ana, channel=team)
        await eventually(lambda: slack.posted(team))
        await bot.say.press(slack.posted(team)[0], "Post the latest now", user=ana)
        await eventually(lambda: len(parents(slack, team)) == 2)
        for person, sees in ((ana, True), (ben, False), (cleo, True)):
            await eventually_sent(tmp_path)
            await bot.say.home_opened(person)
            newest = section(slack.home(person), "The newest month")
            assert (f"posted> in <#{team.id}> on" in newest) is sees, person.name
            channels = section(slack.home(person), "New months in a channel")
            assert (f"<#{team.id}>" in channels) is sees, person.name
        assert "You set up the monthly post in" in section(slack.home(ana), "New months in a channel")
        assert f"set up by <@{ana.id}>" in section(slack.home(cleo), "New months in a channel")


async def plan_club(bot: Bot, summary_id: str, user: User, channel: Channel, days: int) -> tuple[Message, str]:
    """Somebody plans a journal club so many days ahead; its opening, and its day in words."""
    day = datetime.now(UTC).date() + timedelta(days=days)
    answer = await bot.say.command(f"journal-club {summary_id} on {day}", user=user, channel=channel)
    assert answer.message
    before = len(bot.slack.posted(channel))
    await bot.say.press(answer.message, "Plan it")
    await eventually(lambda: len(bot.slack.posted(channel)) > before)
    return bot.slack.posted(channel)[before], said(day)


async def test_coming_journal_clubs_stand_on_the_home_of_who_planned_them_and_of_curators(
    slack: LocalSlack, tmp_path: Path
) -> None:
    ana, ben, cleo = (slack.add_user(name) for name in ("ana", "ben", "cleo"))
    team, other = slack.add_channel("team", [ana, ben]), slack.add_channel("other", [ana, cleo])
    async with running(slack, tmp_path, **ALWAYS, **small_corpus(tmp_path), PPRNET_CURATORS=cleo.id) as bot:
        later, sooner = (each.id for each in bot.knowledge.corpus.issues[0].summaries[:2])
        _, day = await plan_club(bot, later, ana, team, 9)
        opening, near = await plan_club(bot, sooner, ana, other, 3)

        async def shown(person: User) -> View:
            assert (await bot.say.home_opened(person)).status == 200
            return slack.home(person)

        address = f"https://{slack.team_domain}.slack.com/archives/{other.id}/p{opening.ts.replace('.', '')}"
        mine = section(await shown(ana), "Journal clubs you planned")
        assert f"*{near}* in <#{other.id}>. <{address}|Open its thread>\n" in mine
        assert (
            mine.index(near) < mine.index(bot.knowledge.corpus.get(sooner).title) < mine.index(f"*{day}* in <#{team.id}>.")
        )
        assert "Journal clubs" not in (await shown(ben)).visible_text
        every = section(await shown(cleo), "Upcoming journal clubs")
        assert every.count(f", planned by <@{ana.id}>.") == 2

        slack.remove(opening)
        assert "Open its thread" in section(await shown(ana), "Journal clubs you planned")  # the other's
        assert address not in slack.home(ana).visible_text
        listed = await bot.say.command("journal-club", user=ben, channel=team)
        await bot.say.press(listed.message, "Cancel")
        assert day not in section(await shown(ana), "Journal clubs you planned")
        answer = await bot.say.command("forget me", user=ana, channel=team)
        await bot.say.press(answer.message, "Delete it all")
        assert "Journal clubs" not in (await shown(ana)).visible_text
        assert ", planned by a colleague." in section(await shown(cleo), "Upcoming journal clubs")


async def eventually_sent(folder: Path) -> None:
    """Wait until the month's parent message is noted as sent."""
    async with asyncio.timeout(PATIENCE):
        while not await sql(folder, "SELECT 1 FROM delivery WHERE kind = 'month' AND part = 0 AND state = 'sent'"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def home_of(clinic: Clinic, person: User) -> View:  # noqa: F811
    """A person's Home, just opened."""
    assert (await clinic.bot.say.home_opened(person)).status == 200
    view = clinic.slack.home(person)
    assert view
    return view


@pytest.mark.slow
async def test_a_curator_decides_from_home_and_home_and_every_message_follow(
    clinic: Clinic,  # noqa: F811
    site: Site,  # noqa: F811
) -> None:
    site.page = html_page(WHOLE)
    for curator in (clinic.ana, clinic.ben):  # whoever was not told before it was decided is not told at all
        await clinic.draft(curator, "December 2023")
    assert "Waiting for your decision" not in (await home_of(clinic, clinic.cleo)).visible_text
    view = await home_of(clinic, clinic.ana)
    assert "December 2023: 3 summaries. It is complete." in section(view, "Waiting for your decision")
    assert "Approval is on: each new month waits until one of you approves it." in section(view, "For curators")
    assert "Last blog check: <!date^" in section(view, "For curators")
    assert f"<#{clinic.channel.id}>, the default, set up by the person who installed PPRNet" in section(
        view, "New months in a channel"
    )
    modal = await pressed(clinic.bot, view, "Review")
    assert modal.visible_text.startswith("December 2023\n")
    assert GARDENS.title in modal.visible_text
    await clinic.bot.say.press(modal, "Post")
    assert f"<@{clinic.ana.id}> posted it" in modal.visible_text
    assert "Waiting for your decision" not in clinic.slack.home(clinic.ana).visible_text
    await clinic.draft(clinic.ben, f"<@{clinic.ana.id}> posted it")
    await eventually(lambda: len(clinic.posted()) == 4)


async def test_a_held_month_says_why_and_an_old_home_is_answered_kindly(clinic: Clinic, site: Site) -> None:  # noqa: F811
    site.page = html_page((("December 2023", (GARDENS, SILENCE)),))
    seen = await clinic.draft(clinic.ana, "announces 3 subjects but shows 2 summaries")
    anas, bens = await home_of(clinic, clinic.ana), await home_of(clinic, clinic.ben)
    assert "On hold: The blog announces 3 subjects but shows 2 summaries." in section(anas, "Waiting for your decision")
    modal = await pressed(clinic.bot, anas, "Review")
    await clinic.bot.say.press(seen, "Hold", user=clinic.ana)
    await clinic.bot.say.press(modal, "Post")  # it has changed since
    assert "has put this month on hold" in clinic.slack.modal(clinic.ana).visible_text
    assert "Put on hold by" in section(await home_of(clinic, clinic.ben), "Waiting for your decision")
    await clinic.bot.say.press(clinic.slack.home(clinic.ben), "Review")
    await clinic.bot.say.press(clinic.slack.modal(clinic.ben), "Post")
    clinic.slack.clear_views(clinic.ben.id)
    action = {"type": "button", "action_id": "draft:2023-12", "block_id": "b", "value": "2023-12"}
    for person, told in ((clinic.ben, "posted it"), (clinic.cleo, "Only curators can decide")):
        view = clinic.slack.home(person) or await home_of(clinic, person)
        await post_interaction(clinic.bot, payloads.view_actions(clinic.slack, view, action, person))
        assert told in clinic.slack.modal(person).visible_text
    action["value"] = "1999-01"
    clinic.slack.clear_views(clinic.ben.id)
    await post_interaction(clinic.bot, payloads.view_actions(clinic.slack, bens, action, clinic.ben))
    assert "I no longer have that month." in clinic.slack.modal(clinic.ben).visible_text


async def test_a_note_is_written_from_home(clinic: Clinic, site: Site) -> None:  # noqa: F811
    site.page = html_page(WHOLE)
    await clinic.draft(clinic.ana, "December 2023")
    modal = await pressed(clinic.bot, await home_of(clinic, clinic.ana), "Review")
    form = await pressed(clinic.bot, modal, "Add a note")
    assert (await clinic.bot.say.submit(form, {"draft_note": {"draft_note_text": "Read the first one."}})).ok
    modal = await pressed(clinic.bot, await home_of(clinic, clinic.ana), "Review")
    assert "Read the first one." in modal.visible_text


async def test_curators_see_that_the_blog_cannot_be_read(clinic: Clinic, site: Site) -> None:  # noqa: F811
    await site.looked(3)
    site.page = None
    await site.looked(3)
    text = section(await home_of(clinic, clinic.ana), "For curators")
    assert "*I could not read it" in text
    assert "The last successful check: <!date^" in text
    site.page = html_page((("November 2023", (DOGS,)),))
    await site.looked(2)
    await eventually_read(clinic)


async def eventually_read(clinic: Clinic) -> None:  # noqa: F811
    """Wait until Home says no more that the blog cannot be read."""
    async with asyncio.timeout(PATIENCE):
        while "could not read it" in (await home_of(clinic, clinic.ana)).visible_text:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def test_without_a_watch_curators_are_told_where_months_come_from(slack: LocalSlack, tmp_path: Path) -> None:
    ana = slack.add_user("ana")
    settings = {**small_corpus(tmp_path), "PPRNET_CURATORS": ana.id, "PPRNET_APPROVAL": "off"}
    async with running(slack, tmp_path, **settings) as bot:
        await bot.say.home_opened(ana)
        text = section(slack.home(ana), "For curators")
        assert "I do not check the blog" in text
        assert "Approval is off" in text
        assert "No channel gets the new months yet." in section(slack.home(ana), "New months in a channel")


async def test_forged_follows_and_drafts_change_nothing(bot: Bot, tmp_path: Path) -> None:
    ana, view = await opened(bot)
    for name in (ids.FOLLOW, ids.UNFOLLOW, "draft:x"):
        for value in ("topic:nothing:1", "", None, "x" * 2000, "<!channel>"):
            action = {"type": "button", "action_id": name, "block_id": "b", "value": value}
            assert (await post_interaction(bot, payloads.view_actions(bot.slack, view, action, ana))).ok
            assert bot.slack.modal(ana), (name, value)
            assert "<!channel>" not in bot.slack.modal(ana).visible_text
            bot.slack.clear_views(ana.id)
    assert await sql(tmp_path, "SELECT * FROM follow") == []
