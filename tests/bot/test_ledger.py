"""The ledger: months are planned once, messages are claimed in order, and only the legal steps lead from state to state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import text

from bot.outbox.delivery import Delivery, Message, Series
from bot.outbox.ledger import Ledger
from bot.outbox.statements import statements_for
from bot.outbox.timing import Timing
from bot.outbox.worker import Worker
from bot.publishing.subscriptions import Subscriptions
from bot.server.features import kinds
from bot.server.messages import templates
from bot.slack.client import SlackApi
from bot.store.database import Database
from tests.support.features import claim_uncertain, copies, ledger_of, month_of
from tests.support.publishing import LATER, NOW, shift_times

TEAM, CHANNEL, OTHER = "T0LOCAL0001", "C0000000001", "C0000000002"


def messages(count: int) -> list[Message]:
    """A parent and cards."""
    return [Message({"text": f"message {number}"}) for number in range(count)]


async def claimed(ledger: Ledger) -> Delivery:
    """The next message, claimed."""
    delivery = await ledger.claim()
    assert delivery
    return delivery


async def states(ledger: Ledger, month: str = "2024-01") -> list[str]:
    """The states of a month's messages, in order."""
    return [row.state for row in await ledger.series(month_of(month, TEAM, CHANNEL))]


# Planning and order


def test_ledgers_of_the_same_kinds_and_waits_share_their_statements() -> None:
    first, again = (statements_for(kinds().selection, Timing()) for _ in range(2))
    assert first is again
    assert first is not statements_for(kinds().selection, NOW)


async def test_a_month_is_planned_once_however_often_and_by_however_many(database: Database) -> None:
    ledgers = [ledger_of(database, NOW) for _ in range(4)]
    planned = await asyncio.gather(*(ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(3)) for ledger in ledgers))
    assert sorted(planned) == [False, False, False, True]
    assert not await ledgers[0].plan(month_of("2024-01", TEAM, CHANNEL), messages(5))
    assert await states(ledgers[0]) == ["planned"] * 3
    assert await ledgers[0].plan(month_of("2024-01", TEAM, OTHER), messages(1))


async def test_a_channels_starting_month_is_noted_once(database: Database) -> None:
    ledger = ledger_of(database, NOW)
    subscriptions = Subscriptions(ledger, Worker(ledger, SlackApi("", "")), templates().subscribed)
    assert (await subscriptions.ensure(TEAM, CHANNEL, "2024-01")).after_month == "2024-01"
    assert (await subscriptions.ensure(TEAM, CHANNEL, "2024-02")).after_month == "2024-01"
    assert (await subscriptions.ensure(TEAM, OTHER, "2024-02")).after_month == "2024-02"


async def test_messages_are_claimed_in_order_and_each_waits_for_the_one_before(database: Database) -> None:
    ledger = ledger_of(database, LATER)
    for month in ("2024-02", "2024-01"):
        await ledger.plan(month_of(month, TEAM, CHANNEL), messages(2))
    order = []
    for number in range(4):
        delivery = await claimed(ledger)
        order.append((delivery.subject, delivery.part, delivery.parent_ts))
        assert await ledger.claim() is None
        await ledger.sent(delivery, f"170000000{number}.000000", "reply")
    assert order == [
        ("2024-01", 0, None),
        ("2024-01", 1, "1700000000.000000"),
        ("2024-02", 0, None),
        ("2024-02", 1, "1700000002.000000"),
    ]
    assert await ledger.claim() is None


NOVELTY = Series("novelty", "2024-01", TEAM, CHANNEL)


async def test_what_a_newer_version_plans_and_this_one_does_not_know_is_left_to_it(database: Database) -> None:
    ledger = ledger_of(database, NOW)
    await ledger.plan(NOVELTY, messages(1))
    await ledger.plan(month_of("2024-02", TEAM, CHANNEL), messages(1))
    assert (await claimed(ledger)).subject == "2024-02"
    [novelty] = await ledger.series(NOVELTY)
    assert await ledger.claim(novelty.id) is None
    assert novelty.state == "planned"
    uncertain = "UPDATE delivery SET state = 'uncertain', settle_at = 0, next_at = 0 WHERE kind = 'novelty'"
    async with database.begin() as connection:
        await connection.execute(text(uncertain))
    found = await claim_uncertain(ledger)  # the month's, whose lease is over
    assert found
    assert found.subject == "2024-02"
    await ledger.absent(found)
    assert await claim_uncertain(ledger) is None


