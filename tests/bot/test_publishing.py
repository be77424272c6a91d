"""The publisher: every month is posted once, in order, whatever is lost, late or refused."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.outbox.delivery import Delivery
from bot.outbox.ledger import Ledger
from bot.outbox.work import Send
from bot.playground.slack import Channel, LocalSlack
from bot.settings import Settings
from bot.store.database import Database
from tests.crash.posting_worker import shipped
from tests.support.features import features_over, month_of
from tests.support.idle import PATIENCE
from tests.support.publishing import LATER, NOW, POST, PublishingBot, expected, plan_new, shift_times


async def test_where_the_bot_left_after_a_lost_answer_an_invitation_settles_it(
    publishing: PublishingBot, database: Database
) -> None:
    publishing.features = features_over(database, publishing.slack, replace(NOW, give_up_waiting=86400.0))
    publishing.slack.scopes.add("channels:history")
    await publishing.plan("2023-11")
    publishing.slack.faults.drop_before(POST)
    await publishing.attempt()
    publishing.channel.members.discard(publishing.slack.bot_user_id)
    for _ in range(5):
        await publishing.worker.work()
    assert await publishing.ledger.in_state("manual") == []
    assert publishing.texts() == []
    publishing.channel.members.add(publishing.slack.bot_user_id)
    await publishing.work()
    assert publishing.texts() == expected("2023-11")


async def test_months_are_posted_oldest_first_each_with_its_cards_in_its_thread(publishing: PublishingBot) -> None:
    assert await publishing.plan("2022-10") == ["2022-12", "2023-01", "2023-06", "2023-11", "2023-12"]
    assert await publishing.plan("2022-10") == []
    await publishing.work()
    assert publishing.texts() == expected("2022-10")
    parent = None
    for message in publishing.slack.posted(publishing.channel):
        parent = message if not message.is_reply else parent
        assert parent
        assert message.thread_ts in (None, parent.ts)
        assert message.metadata
        assert set(message.metadata["event_payload"]) == {"d", "a"}
        assert (message.unfurl_links, message.unfurl_media, message.pings) == (False, False, [])


@pytest.mark.parametrize("scope", ["channels:history", "commands"])
async def test_a_lost_answer_is_looked_up_and_never_posted_again_on_a_guess(publishing: PublishingBot, scope: str) -> None:
    publishing.slack.scopes.add(scope)
    publishing.slack.faults.drop_after(POST)
    await publishing.plan()
    await publishing.work()
    if scope == "channels:history":
        assert publishing.texts() == expected("2023-06")
    else:
        assert publishing.texts() == expected("2023-06")[:1]
        assert [row.state for row in await publishing.ledger.in_state("manual", "planned")] == ["manual"] + ["planned"] * 4


@pytest.mark.parametrize("days", [400, -400], ids=["ahead", "behind"])
async def test_under_a_clock_that_is_wrong_by_a_year_what_was_posted_is_found(database: Database, days: int) -> None:
    """The bot's clock is the host's here, so it is Slack's that is wrong: what counts is the difference."""
    async with LocalSlack(clock=lambda: time.time() - days * 86400.0) as slack:
        slack.scopes.add("channels:history")
        publishing = PublishingBot(slack, slack.add_channel("team"), features_over(database, slack, NOW))
        slack.faults.drop_after(POST, times=2)
        await publishing.plan()
        await publishing.work()
        assert publishing.texts() == expected("2023-06")


async def test_a_post_that_was_lost_before_it_arrived_is_made_again(publishing: PublishingBot) -> None:
    publishing.slack.scopes.add("channels:history")
    publishing.slack.faults.drop_before(POST)
    await publishing.plan()
    await publishing.work()
    assert publishing.texts() == expected("2023-06")


async def test_a_receipt_event_replaces_the_look_up(publishing: PublishingBot) -> None:
    publishing.slack.faults.drop_after(POST)
    await publishing.plan()
    await publishing.attempt()
    message = publishing.slack.posted(publishing.channel)[0]
    assert message.metadata
    await publishing.ledger.note_receipt(message.metadata["event_payload"]["d"], message.ts, publishing.channel.id)
    await publishing.work()
    assert publishing.texts() == expected("2023-06")
    assert len(publishing.slack.calls_of("conversations.history")) == 1, "before the first message, whether it may be read"


async def test_copies_that_a_look_up_finds_are_deleted_and_the_first_stays(publishing: PublishingBot) -> None:
    publishing.slack.scopes.add("channels:history")
    publishing.slack.faults.drop_after(POST)
    await publishing.plan()
    await publishing.attempt()
    first = publishing.slack.posted(publishing.channel)[0]
    copy = publishing.slack.store(publishing.channel, text=first.text, metadata=first.metadata)
    publishing.slack.faults.error("chat.delete", "internal_error")
    await publishing.work()
    await publishing.work()
    assert publishing.texts() == expected("2023-06")
    assert publishing.channel.deleted == [copy]


