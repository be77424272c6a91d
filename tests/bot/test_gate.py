"""The HTTP door: what is not Slack's own, fresh request for us is refused on its raw bytes, with one constant log line.

The rows are those of the table of Bolt's own answers: it gives 500 to unsigned junk, logs bodies, and serves anybody.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bot.playground.slack import Answer, LocalSlack, Sender, payloads
from tests.support.bot import SECRET, Bot, running
from tests.support.requests import FORM_TYPE, JSON_TYPE, health, post_interaction, post_signed
from tests.support.seen import shown_to
from tests.support.small_corpus import small_corpus

CANARY = "zebulonius"
"""Stands in every body, and must stand in no log line and no answer."""


@pytest.fixture
async def bot(slack: LocalSlack, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot over HTTP on a few summaries, knowing its app id."""
    async with running(slack, tmp_path, PPRNET_APP_ID=slack.app_id, **small_corpus(tmp_path)) as started:
        slack.add_channel("team", [slack.add_user("ana")])
        yield started


def command_body(bot: Bot, text: str = CANARY, **fields: str) -> bytes:
    """The body of a slash command."""
    ana = next(user for user in bot.slack.users.values() if user.name == "ana")
    form = payloads.command_form(bot.slack, ana, bot.slack.channel_named("team"), "/pprnet", text)
    return urlencode(form | fields).encode()


def assert_refused(answer: Answer, caplog: pytest.LogCaptureFixture, status: int, why: str) -> None:
    """Refused without an echo, not to be tried again (but where the clocks differ), and logged in one constant line."""
    assert answer.status == status
    assert answer.text == ""
    assert answer.headers.get("x-slack-no-retry") == (None if why == "stale" else "1")
    assert [(record.name, record.getMessage()) for record in caplog.records] == [
        ("bot.slack.http", f"refused a request: {why}")
    ]
    assert all(record.exc_info is None for record in caplog.records)
    assert CANARY not in caplog.text


JUNK = {
    "no JSON": (JSON_TYPE, b"{zebulonius"),
    "an array": (JSON_TYPE, b'["zebulonius"]'),
    "a string": (JSON_TYPE, b'"zebulonius"'),
    "null": (JSON_TYPE, b"null"),
    "deep nesting": (JSON_TYPE, b"[" * 100_000),
    "bad UTF-8": (JSON_TYPE, b'{"zebulonius": "\xff\xfe"}'),
    "a bogus charset": (JSON_TYPE + "; charset=bogus", b'{"zebulonius": 1}'),
    "a form with a broken payload": (FORM_TYPE, b"payload={zebulonius"),
    "a form with a payload that is no object": (FORM_TYPE, b"payload=[1]"),
    "nothing": (JSON_TYPE, b""),
    "100,000 fields": (FORM_TYPE, b"a&" * 100_000),
    "multipart": ("multipart/form-data; boundary=x", b"--x\r\nzebulonius"),
}