async def test_one_channel_in_doubt_does_not_hold_up_another(database: Database) -> None:
    ledger = ledger_of(database, LATER)
    for channel in (CHANNEL, OTHER):
        await ledger.plan(month_of("2024-01", TEAM, channel), messages(1))
    await ledger.unknown(await claimed(ledger), "timeout")
    assert (await claimed(ledger)).recipient == OTHER


async def test_a_message_is_claimed_by_one_of_many_at_once(database: Database) -> None:
    ledger = ledger_of(database, LATER)
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(3))
    found = await asyncio.gather(*(ledger_of(database, LATER).claim() for _ in range(6)))
    assert [each.part for each in found if each] == [0]


async def test_a_channel_gets_one_message_a_pace(database: Database) -> None:
    ledger = ledger_of(database, replace(LATER, pace=3600.0))
    for channel in (CHANNEL, OTHER):
        await ledger.plan(month_of("2024-01", TEAM, channel), messages(2))
    await ledger.sent(await claimed(ledger), "1.000001", "reply")
    other = await claimed(ledger)
    assert (other.recipient, other.part) == (OTHER, 0)
    await ledger.sent(other, "1.000002", "reply")
    assert await ledger.claim() is None
    await shift_times(database, -3600.0)
    assert (await claimed(ledger)).part == 1


async def test_a_clock_that_was_set_back_a_day_does_not_stop_the_channel(database: Database) -> None:
    ledger = ledger_of(database, replace(LATER, pace=1.0))
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(2))
    await ledger.sent(await claimed(ledger), "1.000001", "reply")
    async with database.begin() as connection:
        await connection.execute(text("UPDATE delivery SET changed_at = changed_at + 86400 WHERE state = 'sent'"))
    assert (await claimed(ledger)).part == 1


YEAR = 400 * 86400.0


async def test_what_waits_under_a_clock_that_was_ahead_is_due_when_it_is_set_back(database: Database) -> None:
    ledger = ledger_of(database, LATER)
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(1))
    await ledger.refused(await claimed(ledger), "ratelimited", permanent=False, wait=3000.0)
    assert await ledger.claim() is None
    await shift_times(database, YEAR)
    assert (await claimed(ledger)).part == 0


async def test_what_was_sent_under_a_clock_that_was_ahead_is_looked_for_after_the_settle_time(database: Database) -> None:
    ledger = ledger_of(database, LATER)
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(1))
    await claimed(ledger)
    await shift_times(database, YEAR)
    assert await claim_uncertain(ledger) is None
    await shift_times(database, -LATER.lease - 1)
    assert await claim_uncertain(ledger) is None, "it may still land"
    await shift_times(database, -LATER.settle)
    found = await claim_uncertain(ledger)
    assert found
    assert found.state == "uncertain"
    assert (found.first_try_at or 0.0) <= 0.0, "from the beginning, since nobody knows when it was sent"


async def test_a_message_that_was_given_to_a_person_under_a_clock_that_was_ahead_does_not_block_for_longer(
    database: Database,
) -> None:
    ledger = ledger_of(database, LATER)
    for month in ("2024-01", "2024-02"):
        await ledger.plan(month_of(month, TEAM, CHANNEL), messages(1))
    async with database.begin() as connection:
        await connection.execute(
            text(f"UPDATE delivery SET state = 'manual', changed_at = changed_at + {YEAR} WHERE month = '2024-01'")
        )
    assert await ledger.claim() is None
    await shift_times(database, -LATER.hold_back - 1)
    assert (await claimed(ledger)).subject == "2024-02"


# The legal steps


@dataclass(frozen=True)
class Step:
    """What is done to a claimed message, and the state it is in then."""

    do: Callable[[Ledger, Delivery], object]
    then: str


STEPS = {
    "sent": Step(lambda ledger, row: ledger.sent(row, "1.000001", "reply"), "sent"),
    "give back": Step(lambda ledger, row: ledger.give_back(row), "planned"),
    "refused": Step(lambda ledger, row: ledger.refused(row, "no_connection", permanent=False, wait=0.0), "planned"),
    "refused for good": Step(lambda ledger, row: ledger.refused(row, "no_text", permanent=True, wait=0.0), "failed"),
    "unknown": Step(lambda ledger, row: ledger.unknown(row, "timeout"), "uncertain"),
}
LOOKS = {
    "found": Step(lambda ledger, row: ledger.sent(row, "1.000001", "history"), "sent"),
    "absent": Step(lambda ledger, row: ledger.absent(row), "planned"),
    "blind for long": Step(lambda ledger, row: ledger.lookup_failed(row, "missing_scope", lasting=True), "manual"),
}