async def test_a_copy_that_is_gone_already_is_not_tried_for_ever(publishing: PublishingBot) -> None:
    await publishing.plan()
    await publishing.work()
    row = (await publishing.ledger.in_state("sent"))[0]
    await publishing.ledger.note_receipt(row.id, "1.000001", publishing.channel.id)
    await publishing.work()
    assert len(publishing.slack.calls_of("chat.delete")) == 1
    assert publishing.texts() == expected("2023-06")


async def test_a_process_that_paused_between_claim_and_send_does_not_send(slack: LocalSlack, database: Database) -> None:
    channel = slack.add_channel("team")
    paused: list[str] = []

    def pause(step: str) -> None:
        if step == "after claim" and not paused:
            paused.append(step)
            time.sleep(0.4)

    features = features_over(database, slack, replace(NOW, lease=60.0, settle=60.0, start_within=0.3), pause)
    worker = features.worker
    await features.publisher.subscriptions.ensure(slack.team_id, channel.id, "2023-11")
    await plan_new(features.publisher, shipped(), slack.team_id, channel.id)
    assert await worker.work()
    assert slack.calls_of(POST) == []
    while await worker.work():
        pass
    assert [message.text for message in slack.posted(channel)] == expected("2023-11")


async def test_a_wait_that_slack_asks_for_is_kept_and_other_channels_go_on(publishing: PublishingBot) -> None:
    other = publishing.slack.add_channel("other")
    await publishing.plan()
    await publishing.publisher.subscriptions.ensure(publishing.slack.team_id, other.id, "2023-06")
    await plan_new(publishing.publisher, shipped(), publishing.slack.team_id, other.id)
    publishing.slack.faults.rate_limited(POST, 3600, channel=publishing.channel.id)
    await publishing.work()
    assert publishing.texts() == []
    assert [message.text for message in publishing.slack.posted(other)] == expected("2023-06")