async def test_unsigned_junk_is_refused_unread(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    for content_type, body in JUNK.values():
        caplog.clear()
        answer = await bot.say.post(body, {"Content-Type": content_type})
        assert_refused(answer, caplog, 401, "bad_timestamp")
        caplog.clear()
        answer = await bot.say.post(body, {"Content-Type": content_type, **bot.say.sign(b"something else")})
        assert_refused(answer, caplog, 401, "bad_signature")


async def test_junk_that_is_signed_is_refused_without_a_crash(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    for name, (content_type, body) in JUNK.items():
        if name in ("100,000 fields", "multipart", "a bogus charset"):
            continue  # readable after all, but for nobody: covered below
        caplog.clear()
        answer = await post_signed(bot, body, content_type)
        assert answer.status == (401 if name == "bad UTF-8" else 400), name  # a body that is no text has no signature
        assert len(caplog.records) == 1, name
        assert caplog.records[0].getMessage().startswith("refused a request: ")
        assert CANARY not in caplog.text


async def test_a_missing_or_wrong_signature_is_refused(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    body = command_body(bot)
    good = bot.say.sign(body)
    stamp = good["X-Slack-Request-Timestamp"]
    stranger = Sender(bot.slack, "", "another-secret").sign(body)
    for signature in (
        None,
        "",
        "v0=",
        "v0=" + "0" * 64,
        "v1=" + good["X-Slack-Signature"][3:],
        stranger["X-Slack-Signature"],
        "x" * 4_000,
    ):
        headers = {"Content-Type": FORM_TYPE, "X-Slack-Request-Timestamp": stamp}
        if signature is not None:
            headers["X-Slack-Signature"] = signature
        caplog.clear()
        assert_refused(await bot.say.post(body, headers), caplog, 401, "bad_signature")
    caplog.clear()
    answer = await bot.say.post(body, {"Content-Type": FORM_TYPE, "X-Slack-Signature": good["X-Slack-Signature"]})
    assert_refused(answer, caplog, 401, "bad_timestamp")


async def test_a_body_changed_after_signing_is_refused(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    body = command_body(bot)
    answer = await bot.say.post(body + b"&x=1", {"Content-Type": FORM_TYPE, **bot.say.sign(body)})
    assert_refused(answer, caplog, 401, "bad_signature")


async def test_an_old_or_early_signature_is_refused_and_one_of_some_minutes_is_not(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    body = command_body(bot, "help")
    for shift in (-310, 310, -86_400, 400):
        caplog.clear()
        headers = {"Content-Type": FORM_TYPE, **bot.say.sign(body, int(time.time()) + shift)}
        assert_refused(await bot.say.post(body, headers), caplog, 401, "stale")
    for shift in (-280, 280):
        headers = {"Content-Type": FORM_TYPE, **bot.say.sign(body, int(time.time()) + shift)}
        assert (await bot.say.post(body, headers)).status == 200


async def test_health_tells_of_a_clock_by_which_all_that_slack_sends_is_old(bot: Bot) -> None:
    def signed(shift: float, secret: str = SECRET) -> dict[str, str]:
        return Sender(bot.slack, "", secret).sign(body, int(time.time() + shift))

    body = command_body(bot, "help")
    for _ in range(10):  # a stranger's time means nothing
        assert (await bot.say.post(body, signed(-400, "another-secret"))).status == 401
    assert (await health(bot.url))[0] == 200
    for shift in (-400, -500, 400):
        assert (await bot.say.post(body, signed(shift))).status == 401
    status, found = await health(bot.url)
    assert status == 503
    assert found["troubles"] == [
        "every request of Slack's is refused: the clock of this host is off by more than five minutes"
    ]
    assert (await bot.say.post(body, {"Content-Type": FORM_TYPE, **signed(0)})).status == 200
    assert (await health(bot.url))[0] == 200


async def test_a_timestamp_that_is_none_is_refused(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    body = command_body(bot)
    no_numbers = ("abc", "", "-1", "1e9", "1700000000.5", "9" * 40, "9" * 4_300, "٣" * 10, "１７００００００００")
    for stamp, why in [*((stamp, "bad_timestamp") for stamp in no_numbers), ("9" * 12, "stale"), ("0", "stale")]:
        caplog.clear()
        answer = await bot.say.post(body, {"Content-Type": FORM_TYPE, **bot.say.sign(body, stamp)})
        assert_refused(answer, caplog, 401, why)


async def test_a_signature_that_is_not_ascii_is_refused(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    body = command_body(bot)
    stamp = bot.say.sign(body)["X-Slack-Request-Timestamp"].encode()
    for signature in ("v0=ü".encode(), "v0=ü".encode("latin-1"), b"v0=\xff\xfe", b"\xed\xa0\x80"):
        caplog.clear()
        host, port = bot.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n" % len(body)
        writer.write(
            head + b"X-Slack-Request-Timestamp: " + stamp + b"\r\nX-Slack-Signature: " + signature + b"\r\n\r\n" + body
        )
        status = await reader.readline()
        writer.close()
        assert status.startswith(b"HTTP/1.1 401")
        assert [record.getMessage() for record in caplog.records] == ["refused a request: bad_signature"]


async def test_a_body_over_the_limit_is_refused_signed_or_not(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    body = CANARY.encode() * 30_000
    assert_refused(await bot.say.post(body, {"Content-Type": JSON_TYPE}), caplog, 413, "too_large")
    caplog.clear()
    assert_refused(await post_signed(bot, body), caplog, 413, "too_large")


async def test_a_replayed_command_or_press_is_refused(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    body = command_body(bot, "alliance rupture in one session")
    headers = {"Content-Type": FORM_TYPE, **bot.say.sign(body)}
    assert (await bot.say.post(body, headers)).status == 200
    assert_refused(await bot.say.post(body, headers), caplog, 401, "replay")
    ana = next(user for user in bot.slack.users.values() if user.name == "ana")
    await bot.say.mention("alliance rupture in one session", channel=bot.slack.channel_named("team"), user=ana)
    [card] = bot.slack.posted()
    caplog.clear()
    action = bot.say.controls(card)[1].action
    press = urlencode({"payload": json.dumps(payloads.message_actions(bot.slack, card, action, ana))}).encode()
    headers = {"Content-Type": FORM_TYPE, **bot.say.sign(press)}
    assert (await bot.say.post(press, headers)).status == 200
    assert_refused(await bot.say.post(press, headers), caplog, 401, "replay")
    assert len(shown_to(bot.slack, ana.id)) == 1


async def test_a_redelivered_event_is_acknowledged_even_with_the_same_signature_and_answered_once(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    ana = next(user for user in bot.slack.users.values() if user.name == "ana")
    message = bot.slack.store(
        bot.slack.channel_named("team"), text="<@U0LOCALBOT1> alliance rupture in one session", user=ana.id
    )
    event = payloads.event_envelope(bot.slack, payloads.message_event(bot.slack, message, "app_mention"))
    body = json.dumps(event).encode()
    headers = {"Content-Type": JSON_TYPE, **bot.say.sign(body)}
    for _ in range(3):
        answer = await bot.say.post(body, headers)
        assert (answer.status, answer.text) == (200, "")
    assert len(bot.slack.posted()) == 1
    assert caplog.records == []


async def test_a_request_for_another_workspace_or_app_is_refused(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    ana = next(user for user in bot.slack.users.values() if user.name == "ana")
    message = bot.slack.store(bot.slack.channel_named("team"), text=f"<@U0LOCALBOT1> {CANARY}", user=ana.id)
    event = payloads.event_envelope(bot.slack, payloads.message_event(bot.slack, message, "app_mention"))
    elsewhere = {"team_id": "T0OTHER", "authorizations": [{"team_id": "T0OTHER"}]}
    shortcut = payloads.shortcut(bot.slack, "x", ana)
    bodies = {
        "command, team": (FORM_TYPE, command_body(bot, team_id="T0OTHER")),
        "command, app": (FORM_TYPE, command_body(bot, api_app_id="A0OTHER")),
        "event, team": (JSON_TYPE, json.dumps(event | elsewhere).encode()),
        "event, app": (JSON_TYPE, json.dumps(event | {"api_app_id": "A0OTHER"}).encode()),
        "press, team": (FORM_TYPE, urlencode({"payload": json.dumps(shortcut | {"team": {"id": "T0OTHER"}})}).encode()),
        "press, app": (FORM_TYPE, urlencode({"payload": json.dumps(shortcut | {"api_app_id": "A0OTHER"})}).encode()),
        "a team that is none": (
            JSON_TYPE,
            json.dumps({"type": "event_callback", "event": {"type": "x", "team_id": ["T"]}}).encode(),
        ),
        "nobody": (JSON_TYPE, json.dumps({"type": "event_callback", "event": {"type": "app_mention"}}).encode()),
    }
    for name, (content_type, body) in bodies.items():
        caplog.clear()
        answer = await post_signed(bot, body, content_type)
        assert answer.status == 403, name
        assert_refused(answer, caplog, 403, "other_workspace_or_app")
    assert bot.slack.posted() == []


async def test_an_event_from_a_shared_channel_that_names_our_installation_is_let_in(bot: Bot) -> None:
    ana = next(user for user in bot.slack.users.values() if user.name == "ana")
    message = bot.slack.store(
        bot.slack.channel_named("team"), text="<@U0LOCALBOT1> alliance rupture in one session", user=ana.id
    )
    event = payloads.message_event(bot.slack, message, "app_mention")
    assert (await bot.say.event(event, team_id="T0PARTNER", is_ext_shared_channel=True)).status == 200
    [note] = bot.slack.channel_named("team").seen_by(ana.id)
    assert "shared with another organisation" in note.text


async def test_bolts_own_switches_in_the_headers_are_not_obeyed(bot: Bot) -> None:
    for name in ("X_Slack_Bolt_Lazy_Only", "X_Slack_Bolt_Lazy_Function_Name", "X-Slack-Bolt-Lazy-Only"):
        answer = await post_signed(bot, command_body(bot, "help"), FORM_TYPE, **{name: "1"})
        assert answer.status == 200
        assert "Ask me about psychotherapy research" in answer.text


async def test_an_event_that_is_none_is_refused(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    for event in (None, {}, [], "text", 7, {"type": None}, {"type": 7}):
        caplog.clear()
        assert_refused(await bot.say.event(event), caplog, 400, "unreadable")  # type: ignore[arg-type]


async def test_an_event_without_its_parts_is_acknowledged_and_dropped(bot: Bot) -> None:
    for event in ({"type": "app_mention"}, {"type": "message"}, {"type": ""}, {"type": "tokens_revoked"}):
        assert (await bot.say.event(event)).status == 200, event
    assert bot.slack.posted() == []


async def test_a_press_without_its_action_is_refused(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    ana = next(user for user in bot.slack.users.values() if user.name == "ana")
    await bot.say.direct_message("alliance rupture in one session", user=ana)
    [card] = bot.slack.posted()
    for actions in ([], None, "x", [None], {}):
        caplog.clear()
        payload = payloads.message_actions(bot.slack, card, {}, ana) | {"actions": actions}
        assert_refused(await post_interaction(bot, payload), caplog, 400, "unreadable")


async def test_a_press_of_an_odd_action_is_acknowledged_and_of_none_refused(bot: Bot) -> None:
    ana = next(user for user in bot.slack.users.values() if user.name == "ana")
    await bot.say.direct_message("alliance rupture in one session", user=ana)
    [card] = bot.slack.posted()
    share = {"type": "button", "action_id": "share"}
    odd = {"no value": share, "no such button": {**share, "action_id": ""}, "no such kind": {**share, "type": "x"}}
    none: dict[str, dict[str, object]] = {
        "nothing": {},
        "no id": {"type": "button"},
        "no kind": {"action_id": "share"},
        "a number": {**share, "action_id": 7},
        "a number for a value": {**share, "value": 7},
    }
    for name, action in {**odd, **none}.items():
        payload = payloads.message_actions(bot.slack, card, {}, ana) | {"actions": [action]}
        assert (await post_interaction(bot, payload)).status == (200 if name in odd else 400), name


async def test_the_challenge_of_a_new_request_url_is_answered_when_it_is_signed(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    body = json.dumps({"type": "url_verification", "token": "t", "challenge": CANARY}).encode()
    answer = await post_signed(bot, body)
    assert answer.status == 200
    assert CANARY in answer.text
    assert_refused(await bot.say.post(body, {"Content-Type": JSON_TYPE}), caplog, 401, "bad_timestamp")


async def test_nothing_that_slack_may_send_is_ever_answered_with_404(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    ana = next(user for user in bot.slack.users.values() if user.name == "ana")
    for kind in ("app_home_opened", "reaction_added", "link_shared", "team_join", "some_future_event", "function_executed"):
        assert (await bot.say.event({"type": kind, "user": ana.id, "text": CANARY})).status == 200, kind
    assert (await bot.say.home_opened(ana, "messages")).status == 200
    assert (await bot.say.event({"type": "message", "channel": "C1"}, type="event_callback")).status == 200
    assert (
        await post_signed(
            bot,
            json.dumps({"type": "app_rate_limited", "team_id": bot.slack.team_id, "api_app_id": bot.slack.app_id}).encode(),
        )
    ).status == 200
    other = await post_signed(bot, command_body(bot, command="/pprnet-old"), FORM_TYPE)
    assert other.status == 200
    assert "/pprnet" in other.text
    assert (await bot.say.shortcut("old_shortcut", user=ana)).status == 200
    message = bot.slack.store(bot.slack.channel_named("team"), text=CANARY, user=ana.id)
    assert (await bot.say.message_shortcut("old_shortcut", message, user=ana)).status == 200
    base = payloads.shortcut(bot.slack, "x", ana)
    view = {"id": "V1", "callback_id": "old", "state": {"values": {}}, "private_metadata": "", "type": "modal"}
    for kind in ("view_submission", "view_closed"):
        assert (await post_interaction(bot, base | {"type": kind, "view": view})).status == 200, kind
    for kind in (
        "block_suggestion",
        "interactive_message",
        "dialog_submission",
        "dialog_cancellation",
        "dialog_suggestion",
        "some_future_kind",
    ):
        payload = base | {
            "type": kind,
            "action_id": "a",
            "block_id": "b",
            "value": CANARY,
            "callback_id": "c",
            "actions": [{"name": "x"}],
        }
        assert (await post_interaction(bot, payload)).status == 200, kind
    assert CANARY not in caplog.text
    assert bot.slack.posted() == []


async def test_other_paths_and_methods_are_not_served(bot: Bot) -> None:
    body = command_body(bot)
    elsewhere = Sender(bot.slack, f"{bot.url}/slack/install", SECRET)
    assert (await elsewhere.post(body, elsewhere.sign(body))).status == 404
    assert (await bot.say.post(b"", {})).status == 401


async def test_ten_thousand_bad_bytes_of_newlines_cannot_forge_a_log_line(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    body = b"\r\n2026-01-01 INFO bot.serve: ready\r\n" * 300
    for _ in range(5):
        await bot.say.post(body, {"Content-Type": JSON_TYPE, **bot.say.sign(b"")})
    assert [record.getMessage() for record in caplog.records] == ["refused a request: bad_signature"] * 5
