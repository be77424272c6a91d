"""Already posted: where a card stands already, told only to those who may know."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.dates import said
from bot.listeners import time_limits
from bot.outbox.delivery import Message
from bot.playground.slack import Channel, LocalSlack, User
from bot.playground.slack import Message as Posted
from bot.store.personal_data import PersonalData
from tests.support.bot import Bot, running
from tests.support.databases import Databases, opened
from tests.support.features import ledger_of, month_of
from tests.support.people import RUPTURE, database_of, labels, modal, private_card, team_of, typed
from tests.support.small_corpus import small_corpus

LINE = "Already posted: "
BOLD = " · *bold*: your words"
PATIENCE = 60


async def share(bot: Bot, user: User, source: Channel, target: Channel) -> Posted:
    """Somebody shares the card from one channel in another; the message there."""
    await bot.say.press(await private_card(bot, user, source), "Share")
    await bot.say.submit(modal(bot, user), {"share_in": {"share_channel": target.id}})
    return bot.slack.posted(target)[-1]


async def plan_club(bot: Bot, user: User, channel: Channel, days: int = 14) -> tuple[Posted, str]:
    """Somebody plans a journal club on the study so many days ahead; its opening, and its day in words."""
    day = datetime.now(UTC).date() + timedelta(days=days)
    before = len(bot.slack.posted(channel))
    shown = await typed(bot, f"journal-club {RUPTURE} on {day.isoformat()}", user, channel)
    await bot.say.press(shown, "Plan it")
    await bot.slack.until(lambda: len(bot.slack.posted(channel)) == before + 3, seconds=PATIENCE)
    return bot.slack.posted(channel)[before], said(day)


def address(bot: Bot, message: Posted) -> str:
    """Where the local Slack says that a message is."""
    place = f"https://{bot.slack.team_domain}.slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}"
    return f"{place}?thread_ts={message.thread_ts}&amp;cid={message.channel}" if message.is_reply else place


async def test_a_card_that_was_shared_in_the_channel_is_linked_for_who_asks_there(both: Bot) -> None:
    team, [ana, ben] = team_of(both, "ana", "ben")
    other = both.slack.add_channel("other", [ana, ben])
    assert LINE not in (await private_card(both, ben, team)).visible_text
    posted = await share(both, ana, team, team)
    answer = await private_card(both, ben, team)
    assert (
        f"{LINE}<{address(both, posted)}|posted in this channel> on <!date^{int(float(posted.ts))}^" in answer.visible_text
    )
    assert LINE not in (await private_card(both, ben, other)).visible_text
    [call] = both.slack.calls_of("chat.getPermalink")
    assert call.error is None


async def test_what_somebody_shared_elsewhere_is_told_to_them_alone_and_in_private(small: Bot) -> None:
    ana, ben = small.slack.add_user("ana"), small.slack.add_user("ben")
    team = small.slack.add_channel("team", [ana, ben])
    secret = small.slack.add_channel("secret", [ana, ben], private=True)
    posted = await share(small, ana, team, secret)
    mine = await private_card(small, ana, team)
    assert f"<{address(small, posted)}|shared by you> in <#{secret.id}>" in mine.visible_text
    assert LINE not in (await private_card(small, ben, team)).visible_text
    await small.say.mention("alliance rupture in one session", channel=team, user=ana)
    in_thread = small.slack.posted(team)[-1]
    assert "Practice implications" in in_thread.visible_text
    assert secret.id not in json.dumps(in_thread.blocks) + in_thread.text
    await small.say.direct_message("alliance rupture in one session", user=ana)
    assert f"shared by you> in <#{secret.id}>" in small.slack.posted(small.slack.open_dm(ana))[-1].visible_text
    await small.say.direct_message("alliance rupture in one session", user=ben)
    assert LINE not in small.slack.posted(small.slack.open_dm(ben))[-1].visible_text


async def test_what_somebody_shared_who_was_forgotten_is_told_to_nobody_elsewhere(both: Bot) -> None:
    team, [ana, ben] = team_of(both, "ana", "ben")
    secret = both.slack.add_channel("secret", [ana], private=True)
    await share(both, ana, team, secret)
    async with database_of(both) as database:
        await PersonalData(database).erase(both.slack.team_id, ana.id)
    await both.say.mention("alliance rupture in one session", channel=team, user=ben)
    in_thread = both.slack.posted(team)[-1]
    assert "Practice implications" in in_thread.visible_text
    assert secret.id not in json.dumps(in_thread.blocks) + in_thread.text
    assert LINE not in (await private_card(both, ana, team)).visible_text


async def test_a_monthly_card_is_linked_in_its_own_channel_only(
    databases: Databases, slack: LocalSlack, tmp_path: Path
) -> None:
    """The month was sent before this bot started: one that runs would send what is planned under the test's hands."""
    ana = slack.add_user("ana")
    team, other = slack.add_channel("team", [ana]), slack.add_channel("other", [ana])
    parent = slack.store(team, text="the month", user=slack.bot_user_id)
    reply = slack.store(team, text="card", user=slack.bot_user_id, thread_ts=parent.ts)
    url = await databases.new()
    async with opened(url) as database:
        ledger = ledger_of(database)
        series = month_of("2022-09", slack.team_id, team.id)
        await ledger.plan(series, [Message({"text": "m"}), Message({"text": "c"}, RUPTURE)])
        for planned, message in zip(await ledger.series(series), (parent, reply), strict=True):
            await ledger.sent(planned, message.ts, "reply")
    async with running(slack, tmp_path, **small_corpus(tmp_path), PPRNET_DATABASE_URL=url) as bot:
        answer = await private_card(bot, ana, team)
        assert f"<{address(bot, reply)}|posted in this channel>" in answer.visible_text
        assert LINE not in (await private_card(bot, ana, other)).visible_text
        await bot.say.mention("alliance rupture in one session", channel=team, user=ana)
        assert LINE in bot.slack.posted(team)[-1].visible_text


