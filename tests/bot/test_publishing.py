"""The ledger's legal steps, and one attempt to post, whatever Slack answers."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import functools
import itertools
import logging
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import text

import bot
from bot.corpus.model import Issue, month_name
from bot.outbox.delivery import Delivery, Message, Series
from bot.outbox.ledger import Ledger
from bot.outbox.timing import Timing
from bot.outbox.transport import Absent, Cause, Found, LookupFailed, Refused, Sent, Unknown
from bot.outbox.worker import Worker
from bot.playground.slack import Channel, Fault, LocalSlack
from bot.playground.slack.workspace import DEFAULT_SCOPES
from bot.publishing.posting import Place, Posting, is_time
from bot.publishing.publisher import Publisher
from bot.publishing.scheduler import Job, Scheduler
from bot.publishing.subscriptions import Subscriptions
from bot.server.features import Features
from bot.server.messages import render, templates
from bot.server.services import utc_now
from bot.settings import Settings
from bot.slack.client import MARK, SlackApi
from bot.store.database import Database
from tests.crash.posting_worker import shipped
from tests.support.features import features_over, ledger_of, month_of

TEAM, CHANNEL, OTHER = "T0LOCAL0001", "C0000000001", "C0000000002"
UTC_ZONE = ZoneInfo("UTC")
POST = "chat.postMessage"
NOW = Timing(
    lease=0.0,
    settle=0.0,
    give_up_looking=0.0,
    give_up_waiting=0.0,
    look_again=0.0,
    retry_refused=0.0,
    retry_blocked=0.0,
    pace=0.0,
)
"""Every wait is over at once."""
LATER = Timing(pace=0.0)
"""Every wait but the pace takes as long as in life, that is: longer than any test."""


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
    found = await ledger.claim_uncertain()  # the month's, whose lease is over
    assert found
    assert found.subject == "2024-02"
    await ledger.absent(found)
    assert await ledger.claim_uncertain() is None


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
    delivery = await ledger.claim_uncertain()
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
    stale, current = await ledger.claim_uncertain(), await ledger.claim_uncertain()
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
    assert await ledger.copies() == [], "a wrong answer by a person must not make the sweep delete anything"
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
    assert await ledger.claim_uncertain() is None, "it may still land"
    await shift_times(database, -120.0)
    assert await ledger.claim_uncertain()
    assert await ledger.claim_uncertain() is None, "somebody looks already"


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
        delivery = await ledger.claim_uncertain()
        assert delivery
        assert not await ledger.lookup_failed(delivery, "ClientConnectorError", lasting=False)
    delivery = await ledger.claim_uncertain()
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
    looking = await ledger.claim_uncertain()
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
    assert await ledger.copies() == [(first.id, CHANNEL, "1.000001")]
    await ledger.removed(first.id, "1.000001")
    assert await ledger.note_receipt(first.id, "1.000001", CHANNEL), "a late event about what was removed"
    assert await ledger.copies() == []


async def test_slacks_word_corrects_a_person_and_what_the_person_named_is_never_deleted(database: Database) -> None:
    ledger = ledger_of(database, NOW)
    await ledger.plan(month_of("2024-01", TEAM, CHANNEL), messages(1))
    delivery = await claimed(ledger)
    await ledger.unknown(delivery, "timeout")
    assert await ledger.resolve(delivery.id, "9.000009")
    assert await states(ledger) == ["sent"]
    await ledger.note_receipt(delivery.id, "1.000001", CHANNEL)
    assert (await ledger.series(month_of("2024-01", TEAM, CHANNEL)))[0].ts == "1.000001"
    assert await ledger.copies() == []


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


# One attempt to post


FAULTS: dict[str, tuple[Callable[[LocalSlack], object], object, int]] = {
    "nothing": (lambda slack: None, Sent, 1),
    "429 with a wait": (lambda slack: slack.faults.rate_limited(POST, 7), Refused("ratelimited", Cause.PASSING, 7.0), 0),
    "429 without one": (lambda slack: slack.faults.rate_limited(POST, None), Refused("ratelimited", Cause.PASSING), 0),
    "429 with nonsense": (lambda slack: slack.faults.rate_limited(POST, "soon"), Refused("ratelimited", Cause.PASSING), 0),
    "429 as a page": (lambda slack: slack.faults.http(POST, 429), Refused("ratelimited", Cause.PASSING), 0),
    "500, not posted": (lambda slack: slack.faults.http(POST, 500), Unknown("http_500"), 0),
    "500, posted": (lambda slack: slack.faults.http(POST, 500, store=True), Unknown("http_500"), 1),
    "503": (lambda slack: slack.faults.http(POST, 503), Unknown("http_503"), 0),
    "a page": (lambda slack: slack.faults.http(POST, 200, store=True), Unknown("http_200"), 1),
    "a proxy's 403": (lambda slack: slack.faults.http(POST, 403), Unknown("http_403"), 0),
    "dropped before": (lambda slack: slack.faults.drop_before(POST), Unknown("ServerDisconnectedError"), 0),
    "dropped after": (lambda slack: slack.faults.drop_after(POST), Unknown("ServerDisconnectedError"), 1),
    "internal_error": (lambda slack: slack.faults.error(POST, "internal_error", store=True), Unknown, 1),
    "fatal_error": (lambda slack: slack.faults.error(POST, "fatal_error", store=True), Unknown, 1),
    "an error of tomorrow": (lambda slack: slack.faults.error(POST, "half_done", store=True), Unknown("half_done"), 1),
    "not_in_channel": (
        lambda slack: slack.faults.error(POST, "not_in_channel"),
        Refused("not_in_channel", Cause.NOT_A_MEMBER),
        0,
    ),
    "is_archived": (lambda slack: slack.faults.error(POST, "is_archived"), Refused("is_archived", Cause.LASTING), 0),
    "token_revoked": (lambda slack: slack.faults.error(POST, "token_revoked"), Refused("token_revoked", Cause.TOKEN), 0),
    "invalid_blocks": (lambda slack: slack.faults.error(POST, "invalid_blocks"), Refused("invalid_blocks", Cause.LAYOUT), 0),
    "msg_too_long": (lambda slack: slack.faults.error(POST, "msg_too_long"), Refused("msg_too_long", Cause.MESSAGE), 0),
}
BODIES = {
    "an empty body": "",
    "a list": "[1]",
    "a number": "7",
    "broken": '{"ok": tr',
    "no ts": '{"ok": true}',
    "a null ts": '{"ok": true, "ts": null}',
    "bad UTF-8": '{"ok": true, "ts": "\udcff"}',
}


@pytest.fixture
async def channel(slack: LocalSlack) -> Channel:
    """The channel to post to."""
    return slack.add_channel("team")


@pytest.mark.parametrize("name", FAULTS)
async def test_each_answer_to_a_post_is_read_for_what_it_proves(slack: LocalSlack, channel: Channel, name: str) -> None:
    arrange, outcome, posted = FAULTS[name]
    arrange(slack)
    found = await SlackApi(slack.token, slack.url).post(channel.id, {"text": "hello"}, mark="m")
    assert type(found) is outcome if isinstance(outcome, type) else found == outcome
    assert len(slack.posted(channel)) == posted
    assert len(slack.calls_of(POST)) == 1, "one attempt is one call"


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
@pytest.mark.parametrize("name", BODIES)
async def test_an_answer_that_cannot_be_read_proves_nothing(
    slack: LocalSlack, channel: Channel, name: str, kind: str
) -> None:
    fault = slack.faults.http(POST, 200, store=True)
    fault.body, fault.headers = BODIES[name].encode("utf-8", "replace").decode(), {"Content-Type": kind}
    found = await SlackApi(slack.token, slack.url).post(channel.id, {"text": "hello"})
    assert isinstance(found, Unknown)


async def test_a_refused_connection_and_an_unknown_host_prove_that_nothing_was_posted(slack: LocalSlack) -> None:
    for url in ("http://127.0.0.1:1/api/", "http://slack.invalid/api/"):
        found = await SlackApi(slack.token, url).post("C1", {"text": "hello"})
        assert found == Refused("no_connection", Cause.PASSING)


async def test_a_post_whose_time_to_begin_is_over_does_not_leave(slack: LocalSlack, channel: Channel) -> None:
    found = await SlackApi(slack.token, slack.url).post(channel.id, {"text": "hello"}, within=-0.001)
    assert isinstance(found, Refused)
    assert found.code == "too_late"
    assert slack.calls == []


async def test_the_sdk_by_itself_posts_twice_where_we_post_once(slack: LocalSlack, channel: Channel) -> None:
    slack.faults.drop_after(POST)
    await AsyncWebClient(token=slack.token, base_url=slack.url).chat_postMessage(channel=channel.id, text="twice")
    assert len(slack.posted(channel)) == 2
    ours = slack.add_channel("ours")
    slack.faults.drop_after(POST)
    await SlackApi(slack.token, slack.url).post(ours.id, {"text": "once"})
    assert len(slack.posted(ours)) == 1


def test_messages_are_posted_by_one_file_on_a_client_that_never_retries() -> None:
    root = Path(bot.__file__).parent
    posts, clients = [], []
    slack_itself = root / "playground" / "slack"  # the far side, which offers the method
    for file in sorted(set(root.rglob("*.py")) - set(slack_itself.rglob("*.py"))):
        tree = ast.parse(file.read_text("utf-8"))
        where = str(file.relative_to(root))
        if where.startswith("listeners/"):
            arguments = {each.arg for each in ast.walk(tree) if isinstance(each, ast.arg)}
            assert not arguments & {"say", "respond"}, f"{where}: Bolt's helpers bring clients of their own"
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in {"chat_postMessage", "chat_scheduleMessage"}:
                posts.append((where, ast.unparse(node)))
            if isinstance(node, ast.Call) and POST in {getattr(each, "value", None) for each in node.args}:
                posts.append((where, ast.unparse(node)))
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("WebClient", "WebhookClient")):
                retries = [ast.unparse(each.value) for each in node.keywords if each.arg == "retry_handlers"]
                clients.append((where, retries))
    assert posts == [("slack/client.py", "client.chat_postMessage")]
    assert all(retries for _, retries in clients), "the SDK's default retries"
    assert [where for where, retries in clients if retries != ["[]"]] == ["slack/client.py"], "one client may: `again`"
    post = next(
        node
        for node in ast.walk(ast.parse((root / "slack/client.py").read_text("utf-8")))
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "post"
    )
    made = [ast.unparse(node) for node in ast.walk(post) if isinstance(node, ast.Assign)]
    made = [statement for statement in made if "WebClient(" in statement]
    assert len(made) == 1
    assert made[0].startswith("client = ")
    assert "retry_handlers=[]" in made[0]


# Looking up


@pytest.fixture
def reader(slack: LocalSlack) -> SlackApi:
    """Slack for a bot that may read channels."""
    slack.scopes = {*DEFAULT_SCOPES, "channels:history"}
    return SlackApi(slack.token, slack.url)


def marked(mark: str) -> dict[str, object]:
    """The metadata of a message of the publisher."""
    return {"event_type": MARK, "event_payload": {"d": mark, "a": 1}}


async def test_a_look_up_finds_the_first_message_with_the_mark_on_any_page(
    slack: LocalSlack, channel: Channel, reader: SlackApi
) -> None:
    slack.history_page_limit = 7
    first = slack.store(channel, text="ours", metadata=marked("m"))
    second = slack.store(channel, text="ours again", metadata=marked("m"))
    for number in range(20):
        slack.store(channel, text=f"talk {number}", user="U1")
    slack.store(channel, text="another of ours", metadata=marked("n"))
    assert await reader.find(channel.id, "m", thread_ts=None, since=time.time()) == Found(first.ts, (second.ts,))
    assert await reader.find(channel.id, "o", thread_ts=None, since=time.time()) == Absent()
    assert len(slack.calls_of("conversations.history")) > 6


async def test_a_card_is_looked_up_in_its_thread(slack: LocalSlack, channel: Channel, reader: SlackApi) -> None:
    parent = slack.store(channel, text="parent", metadata=marked("p"))
    card = slack.store(channel, text="card", metadata=marked("m"), thread_ts=parent.ts)
    assert await reader.find(channel.id, "m", thread_ts=parent.ts, since=time.time()) == Found(card.ts)


@pytest.mark.parametrize("hours", [-25, -1, 1, 25])
async def test_a_clock_that_is_wrong_by_a_day_does_not_hide_a_message(
    slack: LocalSlack, channel: Channel, reader: SlackApi, hours: int
) -> None:
    message = slack.store(channel, text="ours", metadata=marked("m"))
    wrong = time.time() + hours * 3600
    assert await reader.find(channel.id, "m", thread_ts=None, since=wrong) == Found(message.ts)


async def test_another_apps_message_with_our_mark_is_not_ours(slack: LocalSlack, channel: Channel, reader: SlackApi) -> None:
    foreign = slack.store(channel, text="not ours", metadata=marked("m"), user="U0OTHERBOT1")
    foreign.bot_id, foreign.app_id = "B0OTHER0001", "A0OTHER0001"
    assert await reader.find(channel.id, "m", thread_ts=None, since=time.time()) == Absent()


async def test_metadata_that_is_withheld_proves_nothing(slack: LocalSlack, channel: Channel, reader: SlackApi) -> None:
    message = slack.store(channel, text="ours", metadata=marked("m"))
    message.metadata = {"event_type": MARK}
    found = await reader.find(channel.id, "m", thread_ts=None, since=time.time())
    assert found == LookupFailed("metadata_hidden", Cause.LASTING)


@pytest.mark.parametrize(("code", "cause"), [("missing_scope", Cause.NO_SCOPE), ("not_in_channel", Cause.NOT_A_MEMBER)])
async def test_a_look_up_that_is_not_allowed_says_what_is_missing(slack: LocalSlack, code: str, cause: Cause) -> None:
    if code == "not_in_channel":
        slack.scopes.add("channels:history")
    channel = slack.add_channel("team", with_bot=code == "missing_scope")
    found = await SlackApi(slack.token, slack.url).find(channel.id, "m", thread_ts=None, since=time.time())
    assert found == LookupFailed(code, cause)


async def test_a_look_up_that_breaks_off_proves_nothing(slack: LocalSlack, channel: Channel, reader: SlackApi) -> None:
    slack.history_page_limit = 2
    for number in range(5):
        slack.store(channel, text=f"talk {number}", user="U1")
    slack.faults.add("conversations.history", Fault("none: the first page comes", store=True))
    slack.faults.error("conversations.history", "internal_error", times=9)
    found = await reader.find(channel.id, "m", thread_ts=None, since=time.time())
    assert found == LookupFailed("internal_error")
    assert len(slack.calls_of("conversations.history")) == 2


# The publisher


@dataclass
class Desk:
    """A publisher with its Slack and its channel."""

    slack: LocalSlack
    channel: Channel
    features: Features

    @property
    def ledger(self) -> Ledger:
        """Return its ledger."""
        return self.features.ledger

    @property
    def worker(self) -> Worker:
        """Return its worker."""
        return self.features.worker

    @property
    def publisher(self) -> Publisher:
        """Return what publishes months."""
        return self.features.publisher

    async def plan(self, after: str = "2023-06") -> list[str]:
        """Plan the months after one."""
        await self.publisher.subscriptions.ensure(self.slack.team_id, self.channel.id, after)
        return await self.publisher.plan_new(shipped(), self.slack.team_id, self.channel.id)

    async def work(self) -> None:
        """Work until nothing is due."""
        while await self.worker.work():
            pass

    async def attempt(self) -> None:
        """Work until a message has been tried once."""
        before = len(self.slack.calls_of(POST))
        while len(self.slack.calls_of(POST)) == before:
            assert await self.worker.work()

    def texts(self) -> list[str]:
        """What the channel shows, oldest first."""
        return [message.text for message in self.slack.posted(self.channel)]


@pytest.fixture
async def desk(slack: LocalSlack, channel: Channel, database: Database) -> Desk:
    """A publisher for whom every wait is over at once."""
    return Desk(slack, channel, features_over(database, slack, NOW))


def expected(after: str) -> list[str]:
    """The texts of every month after one, in order."""
    months = [issue for issue in reversed(shipped().issues) if issue.month > after]
    return [str(message.payload["text"]) for issue in months for message in render(shipped(), issue)]


async def test_where_the_bot_left_after_a_lost_answer_an_invitation_settles_it(desk: Desk, database: Database) -> None:
    desk.features = features_over(database, desk.slack, replace(NOW, give_up_waiting=86400.0))
    desk.slack.scopes.add("channels:history")
    await desk.plan("2023-11")
    desk.slack.faults.drop_before(POST)
    await desk.attempt()
    desk.channel.members.discard(desk.slack.bot_user_id)
    for _ in range(5):
        await desk.worker.work()
    assert await desk.ledger.in_state("manual") == []
    assert desk.texts() == []
    desk.channel.members.add(desk.slack.bot_user_id)
    await desk.work()
    assert desk.texts() == expected("2023-11")


async def test_months_are_posted_oldest_first_each_with_its_cards_in_its_thread(desk: Desk) -> None:
    assert await desk.plan("2022-10") == ["2022-12", "2023-01", "2023-06", "2023-11", "2023-12"]
    assert await desk.plan("2022-10") == []
    await desk.work()
    assert desk.texts() == expected("2022-10")
    parent = None
    for message in desk.slack.posted(desk.channel):
        parent = message if not message.is_reply else parent
        assert parent
        assert message.thread_ts in (None, parent.ts)
        assert message.metadata
        assert set(message.metadata["event_payload"]) == {"d", "a"}
        assert (message.unfurl_links, message.unfurl_media, message.pings) == (False, False, [])


@pytest.mark.parametrize("scope", ["channels:history", "commands"])
async def test_a_lost_answer_is_looked_up_and_never_posted_again_on_a_guess(desk: Desk, scope: str) -> None:
    desk.slack.scopes.add(scope)
    desk.slack.faults.drop_after(POST)
    await desk.plan()
    await desk.work()
    if scope == "channels:history":
        assert desk.texts() == expected("2023-06")
    else:
        assert desk.texts() == expected("2023-06")[:1]
        assert [row.state for row in await desk.ledger.in_state("manual", "planned")] == ["manual"] + ["planned"] * 4


async def test_a_post_that_was_lost_before_it_arrived_is_made_again(desk: Desk) -> None:
    desk.slack.scopes.add("channels:history")
    desk.slack.faults.drop_before(POST)
    await desk.plan()
    await desk.work()
    assert desk.texts() == expected("2023-06")


async def test_a_receipt_event_replaces_the_look_up(desk: Desk) -> None:
    desk.slack.faults.drop_after(POST)
    await desk.plan()
    await desk.attempt()
    message = desk.slack.posted(desk.channel)[0]
    assert message.metadata
    await desk.ledger.note_receipt(message.metadata["event_payload"]["d"], message.ts, desk.channel.id)
    await desk.work()
    assert desk.texts() == expected("2023-06")
    assert len(desk.slack.calls_of("conversations.history")) == 1, "before the first message, whether it may be read"


async def test_copies_that_a_look_up_finds_are_deleted_and_the_first_stays(desk: Desk) -> None:
    desk.slack.scopes.add("channels:history")
    desk.slack.faults.drop_after(POST)
    await desk.plan()
    await desk.attempt()
    first = desk.slack.posted(desk.channel)[0]
    copy = desk.slack.store(desk.channel, text=first.text, metadata=first.metadata)
    desk.slack.faults.error("chat.delete", "internal_error")
    await desk.work()
    await desk.work()
    assert desk.texts() == expected("2023-06")
    assert desk.channel.deleted == [copy]


async def test_a_copy_that_is_gone_already_is_not_tried_for_ever(desk: Desk) -> None:
    await desk.plan()
    await desk.work()
    row = (await desk.ledger.in_state("sent"))[0]
    await desk.ledger.note_receipt(row.id, "1.000001", desk.channel.id)
    await desk.work()
    assert len(desk.slack.calls_of("chat.delete")) == 1
    assert desk.texts() == expected("2023-06")


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
    await features.publisher.plan_new(shipped(), slack.team_id, channel.id)
    assert await worker.work()
    assert slack.calls_of(POST) == []
    while await worker.work():
        pass
    assert [message.text for message in slack.posted(channel)] == expected("2023-11")


async def test_a_wait_that_slack_asks_for_is_kept_and_other_channels_go_on(desk: Desk) -> None:
    other = desk.slack.add_channel("other")
    await desk.plan()
    await desk.publisher.subscriptions.ensure(desk.slack.team_id, other.id, "2023-06")
    await desk.publisher.plan_new(shipped(), desk.slack.team_id, other.id)
    desk.slack.faults.rate_limited(POST, 3600, channel=desk.channel.id)
    await desk.work()
    assert desk.texts() == []
    assert [message.text for message in desk.slack.posted(other)] == expected("2023-06")


async def test_a_refusal_that_a_person_can_lift_is_lifted_without_a_second_message(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.channel.archived = True
    await desk.plan()
    with caplog.at_level(logging.WARNING):
        await desk.attempt()
    assert "is_archived" in caplog.text
    desk.channel.archived = False
    await desk.work()
    assert desk.texts() == expected("2023-06")


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
    async with asyncio.timeout(30):
        found = await features.publisher.subscriptions.ask(shipped(), slack.team_id, channel.id, "U0000000001")
    assert found
    assert found.id == claimed.id
    assert found.state in ("sending", "uncertain"), "as soon as the lease is over"
    assert slack.calls_of(POST) == []


async def test_what_is_sent_at_once_waits_for_whoever_looks_first_whether_it_stands_already(
    slack: LocalSlack, channel: Channel, database: Database
) -> None:
    desk = Desk(slack, channel, features_over(database, slack, LATER))
    await desk.plan()
    looked_for = await desk.ledger.claim(verify=True)
    assert looked_for
    assert looked_for.unverified
    sending = asyncio.create_task(desk.worker.send_now(looked_for.id))
    await asyncio.sleep(0.5)
    assert not sending.done()
    assert desk.texts() == []
    await desk.ledger.verified(looked_for)
    async with asyncio.timeout(30):
        found = await sending
    assert found
    assert found.state == "sent"
    assert desk.texts() == expected("2023-06")[:1]


async def test_what_is_sent_at_once_does_not_wait_for_a_look_up_that_failed(
    slack: LocalSlack, channel: Channel, database: Database
) -> None:
    desk = Desk(slack, channel, features_over(database, slack, replace(LATER, lease=60.0)))
    ledger = desk.ledger
    await desk.plan()
    looked_for = await ledger.claim(verify=True)
    assert looked_for
    await ledger.verified(looked_for, wait=60.0)
    async with asyncio.timeout(30):
        found = await desk.worker.send_now(looked_for.id)
    assert found
    assert found.state == "planned"
    assert desk.texts() == []


# What the protocol looks at again


async def test_late_copies_are_looked_for_ten_minutes_and_a_day_later_and_removed(desk: Desk, database: Database) -> None:
    desk.slack.scopes.add("channels:history")
    desk.slack.faults.rate_limited(POST, None)
    await desk.plan("2023-11")
    await desk.work()
    (first, _card), history = desk.slack.posted(desk.channel), "conversations.history"
    for seconds, looks in ((300.0, 0), (301.0, 1), (3600.0, 0), (86400.0, 1), (86400.0, 0)):
        await shift_times(database, -seconds)
        before = len(desk.slack.calls_of(history))
        copy = desk.slack.store(desk.channel, text=first.text, metadata=first.metadata)
        await desk.work()
        assert len(desk.slack.calls_of(history)) - before == looks
        assert copy.deleted == bool(looks)
        if not looks:
            desk.slack.remove(copy)
    assert desk.texts() == expected("2023-11")


async def test_one_attempt_alone_cannot_have_left_a_copy_and_is_not_looked_for(desk: Desk, database: Database) -> None:
    desk.slack.scopes.add("channels:history")
    await desk.plan("2023-11")
    await desk.work()
    before = len(desk.slack.calls_of("conversations.history"))
    for _ in range(3):
        await shift_times(database, -86400.0)
        await desk.work()
    assert len(desk.slack.calls_of("conversations.history")) == before


@pytest.mark.parametrize("when", ["before planning", "before sending", "between the cards"])
async def test_a_backup_from_before_a_post_does_not_post_it_again_where_the_history_may_be_read(
    slack: LocalSlack, channel: Channel, tmp_path: Path, when: str
) -> None:
    slack.scopes.add("channels:history")
    file, backup = tmp_path / "pprnet.db", tmp_path / "backup.db"
    url = Settings.from_env({"PPRNET_DATABASE_URL": f"sqlite:///{file}"}).database_url
    for life in ("first", "restored"):
        database = await Database.open(url)
        desk = Desk(slack, channel, features_over(database, slack, replace(NOW, stale=0.0)))
        await desk.publisher.subscriptions.ensure(slack.team_id, channel.id, "2023-06")

        async def keep(moment: str, life: str = life, database: Database = database) -> None:
            if life == "first" and moment == when:
                async with database.begin() as connection:
                    await connection.execute(text("SELECT 1"))
                source = sqlite3.connect(file)
                with contextlib.closing(source), contextlib.closing(sqlite3.connect(backup)) as target:
                    source.backup(target)

        await keep("before planning")
        await desk.plan()
        await keep("before sending")
        for _ in range(4):
            await desk.worker.work()
        await keep("between the cards")
        await desk.work()
        await database.close()
        assert desk.texts() == expected("2023-06"), life
        if life == "first":
            for name in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
                name.unlink(missing_ok=True)
            backup.replace(file)


async def test_a_month_that_waits_for_a_person_holds_back_later_ones_for_three_days(desk: Desk, database: Database) -> None:
    desk.slack.faults.drop_after(POST)
    await desk.plan()
    await desk.work()
    assert (await states_of(desk))[0] == "manual"
    assert len(desk.slack.calls_of(POST)) == 1
    await shift_times(database, -2 * 86400.0)
    await desk.work()
    assert len(desk.slack.calls_of(POST)) == 1
    assert await desk.ledger.blocking(month_of("2023-12", desk.slack.team_id, desk.channel.id))
    await shift_times(database, -1.1 * 86400.0)
    await desk.work()
    assert desk.texts() == [expected("2023-06")[0], *expected("2023-11")], "its own cards need their thread"
    assert await desk.ledger.blocking(month_of("2023-12", desk.slack.team_id, desk.channel.id)) is None


# The clock


ZONES = ("America/Toronto", "Europe/London", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Chatham", "America/Nuuk")


@functools.cache
def zone_changes(zone: ZoneInfo, before: int = 2041) -> list[datetime]:
    """The hours from 2025 on, up to a year, in which the zone's clocks change."""

    def changes(before: datetime, after: datetime) -> bool:
        return before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset()

    days = (datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=number) for number in itertools.count())
    found = []
    for day, next_day in itertools.pairwise(itertools.takewhile(lambda day: day.year <= before, days)):
        if day.year < before and changes(day, next_day):  # no zone changes twice within a day
            hours = [day + timedelta(hours=number) for number in range(25)]
            found += [hour for hour, after in itertools.pairwise(hours) if changes(hour, after)]
    return found


