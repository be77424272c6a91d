"""`forget me`: all that is kept on a person goes, at once; nothing of anybody else does."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Boolean, Float, Integer, select

from bot.cli.main import main
from bot.outbox.delivery import Message
from bot.playground.slack import payloads
from bot.store.database import Database
from bot.store.personal_data import RULES, PersonalData, RowCounts, Rule
from bot.store.tables import deliveries, metadata, receipts, subscriptions, threads
from tests.support.bot import Bot
from tests.support.features import ledger_of, month_of
from tests.support.people import RUPTURE, TITLE, database_of, labels, modal, private_card, study, team_of, typed
from tests.support.requests import post_interaction
from tests.support.seen import shown_to
from tests.support.terminal import as_text, run_here

TEAM = "T0LOCAL0001"
NAMES_A_PERSON = re.compile(r"(^|_)(user|person|people|member|curator|author|owner|by)(_id)?$")
"""Names of columns that may hold a person's id: a new one has to be covered in bot.store.personal_data.RULES."""
NOTHING = "I have nothing stored about you."


async def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    async with database.begin() as connection:
        return {
            name: [dict(row) for row in (await connection.execute(select(table))).mappings()]
            for name, table in metadata.tables.items()
        }


async def keep_something_of_each(bot: Bot, name: str) -> None:
    """A person saves, answers, writes a note, shares and talks; what no listener here writes is put in beside."""
    user = next(user for user in bot.slack.users.values() if user.name == name)
    team = bot.slack.channel_named("team")
    card = await private_card(bot, user, team)
    await bot.say.press(card, "Save")
    view = await study(bot, user, card)
    await bot.say.press(view, "I'll use it")
    await bot.say.press(modal(bot, user), "Add a note")
    await bot.say.submit(modal(bot, user), {"one_line": {"reflection": f"the line of {name}"}})
    await bot.say.close(modal(bot, user), cleared=True)
    await bot.say.press(card, "Share")
    await bot.say.submit(modal(bot, user))
    await bot.say.direct_message("alliance rupture in one session", user=user)
    async with database_of(bot) as database, database.begin() as connection:
        now = {"created_at": 1.0, "changed_at": 1.0}
        values: dict[str, dict[str, Any]] = {
            "follow": {"team": TEAM, "user": user.id, "topic": "alliance", "after_month": "2023-12", "created_at": 1.0},
            "subscription": {
                "team": TEAM, "channel": f"C0{name}", "after_month": "2023-12", "created_at": 1.0, "subscribed_by": user.id
            },
            "draft": {
                "month": f"20{len(name):02}-01", "state": "held", "content": "", "content_sha256": "", "reasons": "[]",
                "decided_by": user.id, **now,
            },
            "delivery": {
                "id": f"d-{name}", "subject": "2023-12", "team": TEAM, "recipient": user.id, "part": 0, "payload": "{}",
                "payload_sha256": "", "state": "sent", "next_at": 0.0, "kind": "follow", "ts": "1.000001", **now,
            },
            "receipt": {"delivery_id": f"d-{name}", "ts": "1.000001", "source": "reply", "seen_at": 1.0},
            "revision": {
                "summary_id": "alliance", "number": len(name), "month": "2023-12", "before": "{}", "after": "{}",
                "revised_by": user.id, "revised_at": 1.0,
            },
            "club": {
                "id": name[:7], "team": TEAM, "channel": f"C0{name}", "summary_id": "alliance", "day": "2023-12-01",
                "state": "over", "planned_by": user.id, "dated_at": 1.0, "changes": 0, **now,
            },
            "learner": {"team": TEAM, "user": user.id, "since": 1.0},  # of a replica of an earlier version
            "learned": {"team": TEAM, "user": user.id, "summary_id": "alliance", "changed_at": 1.0, "reflection": name},
            "edition": {"delivery_id": f"d-{name}", "payload_sha256": "x", "applied_at": 1.0},
        }  # fmt: skip
        for table, row in values.items():
            await connection.execute(metadata.tables[table].insert().values(row))