async def test_a_journal_clubs_thread_is_linked_in_its_channel_until_the_club_is_cancelled(both: Bot) -> None:
    team, [ana, ben] = team_of(both, "ana", "ben")
    other = both.slack.add_channel("other", [ana, ben])
    opening, day = await plan_club(both, ana, team)
    linked = f"{LINE}<{address(both, opening)}|journal club in this channel> on {day}"
    assert linked in (await private_card(both, ben, team)).visible_text
    assert LINE not in (await private_card(both, ben, other)).visible_text
    assert LINE not in (await private_card(both, ben, team, "therapist effects")).visible_text
    await both.say.mention("alliance rupture in one session", channel=team, user=ben)
    assert linked in both.slack.posted(team)[-1].visible_text
    await both.say.press(await typed(both, "journal-club", ana, team), "Cancel")
    assert LINE not in (await private_card(both, ben, team)).visible_text


async def test_a_journal_club_elsewhere_is_told_in_private_to_who_planned_it_alone(both: Bot) -> None:
    team, [ana, ben] = team_of(both, "ana", "ben")
    secret = both.slack.add_channel("secret", [ana, ben], private=True)
    opening, day = await plan_club(both, ana, secret)
    linked = f"<{address(both, opening)}|journal club that you planned> in <#{secret.id}> on {day}"
    assert linked in (await private_card(both, ana, team)).visible_text
    assert LINE not in (await private_card(both, ben, team)).visible_text
    await both.say.mention("alliance rupture in one session", channel=team, user=ana)
    assert secret.id not in json.dumps(both.slack.posted(team)[-1].blocks) + both.slack.posted(team)[-1].text
    async with database_of(both) as database:
        await PersonalData(database).erase(both.slack.team_id, ana.id)
    for person in (ana, ben):
        assert LINE not in (await private_card(both, person, team)).visible_text


async def test_a_journal_club_comes_before_what_was_posted_later(small: Bot) -> None:
    team, [ana] = team_of(small, "ana")
    opening, day = await plan_club(small, ana, team)
    for _ in range(2):
        posted = await share(small, ana, team, team)
    line = (
        f"{LINE}<{address(small, opening)}|journal club in this channel> on {day}; "
        f"<{address(small, posted)}|posted in this channel> on <!date^"
    )
    card = await private_card(small, ana, team)
    assert line in card.visible_text
    assert card.visible_text.count("in this channel>") == 2


async def test_the_line_is_at_the_end_of_the_card(small: Bot) -> None:
    team, [ana] = team_of(small, "ana")
    await share(small, ana, team, team)
    said = (await private_card(small, ana, team)).visible_text
    assert said.index("*Also:*") < said.index("Condensed from") < said.index(LINE)


async def test_the_line_stays_when_the_card_is_saved(small: Bot) -> None:
    team, [ana] = team_of(small, "ana")
    await share(small, ana, team, team)
    card = await private_card(small, ana, team)
    before = card.visible_text.replace(BOLD, "")  # the words are not marked any more: the question is not kept
    await small.say.press(card, "Save")
    assert card.visible_text == before.replace("\nSave\n", "\nSaved\n")
    assert LINE in before


async def test_a_card_that_was_taken_back_or_deleted_is_not_linked(small: Bot) -> None:
    team, [ana] = team_of(small, "ana")
    posted = await share(small, ana, team, team)
    small.slack.remove(posted)
    answer = await private_card(small, ana, team)
    assert LINE not in answer.visible_text
    assert [call.error for call in small.slack.calls_of("chat.getPermalink")] == ["message_not_found"]


async def test_where_slack_is_slow_or_refuses_the_answer_goes_without_the_line(
    small: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    team, [ana] = team_of(small, "ana")
    await share(small, ana, team, team)
    small.slack.faults.error("chat.getPermalink", "internal_error")
    assert LINE not in (await private_card(small, ana, team)).visible_text
    never = asyncio.Event()
    small.slack.faults.delay_before("chat.getPermalink", never)
    with monkeypatch.context() as hurried:
        hurried.setattr(time_limits, "EXTRA", 0.3)
        slow = await private_card(small, ana, team)
    never.set()
    assert LINE not in slow.visible_text
    assert "Practice implications" in slow.visible_text
    assert LINE in (await private_card(small, ana, team)).visible_text


async def test_lists_carry_no_such_line(small: Bot) -> None:
    team, [ana] = team_of(small, "ana")
    await share(small, ana, team, team)
    answer = await small.say.command("latest", user=ana, channel=team)
    assert answer.message
    assert LINE not in answer.message.visible_text
    await small.say.mention("alliance rupture in one session", channel=team, user=ana)
    thread = small.slack.posted(team)[-1].thread_ts
    await small.say.mention("more", channel=team, user=ana, thread_ts=thread)
    more = small.slack.posted(team)[-1]
    assert "More like" in more.visible_text
    assert LINE not in more.visible_text
    assert labels(small, more)