@pytest.mark.parametrize("name", STEPS)
async def test_each_answer_moves_a_sending_message_on(database: Database, name: str) -> None:
    ledger = ledger_of(database, LATER)
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(1))
    await STEPS[name].do(ledger, await claimed(ledger))  # type: ignore[misc]
    assert await states(ledger) == [STEPS[name].then]


@pytest.mark.parametrize("name", LOOKS)
async def test_each_look_up_moves_an_uncertain_message_on(database: Database, name: str) -> None:
    ledger = ledger_of(database, NOW)
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(1))
    await ledger.unknown(await claimed(ledger), "timeout")
    delivery = await claim_uncertain(ledger)
    assert delivery
    await LOOKS[name].do(ledger, delivery)  # type: ignore[misc]
    assert await states(ledger) == [LOOKS[name].then]


@pytest.mark.parametrize("name", [name for name in STEPS if name != "sent"])
async def test_an_answer_to_an_earlier_claim_changes_nothing(database: Database, name: str) -> None:
    ledger = ledger_of(database, LATER)
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(1))
    stale = await claimed(ledger)
    await ledger.give_back(stale)
    current = await claimed(ledger)
    assert current.fence == stale.fence + 1
    await STEPS[name].do(ledger, stale)  # type: ignore[misc]
    assert await states(ledger) == ["sending"]


@pytest.mark.parametrize("name", ["absent", "blind for long"])
async def test_a_look_up_that_somebody_else_took_over_changes_nothing(database: Database, name: str) -> None:
    ledger = ledger_of(database, NOW)
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(1))
    await ledger.unknown(await claimed(ledger), "timeout")
    stale, current = await claim_uncertain(ledger), await claim_uncertain(ledger)
    assert stale
    assert current
    await LOOKS[name].do(ledger, stale)  # type: ignore[misc]
    assert await states(ledger) == ["uncertain"]


@pytest.mark.parametrize("name", [*STEPS, *LOOKS])
async def test_what_was_sent_stays_sent(database: Database, name: str) -> None:
    ledger = ledger_of(database, NOW)
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(1))
    delivery = await claimed(ledger)
    await ledger.sent(delivery, "1.000001", "reply")
    await (STEPS | LOOKS)[name].do(ledger, delivery)  # type: ignore[misc]
    assert await states(ledger) == ["sent"]
    assert not await ledger.resolve(delivery.id, None)
    assert not await ledger.resolve(delivery.id, "2.000002")
    assert await copies(ledger) == [], "a wrong answer by a person must not make the sweep delete anything"
    assert await ledger.claim() is None


async def test_nobody_is_asked_about_what_is_planned_sending_or_unknown_to_us(database: Database) -> None:
    ledger = ledger_of(database, LATER)
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(1))
    row = (await ledger.series(month_of("2024-01", TEAM, CHANNEL)))[0]
    assert not await ledger.resolve(row.id, "1.000001")
    await claimed(ledger)
    assert not await ledger.resolve(row.id, None)
    assert await states(ledger) == ["sending"]
    assert not await ledger.resolve("no such id", "1.000001")


async def test_a_sender_whose_lease_is_over_leaves_an_uncertain_message(database: Database) -> None:
    ledger = ledger_of(database, LATER)
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(1))
    await claimed(ledger)
    assert await ledger_of(database, LATER).claim() is None
    assert await states(ledger) == ["sending"]
    await shift_times(database, -61.0)
    assert await ledger_of(database, LATER).claim() is None
    assert await states(ledger) == ["uncertain"]
    assert await claim_uncertain(ledger) is None, "it may still land"
    await shift_times(database, -120.0)
    assert await claim_uncertain(ledger)
    assert await claim_uncertain(ledger) is None, "somebody looks already"


async def test_a_person_who_says_it_is_missing_does_not_shorten_the_settle_time(database: Database) -> None:
    ledger = ledger_of(database, LATER)
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(1))
    delivery = await claimed(ledger)
    await ledger.unknown(delivery, "timeout")
    assert await ledger.resolve(delivery.id, None)
    assert await states(ledger) == ["planned"]
    assert await ledger.claim() is None
    await shift_times(database, -181.0)
    assert (await claimed(ledger)).id == delivery.id