async def test_all_that_is_kept_on_a_person_goes_and_it_is_said_what_it_was(both: Bot) -> None:
    team, [ana, benjamin] = team_of(both, "ana", "benjamin")
    for name in ("ana", "benjamin"):
        await keep_something_of_each(both, name)
    asked = await typed(both, "forget me", ana, team)
    assert "Permanently delete everything I have stored about you?" in asked.visible_text
    lines = (
        "1 saved summary, including any note", "1 answer to “Will you use this?”", "2 entries of the former learning log",
        "1 followed topic", "1 record of a direct message", "1 record of what a conversation was about",
        "1 record of a shared card", "1 record of a channel's subscription", "1 record of a decision as a curator",
        "1 record of a change to a summary", "1 record of a planned journal club",
    )  # fmt: skip
    for line in lines:
        assert line in asked.visible_text
    assert "a card that you shared or a journal club that you planned still shows your name" in asked.visible_text
    async with database_of(both) as database:
        before = await everything(database)
        assert ana.id in json.dumps(before)
        assert (await both.say.press(asked, "Delete it all")).ok
        after = await everything(database)
    assert asked.visible_text.startswith("*Permanently deleted:*")
    for line in lines:
        assert line in asked.visible_text
    assert labels(both, asked) == []
    assert ana.id not in json.dumps(after)
    assert "the line of ana" not in json.dumps(after)
    for table, rows in before.items():
        of_benjamin = [row for row in rows if benjamin.id in json.dumps(row) or "benjamin" in json.dumps(row)]
        assert [row for row in after[table] if row in of_benjamin] == of_benjamin, table
    # What others rely on stays, without the person.
    assert [row["subscribed_by"] for row in after["subscription"] if row["channel"] == "C0ana"] == [""]
    assert sorted(row["user"] for row in after["share"]) == ["", benjamin.id]
    assert (await typed(both, "forget me", ana, team)).visible_text == NOTHING


async def test_it_is_asked_once_and_can_be_left(small: Bot) -> None:
    team, [ana] = team_of(small, "ana")
    await small.say.press(await private_card(small, ana, team), "Save")
    asked = await typed(small, "forget me", ana, team)
    assert labels(small, asked) == ["Delete it all", "Cancel"]
    assert TITLE in (await typed(small, "saved", ana, team)).visible_text
    await small.say.press(asked, "Cancel")
    assert asked.visible_text == "Nothing was deleted."
    assert TITLE in (await typed(small, "saved", ana, team)).visible_text


async def test_clicks_at_once_erase_once_and_a_later_click_finds_nothing(both: Bot) -> None:
    team, [ana] = team_of(both, "ana")
    await both.say.press(await private_card(both, ana, team), "Save")
    asked = await typed(both, "forget me", ana, team)
    [erase, _] = both.say.controls(asked)
    clicks = [payloads.message_actions(both.slack, asked, erase.action, ana) for _ in range(3)]
    done = await asyncio.gather(*(post_interaction(both, click) for click in clicks))
    assert all(answer.ok for answer in done)
    said = [call.args["text"] for call in both.slack.calls_of("response_url")][-3:]
    assert sorted(text == NOTHING for text in said) == [False, True, True]
    assert "1 saved summary" in next(text for text in said if text != NOTHING)


async def test_in_a_direct_message_it_works_as_well(small: Bot) -> None:
    ana = small.slack.add_user("ana")
    await small.say.direct_message("alliance rupture in one session", user=ana)
    await small.say.direct_message("Forget me!", user=ana)
    asked = small.slack.posted()[-1]
    assert "1 record of what a conversation was about" in asked.visible_text
    await small.say.press(asked, "Delete it all", user=ana)
    assert "Permanently deleted:" in asked.visible_text
    await small.say.direct_message("more", user=ana)
    assert "More like" not in small.slack.posted()[-1].visible_text
    await small.say.direct_message("forget me", user=ana)
    assert small.slack.posted()[-1].visible_text == NOTHING


async def test_a_card_whose_sharer_was_forgotten_cannot_be_taken_back_by_anybody_else(small: Bot) -> None:
    team, [ana] = team_of(small, "ana")
    await small.say.press(await private_card(small, ana, team), "Share")
    await small.say.submit(modal(small, ana))
    told = shown_to(small.slack, ana.id)[-1]
    await small.say.press(await typed(small, "forget me", ana, team), "Delete it all")
    await small.say.press(told, "Undo")
    assert "Only the person who shared a card" in shown_to(small.slack, ana.id)[-1].visible_text
    assert len(small.slack.posted(team)) == 1


def test_every_column_that_can_name_a_person_is_covered() -> None:
    covered = {f"{column.table.name}.{column.name}" for column, _, _ in RULES}
    columns = [(table.name, column.name) for table in metadata.tables.values() for column in table.columns]
    named = {f"{table}.{column}" for table, column in columns if NAMES_A_PERSON.search(column)}
    # A person's id stands in a channel's place for a direct message.
    channels = {f"{table}.{column}" for table, column in columns if column == "channel"}
    assert named | channels | {"delivery.payload"} == covered  # what a message says may name who set a channel up
    assert {what for _, rule, what in RULES if rule is not Rule.NEVER} == set(RowCounts.__dataclass_fields__)