@pytest.mark.parametrize("name", ZONES)
def test_over_every_change_of_clocks_there_is_time_within_two_days_and_never_before_the_hour(name: str) -> None:
    zone = ZoneInfo(name)
    changes = zone_changes(zone)
    assert len(changes) == 2 * 16
    for change in changes:
        quarters = [change + timedelta(minutes=15 * number) for number in range(-96, 97)]
        for hour in range(24):
            yes = [each for each in quarters if is_time(each, zone, hour)]
            assert yes
            assert min(each.astimezone(zone).hour for each in yes) >= hour
            assert all(each in yes for each in quarters if each.astimezone(zone).hour == hour)


@pytest.mark.parametrize("name", ["America/Toronto", "Australia/Lord_Howe"])
@pytest.mark.parametrize("hour", [1, 2])
async def test_an_hour_that_comes_twice_or_never_posts_once(desk: Desk, name: str, hour: int) -> None:
    zone = ZoneInfo(name)
    autumn_and_spring = zone_changes(zone)[:2]
    now = [autumn_and_spring[0]]
    await desk.publisher.subscriptions.ensure(desk.slack.team_id, desk.channel.id, "2023-11")
    posting = posting_of(desk, zone=zone, hour=hour, now=lambda: now[0])
    for change in autumn_and_spring:
        for minutes in range(-120, 240, 30):
            now[0] = change + timedelta(minutes=minutes)
            await posting.run()
    assert desk.texts() == expected("2023-11")


