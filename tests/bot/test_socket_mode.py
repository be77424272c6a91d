"""Socket Mode: the same bot through links that it opens itself, and that Slack renews, drops and sends again on."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.playground.slack import LocalSlack, User, payloads
from bot.slack import socket_mode
from tests.support.bot import Bot, running
from tests.support.idle import PATIENCE, eventually
from tests.support.requests import health
from tests.support.seen import shown_to
from tests.support.small_corpus import small_corpus

OPEN, MANY = "apps.connections.open", 100_000


@pytest.fixture
async def bot(slack: LocalSlack, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot over Socket Mode on a few summaries, with a person and a channel."""
    async with running(slack, tmp_path, socket=True, **small_corpus(tmp_path)) as started:
        slack.add_channel("team", [slack.add_user("ana")])
        yield started


def ana_of(bot: Bot) -> User:
    """The person."""
    return next(user for user in bot.slack.users.values() if user.name == "ana")


async def new_link(bot: Bot, old: object) -> None:
    """Wait until the bot has opened another link than this one."""
    sockets = bot.slack.sockets
    await bot.slack.until(lambda: old not in sockets.connections and len(sockets.connections) == 1, seconds=30)


async def test_a_command_is_answered_in_the_acknowledgement_of_its_envelope(bot: Bot) -> None:
    answer = await bot.say.command(
        "alliance rupture in one session", user=ana_of(bot), channel=bot.slack.channel_named("team")
    )
    assert answer.ok
    assert answer.body["response_type"] == "ephemeral"
    assert "Practice implications" in answer.message.visible_text
    [envelope] = bot.slack.sockets.envelopes
    assert len(envelope.acks) == 1


async def test_a_mention_is_answered_before_its_envelope_is_acknowledged(bot: Bot) -> None:
    release = asyncio.Event()
    bot.slack.faults.delay_after("chat.postMessage", release)
    team = bot.slack.channel_named("team")
    task = asyncio.create_task(bot.say.mention("alliance rupture in one session", channel=team, user=ana_of(bot)))
    await bot.slack.until(bot.slack.posted)
    assert len(bot.slack.sockets.unacked) == 1
    release.set()
    assert (await task).ok
    [reply] = bot.slack.posted(team)
    assert reply.thread_ts
    assert bot.slack.sockets.unacked == []


async def test_buttons_modals_and_sharing_work(bot: Bot) -> None:
    ana, team = ana_of(bot), bot.slack.channel_named("team")
    answer = await bot.say.command("alliance rupture in one session", user=ana, channel=team)
    assert (await bot.say.press(answer.message, "Similar")).ok
    assert "More like" in shown_to(bot.slack, ana.id)[-1].visible_text
    assert (await bot.say.press(answer.message, "Details")).ok
    assert "Citation" in bot.slack.modal(ana).visible_text
    assert (await bot.say.press(answer.message, "Share")).ok
    done = await bot.say.submit(bot.slack.modal(ana))
    assert done.ok
    assert done.view is None
    assert len(bot.slack.posted(team)) == 1
    far = bot.slack.add_channel("far", [ana], with_bot=False)
    await bot.say.press(answer.message, "Share")
    refused = await bot.say.submit(bot.slack.modal(ana), {"share_in": {"share_channel": far.id}})
    assert "/invite @PPRNet" in refused.errors["share_in"]


async def test_many_envelopes_at_once_are_each_answered_once(bot: Bot) -> None:
    team = bot.slack.channel_named("team")
    answers = await asyncio.gather(
        *(bot.say.mention("alliance rupture in one session", channel=team, user=ana_of(bot)) for _ in range(20))
    )
    assert all(answer.ok for answer in answers)
    assert len({reply.thread_ts for reply in bot.slack.posted(team)}) == len(bot.slack.posted(team)) == 20


async def test_when_slack_renews_the_link_the_bot_goes_on_over_the_new_one(bot: Bot) -> None:
    for reason in ("warning", "refresh_requested"):
        [old] = bot.slack.sockets.connections
        await bot.slack.sockets.send_disconnect(reason)
        await new_link(bot, old)
        answer = await bot.say.command("alliance rupture in one session", user=ana_of(bot))
        assert answer.ok
        assert (await health(bot.url))[0] == 200