async def test_a_passing_blindness_is_waited_out_and_a_lasting_one_goes_to_a_person(database: Database) -> None:
    ledger = ledger_of(database, replace(NOW, give_up_waiting=3600.0))
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(1))
    await ledger.unknown(await claimed(ledger), "timeout")
    for _ in range(3):
        delivery = await claim_uncertain(ledger)
        assert delivery
        assert not await ledger.lookup_failed(delivery, "ClientConnectorError", lasting=False)
    delivery = await claim_uncertain(ledger)
    assert delivery
    assert await ledger.lookup_failed(delivery, "missing_scope", lasting=True)
    assert await states(ledger) == ["manual"]


@pytest.mark.parametrize("name", ["planned", "sending", "uncertain", "manual", "failed"])
async def test_slacks_own_word_that_a_message_stands_settles_it_from_any_state(database: Database, name: str) -> None:
    ledger = ledger_of(database, NOW)
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(1))
    delivery = await claimed(ledger)
    async with database.begin() as connection:
        await connection.execute(text("UPDATE delivery SET state = :state, lease_until = 1e12"), {"state": name})
    assert not await ledger.note_receipt(delivery.id, "1.000001", OTHER), "another channel"
    assert not await ledger.note_receipt("no such id", "1.000001", CHANNEL)
    assert await states(ledger) == [name]
    assert await ledger.note_receipt(delivery.id, "1.000001", CHANNEL)
    row = (await ledger.series(month_of("2024-01", TEAM, CHANNEL)))[0]
    assert (row.state, row.ts, row.error) == ("sent", "1.000001", None)


async def test_a_reply_that_comes_after_the_lease_settles_the_message_and_nobody_posts_it_again(
    database: Database,
) -> None:
    ledger = ledger_of(database, NOW)
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(1))
    slow = await claimed(ledger)
    looking = await claim_uncertain(ledger)
    assert looking
    await ledger.sent(slow, "1.000001", "reply")
    await ledger.absent(looking)
    assert await states(ledger) == ["sent"]
    assert await ledger.claim() is None


async def test_of_two_messages_for_one_delivery_the_second_is_swept(database: Database) -> None:
    ledger = ledger_of(database, NOW)
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(1))
    first = await claimed(ledger)
    await ledger.give_back(first)
    second = await claimed(ledger)
    await ledger.sent(second, "2.000002", "reply")
    await ledger.sent(first, "1.000001", "reply")
    await ledger.sent(first, "1.000001", "event")
    assert await copies(ledger) == [(first.id, CHANNEL, "1.000001")]
    await ledger.removed(first.id, "1.000001")
    assert await ledger.note_receipt(first.id, "1.000001", CHANNEL), "a late event about what was removed"
    assert await copies(ledger) == []


async def test_slacks_word_corrects_a_person_and_what_the_person_named_is_never_deleted(database: Database) -> None:
    ledger = ledger_of(database, NOW)
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(1))
    delivery = await claimed(ledger)
    await ledger.unknown(delivery, "timeout")
    assert await ledger.resolve(delivery.id, "9.000009")
    assert await states(ledger) == ["sent"]
    await ledger.note_receipt(delivery.id, "1.000001", CHANNEL)
    assert (await ledger.series(month_of("2024-01", TEAM, CHANNEL)))[0].ts == "1.000001"
    assert await copies(ledger) == []


async def test_cards_whose_parent_failed_are_not_posted_anywhere(database: Database) -> None:
    ledger = ledger_of(database, NOW)
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(3))
    await ledger.plan(month_of("2024-02", TEAM, CHANNEL), messages(1))
    await ledger.refused(await claimed(ledger), "invalid_blocks", permanent=True, wait=0.0)
    assert await ledger.claim() is None
    assert await states(ledger) == ["failed"] * 3
    assert (await claimed(ledger)).subject == "2024-02"


async def test_the_payload_is_frozen_when_it_is_planned(database: Database) -> None:
    ledger = ledger_of(database, NOW)
    payload = {"text": "before & after", "blocks": [{"type": "divider"}]}
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), [Message(payload)])
    payload["text"] = "changed"
    assert (await claimed(ledger)).payload == {"text": "before & after", "blocks": [{"type": "divider"}]}
