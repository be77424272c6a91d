"""A journal club after it was planned: moved, cancelled, overtaken by what happens, and listed."""

# ruff: noqa: F811  (fixtures)

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from bot.blocks import club as club_blocks
from bot.clubs.rules import MOST
from bot.playground.slack import Channel, LocalSlack, User, payloads
from tests.bot.test_clubs import (  # noqa: F401  (fixtures)
    PATIENCE,
    RUPTURE,
    Start,
    Time,
    ana,
    ben,
    library,
    listed,
    modal,
    plan,
    says,
    start,
    stays_silent,
    team,
    thread,
    time,
    types,
)
from tests.support.database_file import sql
from tests.support.idle import eventually
from tests.support.requests import post_interaction
from tests.support.seen import shown_to

# Changes


async def test_a_club_is_moved_there_and_back_and_its_reminders_follow(
    slack: LocalSlack, ana: User, ben: User, team: Channel, start: Start, time: Time
) -> None:
    async with start() as bot:
        opening = await plan(bot, ana, team)
        await bot.say.press(await listed(bot, ben, team), "Move")
        form = modal(bot, ben)
        assert (await bot.say.submit(form)).errors == {"club_on": club_blocks.SAME_DAY}
        await bot.say.submit(form, {"club_on": {"club_day": "2026-12-10"}})
        assert "Moved to Thursday 10 December 2026." in modal(bot, ben).visible_text
        note = f"The journal club on Thursday 3 December 2026 has been moved to *Thursday 10 December 2026*, by <@{ben.id}>."
        await says(bot, opening, team, note)
        assert slack.posted(team)[-1].reply_broadcast
        await slack.until(lambda: "*Journal club on Thursday 10 December 2026*" in opening.visible_text, seconds=PATIENCE)
        assert f"Planned by <@{ana.id}>" in opening.visible_text
        await bot.say.close(modal(bot, ben), cleared=True)

        time.goes_to(26, 11)  # a week before the old day
        await stays_silent(bot, team)
        await bot.say.press(await listed(bot, ana, team), "Move")
        await bot.say.submit(modal(bot, ana), {"club_on": {"club_day": "2026-12-03"}})
        await says(bot, opening, team, note, "has been moved to *Thursday 3 December 2026*")
        await slack.until(lambda: "*Journal club on Thursday 3 December 2026*" in opening.visible_text, seconds=PATIENCE)
        await stays_silent(bot, team)  # the reminder a week before was due when the club was elsewhere
        time.goes_to(2)
        await says(bot, opening, team, note, "has been moved to", "*Journal club tomorrow*\nThursday 3 December 2026")


async def test_a_club_is_cancelled_once_and_nothing_more_is_said(
    slack: LocalSlack, ana: User, ben: User, team: Channel, start: Start, time: Time
) -> None:
    async with start() as bot:
        opening = await plan(bot, ana, team)
        seen_by_ana, seen_by_ben = await listed(bot, ana, team), await listed(bot, ben, team)
        cancel = next(control for control in bot.say.controls(seen_by_ben) if control.label == "Cancel")
        assert seen_by_ben.blocks[2]["elements"][1]["confirm"]["confirm"]["text"] == "Cancel the club"
        clicks = [payloads.message_actions(slack, seen_by_ben, cancel.action, ben) for _ in range(3)]
        assert all(answer.ok for answer in await asyncio.gather(*(post_interaction(bot, click) for click in clicks)))
        await says(bot, opening, team, f"The journal club on Thursday 3 December 2026 has been cancelled by <@{ben.id}>.")
        await slack.until(lambda: "~Journal club on Thursday 3 December 2026~" in opening.visible_text, seconds=PATIENCE)
        await bot.say.press(seen_by_ana, "Move")
        assert "no longer planned" in shown_to(slack, ana.id)[-1].visible_text
        time.goes_to(2)
        await stays_silent(bot, team)
        assert len(thread(opening, team)) == 1
        again = await plan(bot, ana, team, "10 December")
        assert again.ts != opening.ts


async def test_two_people_at_once_move_it_once_and_the_second_is_told(
    slack: LocalSlack, ana: User, ben: User, team: Channel, start: Start
) -> None:
    async with start() as bot:
        opening = await plan(bot, ana, team)
        await bot.say.press(await listed(bot, ana, team), "Move")
        await bot.say.press(await listed(bot, ben, team), "Move")
        await bot.say.submit(modal(bot, ana), {"club_on": {"club_day": "2026-12-10"}})
        await bot.say.submit(modal(bot, ben), {"club_on": {"club_day": "2026-12-11"}})
        assert "Someone else just changed this" in modal(bot, ben).visible_text
        await says(bot, opening, team, f"by <@{ana.id}>")
        stale = await listed(bot, ben, team)
        await bot.say.close(modal(bot, ana), cleared=True)
        await bot.say.press(await listed(bot, ana, team), "Move")
        await bot.say.submit(modal(bot, ana), {"club_on": {"club_day": "2026-12-12"}})
        await bot.say.press(stale, "Cancel")
        assert "Someone else just changed this" in shown_to(slack, ben.id)[-1].visible_text


async def test_what_came_due_while_the_bot_was_down_is_said_while_it_is_true(
    slack: LocalSlack, ana: User, team: Channel, start: Start, time: Time
) -> None:
    async with start() as bot:
        opening = await plan(bot, ana, team)
    time.goes_to(29, 11, 20)  # four days before, in the evening
    async with start() as bot:
        await says(bot, opening, team, "*Journal club in 4 days*")
    time.goes_to(3, hour=14)  # the afternoon of the day: it may be over
    async with start() as bot:
        await stays_silent(bot, team)
    time.goes_to(6)
    async with start() as bot:
        await says(bot, opening, team, "in 4 days", "What will we do differently?")
    async with start() as bot:
        await stays_silent(bot, team)