async def test_no_table_holds_the_person_afterwards_wherever_their_id_stood(database: Database) -> None:
    """A row for each covered column, in every table, straight into the database."""
    for number, (column, rule, _) in enumerate(RULES):
        if rule is Rule.NEVER:
            continue
        row: dict[str, Any] = {}
        for each in column.table.columns:
            if isinstance(each.type, Boolean):
                row[each.key] = False
            elif isinstance(each.type, Float | Integer):
                row[each.key] = number
            elif not each.nullable:
                row[each.key] = f"{number}"
        row |= {"team": TEAM} if "team" in row else {}
        row |= {column.key: "<@U0PERSON>" if rule is Rule.MENTION else "U0PERSON"}
        async with database.begin() as connection:
            await connection.execute(column.table.insert().values(row))
    assert json.dumps(await everything(database)).count("U0PERSON") == len([r for r in RULES if r[1] is not Rule.NEVER])
    stored = PersonalData(database)
    kept = await stored.count(TEAM, "U0PERSON")
    each = RowCounts(**Counter(what for _, rule, what in RULES if rule is not Rule.NEVER))
    assert await stored.erase(TEAM, "U0PERSON") == kept == each
    assert "U0PERSON" not in json.dumps(await everything(database))
    assert await stored.erase(TEAM, "U0PERSON") == RowCounts()


async def test_a_message_to_the_person_that_is_under_way_leaves_nothing_behind(database: Database) -> None:
    ledger = ledger_of(database)
    assert await ledger.plan(month_of("2023-12", TEAM, "U0PERSON"), [Message({"text": "new"})])
    delivery = await ledger.claim()
    assert delivery
    await PersonalData(database).erase(TEAM, "U0PERSON")
    await ledger.sent(delivery, "1700000000.000001", "reply")
    await ledger.unknown(delivery, "timeout")
    found = await everything(database)
    assert found[deliveries.name] == found[receipts.name] == []


async def pprnet(bot: Bot, *words: str) -> tuple[int, str]:
    """Run the command on the bot's database; its status, and all that it printed."""
    environ = {"PPRNET_DATABASE_URL": bot.settings.database_url.replace("+asyncpg", "").replace("+aiosqlite", "")}
    done = as_text(await asyncio.to_thread(run_here, main, words, environ=environ))
    return done.returncode, done.stdout + done.stderr


async def test_the_operator_can_see_and_erase_what_is_kept_on_one_who_has_left(both: Bot) -> None:
    team, [ana, ben] = team_of(both, "ana", "ben")
    for person in (ana, ben):
        await both.say.press(await private_card(both, person, team), "Save")
    async with database_of(both) as database:
        place = database.place
    kept = f"Stored about {ana.id} in {place}:\n  1 saved summary, including any note\nNothing was deleted.\n"
    assert await pprnet(both, "forget", ana.id, "--dry-run") == (0, kept)
    erased = f"Deleted from {place}, about {ana.id}:\n  1 saved summary, including any note\n"
    erased += "Messages in Slack stay where they are.\n"
    assert await pprnet(both, "forget", ana.id) == (0, erased)
    assert await pprnet(both, "forget", ana.id) == (0, f"Nothing is stored about {ana.id} in {place}.\n")
    assert TITLE in (await typed(both, "saved", ben, team)).visible_text
    status, told = await pprnet(both, "forget", "ana@example.org")
    assert (status, "Copy member ID" in told, "example.org" in told) == (2, True, False)


@pytest.mark.parametrize("table", [threads, subscriptions])
async def test_channels_are_not_taken_for_people(small: Bot, table: Any) -> None:
    team, [ana] = team_of(small, "ana")
    await small.say.mention("alliance rupture in one session", channel=team, user=ana)
    async with database_of(small) as database, database.begin() as connection:
        row = {"team": TEAM, "channel": team.id, "after_month": "2023-12", "created_at": 1.0}
        await connection.execute(subscriptions.insert().values(row))
    await small.say.press(await private_card(small, ana, team), "Save")
    await small.say.press(await typed(small, "forget me", ana, team), "Delete it all")
    async with database_of(small) as database:
        [kept] = (await everything(database))[table.name]
    assert kept["channel"] == team.id
    assert RUPTURE in json.dumps(kept) or table is subscriptions