@pytest.fixture
def notices_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot checks its link more often than in life."""
    monkeypatch.setattr(socket_mode, "PING", 0.5)


@pytest.mark.usefixtures("notices_soon")
async def test_after_a_link_is_cut_the_bot_comes_back_and_an_envelope_sent_again_is_handled_once(bot: Bot) -> None:
    team = bot.slack.channel_named("team")
    release = asyncio.Event()
    bot.slack.faults.delay_after("chat.postMessage", release)
    lost = asyncio.create_task(bot.say.mention("alliance rupture in one session", channel=team, user=ana_of(bot)))
    await bot.slack.until(bot.slack.posted)
    [envelope] = bot.slack.sockets.unacked
    [old] = bot.slack.sockets.connections
    bot.slack.sockets.drop_connections()
    await bot.slack.until(lambda: not bot.slack.sockets.connections)
    release.set()
    await new_link(bot, old)
    lost.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await lost
    await bot.slack.resend(envelope)
    assert len(bot.slack.posted(team)) == 1
    assert (await bot.say.command("alliance rupture in one session", user=ana_of(bot))).ok


async def test_an_envelope_for_another_workspace_or_app_is_dropped(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    ana, team = ana_of(bot), bot.slack.channel_named("team")
    message = bot.slack.store(team, text="<@U0LOCALBOT1> zebulonius", user=ana.id)
    event = payloads.event_envelope(bot.slack, payloads.message_event(bot.slack, message, "app_mention"))
    elsewhere = event | {"team_id": "T0OTHER", "authorizations": [{"team_id": "T0OTHER"}]}
    form = payloads.command_form(bot.slack, ana, team, "/pprnet", "zebulonius")
    strangers = [
        ("events_api", elsewhere),
        ("events_api", event | {"api_app_id": "A0OTHER"}),
        ("slash_commands", form | {"team_id": "T0OTHER"}),
        ("interactive", payloads.shortcut(bot.slack, "x", ana) | {"team": {"id": "T0OTHER"}}),
    ]
    for number, (kind, payload) in enumerate(strangers, 1):
        sent = asyncio.create_task(bot.slack.send_envelope(kind, payload))
        await eventually(lambda number=number: len(caplog.records) >= number)
        sent.cancel()
    assert [record.getMessage() for record in caplog.records] == ["refused an envelope: other_workspace_or_app"] * 4
    assert (await bot.say.command("help", user=ana)).ok
    assert len(bot.slack.sockets.unacked) == 4
    assert bot.slack.posted() == []
    assert "zebulonius" not in caplog.text


async def test_broken_envelopes_do_no_harm(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    [link] = bot.slack.sockets.connections
    event = payloads.event_envelope(bot.slack, {"type": "app_mention", "text": "zebulonius"})
    for raw in (
        "zebulonius",
        "[]",
        "null",
        '{"type": "events_api"}',
        '{"type": "zebulonius", "envelope_id": "1", "payload": {}}',
        '{"type": "events_api", "envelope_id": "2", "payload": null}',
        '{"type": "events_api", "envelope_id": "3", "payload": ["zebulonius"]}',
    ):
        await link.send_str(raw)
    for event_part in (None, [], "zebulonius", {}, {"type": "app_mention", "user": "U1"}):
        sent = asyncio.create_task(bot.slack.send_envelope("events_api", event | {"event": event_part}))
        await bot.say.command("help", user=ana_of(bot))
        sent.cancel()
    assert (await bot.say.command("alliance rupture in one session", user=ana_of(bot))).ok
    assert bot.slack.sockets.connections == [link]
    assert "zebulonius" not in caplog.text


async def test_health_tells_whether_the_socket_stands(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, socket=True, **small_corpus(tmp_path)) as bot:
        assert (await health(bot.url))[0] == 200
        slack.faults.error("apps.connections.open", "internal_error", times=1000)
        [_] = slack.sockets.connections
        slack.sockets.drop_connections()
        await slack.until(lambda: not slack.sockets.connections)
        async with asyncio.timeout(PATIENCE):
            while (found := await health(bot.url))[0] == 200:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        [trouble] = found[1]["troubles"]
        assert trouble.startswith("the socket to Slack is not connected: ")
        slack.faults.clear()


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot waits shorter than in life."""
    monkeypatch.setattr(socket_mode, "STEP", 0.2)
    monkeypatch.setattr(socket_mode, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(socket_mode, "LONGEST_PAUSE", 0.1)


OUTAGES: dict[str, tuple[Callable[[LocalSlack], object], str]] = {
    "no address": (lambda slack: slack.faults.error(OPEN, "internal_error", times=MANY), "internal_error"),
    "an address that hangs": (lambda slack: slack.faults.delay_before(OPEN, 60.0, times=MANY), "timed out"),
    "an address refused for now": (lambda slack: slack.faults.rate_limited(OPEN, 0, times=MANY), "ratelimited"),
    "an address cut off": (lambda slack: slack.faults.drop_before(OPEN, times=MANY), "ServerDisconnectedError"),
    "an address that is a page": (lambda slack: slack.faults.http(OPEN, 502, times=MANY), "unreadable"),
    "a token that Slack refuses": (
        lambda slack: slack.faults.error(OPEN, "invalid_auth", times=MANY),
        "Slack refuses SLACK_APP_TOKEN (invalid_auth)",
    ),
    **{
        f"a handshake answered with {status}": (
            lambda slack, status=status: slack.faults.http("socket", status, times=MANY),
            f"the handshake was answered with {status}",
        )
        for status in (404, 408, 500, 503)
    },
    "a handshake cut off": (lambda slack: slack.faults.drop_before("socket", times=MANY), "ServerDisconnectedError"),
    "a handshake that hangs": (lambda slack: slack.faults.delay_before("socket", 60.0, times=MANY), "timed out"),
    "no hello": (lambda slack: setattr(slack.sockets, "greets", False), "timed out"),
}
"""What can be wrong with opening a link, and the reason that /health gives."""


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(("outage", "reason"), OUTAGES.values(), ids=OUTAGES)
async def test_whatever_is_wrong_with_opening_a_link_the_bot_is_back_when_slack_is(
    bot: Bot, caplog: pytest.LogCaptureFixture, outage: Callable[[LocalSlack], object], reason: str
) -> None:
    slack = bot.slack
    outage(slack)
    slack.sockets.drop_connections()
    async with asyncio.timeout(PATIENCE):
        while reason not in str((found := await health(bot.url))[1]["troubles"]):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert found[0] == 503
    assert found[1]["outside"]["slack_socket"]["state"] == "failing"
    await eventually(lambda: len(slack.calls_of(OPEN)) >= 4)  # a new address is asked for each time
    slack.faults.clear()
    slack.sockets.greets = True
    for connection in list(slack.sockets.connections):
        await connection.close()
    async with asyncio.timeout(PATIENCE):
        while (await health(bot.url))[0] != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert (await bot.say.command("help", user=ana_of(bot))).ok
    assert "ticket=" not in caplog.text
    assert slack.base_url.removeprefix("http") not in caplog.text


async def test_a_first_link_that_cannot_be_opened_is_tried_again_with_another_address(
    slack: LocalSlack, tmp_path: Path
) -> None:
    slack.faults.http("socket", 404, times=2)
    async with running(slack, tmp_path, socket=True, **small_corpus(tmp_path)) as bot:
        assert (await health(bot.url))[0] == 200
    assert len(slack.calls_of(OPEN)) == 3


def test_slack_is_back_within_five_seconds_of_being_well() -> None:
    assert socket_mode.LONGEST_PAUSE <= 5
    assert socket_mode.STEP <= 5


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "too_many_websockets", "link_disabled"])
async def test_links_that_slack_ends_at_once_are_opened_with_growing_pauses(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, reason: str
) -> None:
    monkeypatch.setattr(socket_mode, "FIRST_PAUSE", 0.05)
    slack, began = bot.slack, len(bot.slack.calls_of(OPEN))
    slack.sockets.ends_new_ones = reason
    started = time.monotonic()
    await slack.sockets.send_disconnect(reason)
    await eventually(lambda: len(slack.calls_of(OPEN)) >= began + 5)
    assert time.monotonic() - started > 0.35, "four openings need three pauses: 0.05, 0.1 and 0.2 s"
    assert f"Slack ended a new link ({reason})" in caplog.text
    slack.sockets.ends_new_ones = None
    await eventually(lambda: slack.sockets.connections)
    assert (await bot.say.command("help", user=ana_of(bot))).ok