async def test_a_look_up_that_slack_rate_limits_waits_in_its_row_and_other_channels_go_on(
    publishing: PublishingBot, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    publishing.features = features_over(database, publishing.slack, replace(NOW, give_up_waiting=86400.0))
    other = publishing.slack.add_channel("other")
    publishing.slack.scopes.add("channels:history")
    await publishing.plan("2023-11")
    publishing.slack.faults.drop_after(POST)
    await publishing.attempt()
    await publishing.publisher.subscriptions.ensure(publishing.slack.team_id, other.id, "2023-11")
    await plan_new(publishing.publisher, shipped(), publishing.slack.team_id, other.id)
    publishing.slack.faults.rate_limited("conversations.history", 99999999999, channel=publishing.channel.id)
    async with asyncio.timeout(PATIENCE):
        await publishing.work()
    assert [message.text for message in publishing.slack.posted(other)] == expected("2023-11")
    assert publishing.texts() == expected("2023-11")[:1]
    assert "(ratelimited); next try in 3600 s" in caplog.text
    await shift_times(database, -3601.0)
    await publishing.work()
    assert publishing.texts() == expected("2023-11")


async def test_a_refusal_that_a_person_can_lift_is_lifted_without_a_second_message(
    publishing: PublishingBot, caplog: pytest.LogCaptureFixture
) -> None:
    publishing.channel.archived = True
    await publishing.plan()
    with caplog.at_level(logging.WARNING):
        await publishing.attempt()
    assert "is_archived" in caplog.text
    publishing.channel.archived = False
    await publishing.work()
    assert publishing.texts() == expected("2023-06")


class KilledError(Exception):
    """Takes the place of the end of a process."""


def dies_before_sending(step: str) -> None:
    """End at the moment when a message is claimed and not sent."""
    if step == "after claim":
        raise KilledError


async def test_a_confirmation_that_a_dead_replica_was_posting_is_not_waited_for_for_ever(
    slack: LocalSlack, channel: Channel, database: Database
) -> None:
    features = features_over(database, slack, replace(LATER, lease=0.3), dies_before_sending)
    with contextlib.suppress(KilledError):
        await features.publisher.subscriptions.ask(shipped(), slack.team_id, channel.id, "U0000000001")
    [claimed] = await features.ledger.in_state("sending")
    features = features_over(database, slack, replace(LATER, lease=0.3))
    async with asyncio.timeout(PATIENCE):
        found = await features.publisher.subscriptions.ask(shipped(), slack.team_id, channel.id, "U0000000001")
    assert found
    assert found.id == claimed.id
    assert found.state in ("sending", "uncertain"), "as soon as the lease is over"
    assert slack.calls_of(POST) == []


async def to_be_looked_for(ledger: Ledger) -> Delivery:
    """The next message, leased so that someone looks first whether it stands in Slack already."""
    work = await ledger.next_work(may_read=True)
    assert isinstance(work, Send)
    assert work.delivery.unverified
    return work.delivery


async def test_what_is_sent_at_once_waits_for_whoever_looks_first_whether_it_stands_already(
    slack: LocalSlack, channel: Channel, database: Database
) -> None:
    publishing = PublishingBot(slack, channel, features_over(database, slack, LATER))
    await publishing.plan()
    looked_for = await to_be_looked_for(publishing.ledger)
    sending = asyncio.create_task(publishing.worker.send_now(looked_for.id))
    await asyncio.sleep(0.5)
    assert not sending.done()
    assert publishing.texts() == []
    await publishing.ledger.verified(looked_for)
    async with asyncio.timeout(PATIENCE):
        found = await sending
    assert found
    assert found.state == "sent"
    assert publishing.texts() == expected("2023-06")[:1]


async def test_what_is_sent_at_once_does_not_wait_for_a_look_up_that_failed(
    slack: LocalSlack, channel: Channel, database: Database
) -> None:
    publishing = PublishingBot(slack, channel, features_over(database, slack, replace(LATER, lease=60.0)))
    ledger = publishing.ledger
    await publishing.plan()
    looked_for = await to_be_looked_for(ledger)
    await ledger.verified(looked_for, wait=60.0)
    async with asyncio.timeout(PATIENCE):
        found = await publishing.worker.send_now(looked_for.id)
    assert found
    assert found.state == "planned"
    assert publishing.texts() == []


# What is looked at again


async def test_late_copies_are_looked_for_ten_minutes_and_a_day_later_and_removed(
    publishing: PublishingBot, database: Database
) -> None:
    publishing.slack.scopes.add("channels:history")
    publishing.slack.faults.rate_limited(POST, None)
    await publishing.plan("2023-11")
    await publishing.work()
    (first, _card), history = publishing.slack.posted(publishing.channel), "conversations.history"
    for seconds, looks in ((300.0, 0), (301.0, 1), (3600.0, 0), (86400.0, 1), (86400.0, 0)):
        await shift_times(database, -seconds)
        before = len(publishing.slack.calls_of(history))
        copy = publishing.slack.store(publishing.channel, text=first.text, metadata=first.metadata)
        await publishing.work()
        assert len(publishing.slack.calls_of(history)) - before == looks
        assert copy.deleted == bool(looks)
        if not looks:
            publishing.slack.remove(copy)
    assert publishing.texts() == expected("2023-11")


async def test_one_attempt_alone_cannot_have_left_a_copy_and_is_not_looked_for(
    publishing: PublishingBot, database: Database
) -> None:
    publishing.slack.scopes.add("channels:history")
    await publishing.plan("2023-11")
    await publishing.work()
    before = len(publishing.slack.calls_of("conversations.history"))
    for _ in range(3):
        await shift_times(database, -86400.0)
        await publishing.work()
    assert len(publishing.slack.calls_of("conversations.history")) == before


@pytest.mark.parametrize("when", ["before planning", "before sending", "between the cards"])
async def test_a_backup_from_before_a_post_does_not_post_it_again_where_the_history_may_be_read(
    slack: LocalSlack, channel: Channel, tmp_path: Path, when: str
) -> None:
    slack.scopes.add("channels:history")
    file, backup = tmp_path / "pprnet.db", tmp_path / "backup.db"
    url = Settings.from_env({"PPRNET_DATABASE_URL": f"sqlite:///{file}"}).database_url
    for life in ("first", "restored"):
        database = await Database.open(url)
        publishing = PublishingBot(slack, channel, features_over(database, slack, replace(NOW, stale=0.0)))
        await publishing.publisher.subscriptions.ensure(slack.team_id, channel.id, "2023-06")

        async def keep(moment: str, life: str = life, database: Database = database) -> None:
            if life == "first" and moment == when:
                async with database.begin() as connection:
                    await connection.execute(text("SELECT 1"))
                source = sqlite3.connect(file)
                with contextlib.closing(source), contextlib.closing(sqlite3.connect(backup)) as target:
                    source.backup(target)

        await keep("before planning")
        await publishing.plan()
        await keep("before sending")
        for _ in range(4):
            await publishing.worker.work()
        await keep("between the cards")
        await publishing.work()
        await database.close()
        assert publishing.texts() == expected("2023-06"), life
        if life == "first":
            for name in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
                name.unlink(missing_ok=True)
            backup.replace(file)


async def test_a_month_that_waits_for_a_person_holds_back_later_ones_for_three_days(
    publishing: PublishingBot, database: Database
) -> None:
    publishing.slack.faults.drop_after(POST)
    await publishing.plan()
    await publishing.work()
    assert (await states_of(publishing))[0] == "manual"
    assert len(publishing.slack.calls_of(POST)) == 1
    await shift_times(database, -2 * 86400.0)
    await publishing.work()
    assert len(publishing.slack.calls_of(POST)) == 1
    assert await publishing.ledger.blocking(month_of("2023-12", publishing.slack.team_id, publishing.channel.id))
    await shift_times(database, -1.1 * 86400.0)
    await publishing.work()
    assert publishing.texts() == [expected("2023-06")[0], *expected("2023-11")], "its own cards need their thread"
    assert await publishing.ledger.blocking(month_of("2023-12", publishing.slack.team_id, publishing.channel.id)) is None


async def states_of(publishing: PublishingBot) -> list[str]:
    """The states of the messages of November 2023."""
    return [
        row.state
        for row in await publishing.ledger.series(month_of("2023-11", publishing.slack.team_id, publishing.channel.id))
    ]