async def test_a_summary_that_changes_or_goes_leaves_the_club_standing(
    slack: LocalSlack, ana: User, team: Channel, start: Start, time: Time, library: Path
) -> None:
    async with start() as bot:
        opening = await plan(bot, ana, team)
        card = team.thread(opening.ts)[0]
        file = library / "issues" / "2022-09.yaml"
        text = file.read_text("utf-8")
        file.write_text(text.replace('"An Alliance Rupture', '"Corrected. An Alliance Rupture'), "utf-8")
        await slack.until(lambda: "Corrected. An Alliance" in card.visible_text, seconds=PATIENCE)
        assert "Citation" in card.visible_text
        shown = await types(bot, f"journal-club {RUPTURE} on 3 December", ana, team)
        file.unlink()
        await eventually(lambda: bot.knowledge.corpus.get(RUPTURE) is None)
        await bot.say.press(shown, "Plan it")
        assert "no longer in the library" in shown_to(slack, ana.id)[-1].visible_text
        assert "a summary that is no longer in the library" in (await listed(bot, ana, team)).visible_text
        time.goes_to(26, 11)
        await says(bot, opening, team, "*Journal club in a week*")
        assert "Corrected" in card.visible_text


async def test_who_is_forgotten_is_named_no_more_and_the_club_goes_on(
    slack: LocalSlack, ana: User, ben: User, team: Channel, start: Start, time: Time, tmp_path: Path
) -> None:
    async with start() as bot:
        opening = await plan(bot, ana, team)
        asked = await types(bot, "forget me", ana, team)
        assert "1 record of a planned journal club" in asked.visible_text
        await bot.say.press(asked, "Delete it all")
        kept = await sql(tmp_path, "SELECT * FROM club") + await sql(tmp_path, "SELECT payload FROM delivery")
        assert ana.id not in str(kept)
        assert "Planned by a colleague" in (await listed(bot, ben, team)).visible_text
        time.goes_to(26, 11)
        await says(bot, opening, team, "in a week")


async def test_a_channel_lists_what_is_to_come_and_no_more_than_fits(
    slack: LocalSlack, ana: User, team: Channel, start: Start, time: Time, tmp_path: Path
) -> None:
    async with start() as bot:
        opening = await plan(bot, ana, team, "23 November")
        time.goes_to(24, 11, 7)  # the day after, before anything is asked
        assert "No journal club is planned" in (await listed(bot, ana, team)).visible_text
        again = await plan(bot, ana, team, "3 December")  # they did not meet
        time.goes_to(24, 11, 10)
        await stays_silent(bot, team)
        assert len(thread(opening, team)) == len(thread(again, team)) == 0
        for number in range(MOST):
            await sql(
                tmp_path,
                f"INSERT OR IGNORE INTO club SELECT '{number}', team, channel, '{number}', day, state, planned_by, "
                "dated_at, changes, created_at, changed_at FROM club WHERE state = 'planned' LIMIT 1",
            )
        shown = await types(bot, "journal-club therapist effects on 3 December", ana, team)
        await bot.say.press(shown, "Plan it", nth=0)
        assert "which is as many as I can list" in shown_to(slack, ana.id)[-1].visible_text
        assert len((await listed(bot, ana, team)).blocks) == 2 * MOST + 2


async def test_nobody_plans_or_moves_a_club_with_a_form_that_the_bot_did_not_give_them(
    slack: LocalSlack, ana: User, ben: User, team: Channel, start: Start
) -> None:
    eva = slack.add_user("eva")

    def is_moved() -> bool:
        return any("has been moved" in message.text for message in slack.posted(team))

    async with start() as bot:
        await plan(bot, ana, team)
        listed_to_ana = await listed(bot, ana, team)
        await bot.say.press(listed_to_ana, "Move")
        view = modal(bot, ana)
        theirs = payloads.view_submission(slack, view, eva)  # not in the channel
        theirs["view"]["state"]["values"]["club_on"]["club_day"]["selected_date"] = "2026-12-10"
        asked = json.loads(theirs["view"]["private_metadata"])
        for forged in (asked, {**asked, "seal": "0" * 32}, {key: asked[key] for key in asked if key != "seal"}, {}):
            theirs["view"]["private_metadata"] = json.dumps(forged)
            answer = await post_interaction(bot, theirs)
            assert "out of date" in answer.json["errors"]["club_on"]
        own = payloads.view_submission(slack, view, ana)
        own["view"]["state"]["values"]["club_on"]["club_day"]["selected_date"] = "2026-12-10"
        for changed in ({"day": "2026-12-04"}, {"club": "x"}):  # something in it was changed
            odd = {**own, "view": {**own["view"], "private_metadata": json.dumps({**asked, **changed})}}
            assert "out of date" in (await post_interaction(bot, odd)).json["errors"]["club_on"]
        plan_form = {**own, "view": {**own["view"], "callback_id": "club_plan"}}
        assert "out of date" in (await post_interaction(bot, plan_form)).json["errors"]["club_on"]
        assert not is_moved()
        assert (await post_interaction(bot, own)).json["response_action"] == "update"
        await slack.until(is_moved, seconds=PATIENCE)