async def test_a_link_is_renewed_without_a_gap(bot: Bot) -> None:
    [old] = bot.slack.sockets.connections
    await bot.slack.sockets.send_disconnect("warning", close=False)
    await bot.slack.sockets.wait_for_connections(2, seconds=PATIENCE)
    for _ in range(20):  # connections take turns
        assert (await bot.say.command("help", user=ana_of(bot))).ok
        assert (await health(bot.url))[0] == 200
    assert old in bot.slack.sockets.connections, "Slack may still send something over it: closing it is left to Slack"
    await old.close()
    await new_link(bot, old)
    assert (await bot.say.command("help", user=ana_of(bot))).ok


async def test_a_renewed_link_that_slack_forgets_is_closed_by_the_bot(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_mode, "LEFT_OPEN", 0.1)
    [old] = bot.slack.sockets.connections
    await bot.slack.sockets.send_disconnect("warning", close=False)
    await new_link(bot, old)
    assert (await bot.say.command("help", user=ana_of(bot))).ok


async def test_on_stop_what_is_in_hand_is_answered_and_acknowledged(slack: LocalSlack, tmp_path: Path) -> None:
    release = asyncio.Event()
    async with running(slack, tmp_path, socket=True, **small_corpus(tmp_path)) as bot:
        team = slack.add_channel("team", [slack.add_user("ana")])
        slack.faults.delay_after("chat.postMessage", release, times=5)
        tasks = [
            asyncio.create_task(bot.say.mention("alliance rupture in one session", channel=team, user=ana_of(bot)))
            for _ in range(5)
        ]
        await slack.until(lambda: len(slack.posted()) == 5)
        asyncio.get_running_loop().call_soon(release.set)
    assert all(answer.ok for answer in await asyncio.gather(*tasks))
    assert slack.sockets.unacked == []
    assert slack.sockets.connections == []