async def test_before_the_hour_nothing_is_announced_and_from_then_on_once(desk: Desk) -> None:
    zone = ZoneInfo("America/Toronto")
    now = [datetime(2025, 6, 1, 8, 59, tzinfo=zone)]
    await desk.publisher.subscriptions.ensure(desk.slack.team_id, desk.channel.id, "2023-11")
    posting = posting_of(desk, zone=zone, hour=9, now=lambda: now[0])
    await posting.run()
    assert desk.texts() == []
    for jump in (timedelta(minutes=1), timedelta(days=-1), timedelta(days=1), timedelta(hours=1), timedelta(days=40)):
        now[0] += jump
        await posting.run()
        assert desk.texts() == expected("2023-11")


@pytest.mark.parametrize("before", [2027, pytest.param(2033, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", ["America/Toronto", "Pacific/Chatham"])
async def test_over_every_change_of_clocks_and_jump_of_the_clock_each_month_is_posted_once_and_in_order(
    slack: LocalSlack, channel: Channel, tmp_path: Path, name: str, before: int
) -> None:
    """A month arrives on the day of each change from 2025 on; our clock jumps by an hour and by a day, both ways."""
    zone = ZoneInfo(name)
    first = shipped().issues[0].summaries[0]
    months = {f"{change.astimezone(zone):%Y-%m}": change for change in zone_changes(zone, before)}
    database = await Database.open(Settings.from_env({"PPRNET_DATABASE_URL": f"sqlite:///{tmp_path}/z.db"}).database_url)
    features = features_over(database, slack, NOW)
    now, held = [datetime(2025, 1, 1, tzinfo=UTC)], [replace(shipped(), issues=(), fingerprint="none")]
    place = Place(slack.team_id, channel.id, zone, 2)
    posting = Posting(features.publisher, features.worker, features.clubs, lambda: held[0], place, now=lambda: now[0])
    await posting.run()
    for month, change in months.items():
        summary = replace(first, id=f"{first.id}-{month}", issue=month)
        issue = Issue(month, complete=False, subjects=(), summaries=(summary,))
        held[0] = replace(held[0], issues=(issue, *held[0].issues), fingerprint=month)
        jumps = (-3, -1, 0, 1, 2, 1, 26, 25, 1, 25)  # hours from the change: an hour and a day forwards, and back again
        for hours in jumps:
            now[0] = change + timedelta(hours=hours)
            await posting.run()
    await database.close()
    parents = [message.text for message in slack.posted(channel) if not message.is_reply]
    assert len(parents) == len(months) == 2 * (before - 2025)
    assert len(slack.posted(channel)) == 2 * len(months)
    assert all(month_name(month) in text for month, text in zip(months, parents, strict=True))


@pytest.mark.parametrize("hours", [-25, -1, 1, 25])
async def test_a_database_clock_that_jumps_in_the_middle_of_a_month_neither_doubles_nor_drops_a_message(
    desk: Desk, database: Database, hours: int
) -> None:
    await desk.plan()
    await desk.attempt()
    await shift_times(database, hours * 3600.0)
    async with database.begin() as connection:  # what was planned for later is due when its time comes
        await connection.execute(text("UPDATE delivery SET next_at = 0 WHERE state = 'planned'"))
    await desk.work()
    assert desk.texts() == expected("2023-06")


async def test_after_the_bot_was_removed_nothing_is_posted(desk: Desk) -> None:
    await desk.plan()
    job = Job("posting", 20, posting_of(desk).run, when=lambda: False)
    assert await Scheduler([job]).run_once(job) == 20
    assert desk.slack.calls == []


def posting_of(desk: Desk, zone: ZoneInfo = UTC_ZONE, hour: int = 0, now: Callable[[], datetime] = utc_now) -> Posting:
    """The posting job over the shipped corpus."""
    place = Place(desk.slack.team_id, desk.channel.id, zone, hour)
    return Posting(desk.publisher, desk.worker, desk.features.clubs, shipped, place, now=now)


async def shift_times(database: Database, seconds: float) -> None:
    """As if so many seconds (negative: had passed): every time in the ledger moves."""
    columns = ("next_at", "lease_until", "first_try_at", "settle_at", "created_at", "changed_at")
    changes = ", ".join(f"{column} = {column} + {seconds}" for column in columns)
    async with database.begin() as connection:
        await connection.execute(text(f"UPDATE delivery SET {changes}"))


async def states_of(desk: Desk) -> list[str]:
    """The states of the messages of November 2023."""
    return [row.state for row in await desk.ledger.series(month_of("2023-11", desk.slack.team_id, desk.channel.id))]
