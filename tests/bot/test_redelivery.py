"""One answer to each event, however often Slack delivers it; an event whose answer failed comes again and is not lost."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from bot.listeners import guard
from bot.listeners.mention import mention_key
from bot.playground.slack import LocalSlack
from bot.store.claims import Claims
from bot.store.database import Database
from tests.support.bot import Bot, running
from tests.support.database_file import sql
from tests.support.idle import eventually
from tests.support.process import free_port
from tests.support.small_corpus import small_corpus


@pytest.fixture
async def small(slack: LocalSlack, tmp_path: Path):  # type: ignore[no-untyped-def]
    """The bot over HTTP on a few summaries, with a channel in it."""
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        ana = slack.add_user("ana")
        slack.add_channel("team", [ana])
        yield bot


def team_and_ana(bot: Bot):  # type: ignore[no-untyped-def]
    """The channel and the person in it, as arguments for a mention."""
    ana = next(user for user in bot.slack.users.values() if user.name == "ana")
    return {"channel": bot.slack.channel_named("team"), "user": ana}


TS = "1700000000.000100"


def dead_claim(state: str, channel: str) -> str:
    """A claim on the mention at TS by a bot that died in this state a moment ago (an old claim would be pruned)."""
    row = f"('{mention_key(channel, TS)}', '{state}', 1, {time.time()})"
    return f"INSERT INTO claim (key, state, lease_until, created_at) VALUES {row}"


async def test_an_event_delivered_two_to_four_times_is_answered_once(small: Bot) -> None:
    for retries in (1, 2, 3):
        first = await small.say.mention("alliance rupture in one session", **team_and_ana(small))
        for number in range(1, retries + 1):
            again = await small.say.redeliver(first, retry=number)
            assert (again.status, again.text) == (200, "")
        assert len(small.slack.posted()) == retries


async def test_a_direct_message_delivered_again_is_answered_once(small: Bot) -> None:
    first = await small.say.direct_message("alliance rupture in one session", user=team_and_ana(small)["user"])
    await small.say.redeliver(first, retry=1)
    await small.say.redeliver(first, retry=2)
    assert len(small.slack.posted()) == 1


async def test_another_event_with_the_same_words_is_answered_of_course(small: Bot) -> None:
    await small.say.mention("alliance rupture in one session", **team_and_ana(small))
    await small.say.mention("alliance rupture in one session", **team_and_ana(small))
    assert len(small.slack.posted()) == 2


async def test_a_retry_whose_first_delivery_never_arrived_is_answered(small: Bot) -> None:
    answer = await small.say.mention("alliance rupture in one session", **team_and_ana(small), retry=3)
    assert answer.ok
    assert len(small.slack.posted()) == 1


async def test_deliveries_at_the_same_time_give_one_answer(small: Bot) -> None:
    arguments = team_and_ana(small)
    ts = small.slack.store(
        arguments["channel"], text="<@U0LOCALBOT1> alliance rupture in one session", user=arguments["user"].id
    ).ts
    answers = await asyncio.gather(
        *(
            small.say.mention("alliance rupture in one session", **arguments, ts=ts, event_id="EvSAME", retry=number or None)
            for number in range(4)
        )
    )
    assert [answer.status for answer in answers] == [200] * 4
    assert len(small.slack.posted()) == 1


async def test_a_retry_while_the_first_delivery_is_still_in_hand_is_not_dropped(
    small: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "WAIT", 0.3)
    release = asyncio.Event()
    small.slack.faults.delay_after("chat.postMessage", release)
    arguments = team_and_ana(small)
    ts = small.slack.store(
        arguments["channel"], text="<@U0LOCALBOT1> alliance rupture in one session", user=arguments["user"].id
    ).ts
    first = asyncio.create_task(small.say.mention("alliance rupture in one session", **arguments, ts=ts, event_id="EvSLOW"))
    await small.slack.until(small.slack.posted)
    second = await small.say.mention("alliance rupture in one session", **arguments, ts=ts, event_id="EvSLOW", retry=1)
    assert second.status == 503
    assert "x-slack-no-retry" not in second.headers
    release.set()
    assert (await first).status == 200
    third = await small.say.mention("alliance rupture in one session", **arguments, ts=ts, event_id="EvSLOW", retry=2)
    assert third.status == 200
    assert len(small.slack.posted()) == 1


async def test_a_restarted_bot_remembers_what_it_answered(slack: LocalSlack, tmp_path: Path) -> None:
    ana = slack.add_user("ana")
    team = slack.add_channel("team", [ana])
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as before:
        first = await before.say.mention("alliance rupture in one session", channel=team, user=ana)
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as after:
        again = await after.say.redeliver(first, retry=2)
        assert again.status == 200
        assert len(slack.posted()) == 1
        await after.say.mention("more", channel=team, user=ana, thread_ts=slack.posted()[0].thread_ts)
        assert "More like" in slack.posted()[-1].visible_text


async def test_two_bots_on_one_database_answer_once_between_them(slack: LocalSlack, tmp_path: Path) -> None:
    ana = slack.add_user("ana")
    team = slack.add_channel("team", [ana])
    corpus = small_corpus(tmp_path)
    async with running(slack, tmp_path, **corpus) as one, running(slack, tmp_path, **corpus) as two:
        for number in range(10):
            message = slack.store(team, text="<@U0LOCALBOT1> alliance rupture in one session", user=ana.id)
            arguments = {"channel": team, "user": ana, "ts": message.ts, "event_id": f"Ev{number}"}
            answers = await asyncio.gather(
                *(
                    bot.say.mention("alliance rupture in one session", **arguments, retry=retry)
                    for retry in (None, 1)
                    for bot in (one, two)
                )
            )
            assert [answer.status for answer in answers] == [200] * 4
            assert [reply.thread_ts for reply in slack.posted()].count(message.ts) == 1
    assert len(slack.posted()) == 10


async def test_an_event_that_the_store_could_not_take_is_delivered_again_and_answered_once(
    small: Bot, tmp_path: Path
) -> None:
    await sql(tmp_path, "ALTER TABLE claim RENAME TO hidden")
    failed = await small.say.mention("alliance rupture in one session", **team_and_ana(small))
    assert failed.status == 500
    assert small.slack.posted() == []
    await sql(tmp_path, "ALTER TABLE hidden RENAME TO claim")
    for number in (1, 2):
        assert (await small.say.redeliver(failed, retry=number)).status == 200
    assert len(small.slack.posted()) == 1


async def test_an_answer_that_slack_rate_limited_is_given_on_the_next_delivery_once(small: Bot) -> None:
    small.slack.faults.rate_limited("chat.postMessage", 30)
    failed = await small.say.mention("alliance rupture in one session", **team_and_ana(small))
    assert failed.status >= 500
    assert small.slack.posted() == []
    for number in (1, 2, 3):
        assert (await small.say.redeliver(failed, retry=number)).status == 200
    assert len(small.slack.posted()) == 1


async def test_an_answer_that_could_not_be_sent_is_given_on_the_next_delivery_once(tmp_path: Path) -> None:
    slack = LocalSlack(port=free_port())
    await slack.__aenter__()
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        ana = slack.add_user("ana")
        team = slack.add_channel("team", [ana])
        await slack.__aexit__(None, None, None)
        failed = await bot.say.mention("alliance rupture in one session", channel=team, user=ana)
        assert failed.status >= 500
        await slack.__aenter__()
        assert slack.posted() == []
        for number in (1, 2):
            assert (await bot.say.redeliver(failed, retry=number)).status == 200
        assert len(slack.posted()) == 1
    await slack.__aexit__(None, None, None)


async def test_an_answer_that_slack_took_but_did_not_confirm_is_never_sent_twice(small: Bot) -> None:
    faults = small.slack.faults
    spoil = (
        lambda: faults.drop_after("chat.postMessage"),
        lambda: faults.http("chat.postMessage", 500, store=True),
        lambda: faults.http("chat.postMessage", 503, store=True),
        lambda: faults.error("chat.postMessage", "internal_error", store=True),
        lambda: faults.error("chat.postMessage", "fatal_error", store=True),
    )
    for number, fault in enumerate(spoil, 1):
        fault()
        first = await small.say.mention("alliance rupture in one session", **team_and_ana(small))
        assert first.status == 200
        assert len(small.slack.posted()) == number
        await small.say.redeliver(first, retry=1)
        await small.say.redeliver(first, retry=2)
        assert len(small.slack.posted()) == len(small.slack.calls_of("chat.postMessage")) == number


async def test_when_the_store_fails_after_the_answer_was_sent_it_is_not_sent_again(
    small: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "WAIT", 0.3)
    release = asyncio.Event()
    small.slack.faults.delay_after("chat.postMessage", release)
    task = asyncio.create_task(small.say.mention("alliance rupture in one session", **team_and_ana(small)))
    await small.slack.until(small.slack.posted)
    await sql(tmp_path, "ALTER TABLE claim RENAME TO hidden")
    release.set()
    first = await task
    await sql(tmp_path, "ALTER TABLE hidden RENAME TO claim")
    assert first.status == 500
    assert (await small.say.redeliver(first, retry=1)).status in (200, 503)
    assert len(small.slack.posted()) == 1


async def test_an_event_whose_bot_died_before_sending_is_answered_after_its_lease(small: Bot, tmp_path: Path) -> None:
    who = team_and_ana(small)
    await sql(tmp_path, dead_claim("claimed", who["channel"].id))
    for number in (1, 2):
        answer = await small.say.mention("alliance rupture in one session", **who, ts=TS, event_id="Ev1", retry=number)
        assert answer.status == 200
    assert len(small.slack.posted()) == 1


async def test_an_event_whose_bot_died_while_sending_is_not_answered_a_second_time(small: Bot, tmp_path: Path) -> None:
    who = team_and_ana(small)
    await sql(tmp_path, dead_claim("sending", who["channel"].id))
    answer = await small.say.mention("alliance rupture in one session", **who, ts=TS, event_id="Ev1", retry=1)
    assert answer.status == 200
    assert small.slack.posted() == []


async def test_over_the_socket_an_event_sent_again_is_answered_once(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, socket=True, **small_corpus(tmp_path)) as bot:
        ana = slack.add_user("ana")
        first = await bot.say.mention("alliance rupture in one session", channel=slack.add_channel("team", [ana]), user=ana)
        for number in (1, 2, 3):
            assert (await bot.say.redeliver(first, retry=number)).ok
        assert len(slack.posted()) == 1
        for envelope in list(slack.sockets.envelopes):
            await slack.resend(envelope)
        assert len(slack.posted()) == 1


async def test_over_the_socket_an_envelope_sent_again_before_its_acknowledgement_is_answered_once(
    slack: LocalSlack, tmp_path: Path
) -> None:
    async with running(slack, tmp_path, socket=True, **small_corpus(tmp_path)) as bot:
        ana = slack.add_user("ana")
        release = asyncio.Event()
        slack.faults.delay_after("chat.postMessage", release)
        task = asyncio.create_task(
            bot.say.mention("alliance rupture in one session", channel=slack.add_channel("team", [ana]), user=ana)
        )
        await slack.until(slack.posted)
        [envelope] = slack.sockets.unacked
        again = asyncio.create_task(slack.resend(envelope, seconds=10))
        release.set()
        await again
        await task
        assert len(slack.posted()) == 1
        assert slack.sockets.unacked == []


async def test_over_the_socket_an_event_whose_answer_failed_is_not_acknowledged_and_answered_when_it_comes_again(
    slack: LocalSlack, tmp_path: Path
) -> None:
    async with running(slack, tmp_path, socket=True, **small_corpus(tmp_path)) as bot:
        ana = slack.add_user("ana")
        team = slack.add_channel("team", [ana])
        slack.faults.rate_limited("chat.postMessage", 30)
        failed = asyncio.create_task(bot.say.mention("alliance rupture in one session", channel=team, user=ana))
        await eventually(lambda: [call for call in slack.calls_of("chat.postMessage") if call.status == 429])
        assert (await bot.say.command("help", user=ana)).ok
        [envelope] = slack.sockets.unacked
        failed.cancel()
        await slack.resend(envelope)
        assert len(slack.posted()) == 1
        assert slack.sockets.unacked == []


async def test_an_edited_mention_is_answered_once_and_one_that_an_edit_adds_is_answered(small: Bot, tmp_path: Path) -> None:
    who = team_and_ana(small)
    words = {"edited": {"user": who["user"].id, "ts": TS}}
    first = await small.say.mention("alliance rupture in one session", **who)
    ts = first.payload["event"]["ts"]
    database = await Database.open(small.settings.database_url)
    for days in (0, 3, 20):  # Slack sends each edit as an event of its own
        await sql(tmp_path, f"UPDATE claim SET created_at = created_at - {days * 86400}")
        await Claims(database).prune()
        assert (await small.say.mention("alliance ruptures?", **who, ts=ts, **words)).status == 200
    assert len(small.slack.posted()) == 1
    await database.close()
    said = small.slack.store(who["channel"], text="alliance rupture", user=who["user"].id)
    assert (await small.say.mention("alliance rupture", **who, ts=said.ts, **words)).status == 200
    assert len(small.slack.posted()) == 2
