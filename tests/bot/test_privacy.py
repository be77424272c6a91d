"""Canaries: made-up words typed into questions, followed through every path. They stand nowhere afterwards."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from pathlib import Path

import pytest

from bot.playground.slack import LocalSlack, Sender, SocketSender
from tests.support.bot import SECRET, Bot, running
from tests.support.database_file import database_bytes
from tests.support.idle import eventually
from tests.support.process import Process, serving
from tests.support.requests import FORM_TYPE, JSON_TYPE, sender_for
from tests.support.seen import shown_to
from tests.support.small_corpus import small_corpus

CANARY = "zebulonius"
QUESTION = f"does an alliance rupture in one session lead to greater symptoms in the next session? {CANARY} walked out."


async def ask_everywhere(say: Sender, slack: LocalSlack) -> None:
    """Type the canary wherever one can type, in ways that work and in ways that do not."""
    ana = slack.add_user("ana")
    team = slack.add_channel("team", [ana])
    answer = await say.command(QUESTION, user=ana, channel=team)
    await say.command(f"{CANARY} {CANARY}", user=ana, channel=team)
    await say.mention(QUESTION, channel=team, user=ana)
    thread = slack.posted(team)[-1].thread_ts
    await say.mention(f"and what about {CANARY}?", channel=team, user=ana, thread_ts=thread)
    await say.mention("more", channel=team, user=ana, thread_ts=thread)
    await say.mention(f"aliance ruptre {CANARY}", channel=team, user=ana)
    await say.mention(f"topic {CANARY}", channel=team, user=ana)
    await say.mention(f"<!channel> <https://{CANARY}.example|{CANARY}> <@U1|{CANARY}> {CANARY}", channel=team, user=ana)
    await say.direct_message(QUESTION, user=ana)
    await say.direct_message(f"{CANARY}?", user=ana)
    await say.direct_message(QUESTION, user=ana, subtype="message_changed", previous_message={"text": QUESTION})
    await say.redeliver()
    await say.event({"type": "reaction_added", "user": ana.id, "item": {"text": CANARY}})
    await say.event({"type": "some_future_event", "text": CANARY})
    shown = (await say.command("alliance rupture in one session", user=ana, channel=team)).message
    await say.press(shown, "Share")
    view = slack.modal(ana)
    await say.submit(view)
    await say.press(shown_to(slack, ana.id)[-1], "Undo")
    await say.press(shown, "Similar")
    await say.message_shortcut("find_related", slack.store(team, text=f"{QUESTION} {CANARY}", user=ana.id), user=ana)
    await say.shortcut("search_research", user=ana)
    await say.message_shortcut(CANARY, slack.store(team, text=QUESTION, user=ana.id), user=ana)
    await say.shortcut(CANARY, user=ana)
    for code in ("internal_error", "restricted_action", "invalid_blocks", "some_new_error"):
        slack.faults.error("chat.postMessage", code)
        await say.mention(QUESTION, channel=team, user=ana)
    slack.faults.drop_after("chat.postMessage")
    await say.mention(QUESTION, channel=team, user=ana)
    if not isinstance(say, SocketSender):  # there it would wait for an acknowledgement that rightly does not come
        slack.faults.rate_limited("chat.postMessage")
        await say.mention(QUESTION, channel=team, user=ana)
    slack.faults.clear()
    assert "Practice implications" in answer.message.visible_text


async def refused_at_the_door(say: Sender) -> None:
    """The canary in requests that are not Slack's."""
    body = f"text={CANARY}".encode()
    await say.post(body, {"Content-Type": FORM_TYPE})
    await say.post(body, {"Content-Type": FORM_TYPE, **say.sign(b"other")})
    await say.post(body, {"Content-Type": FORM_TYPE, **say.sign(body, 1)})
    await say.post(body, {"Content-Type": FORM_TYPE, **say.sign(body)})
    await say.post(f"{{{CANARY}".encode(), {"Content-Type": JSON_TYPE, **say.sign(f"{{{CANARY}".encode())})
    junk = json.dumps({"type": CANARY, "text": CANARY, "team_id": "T0OTHER"}).encode()
    await say.post(junk, {"Content-Type": JSON_TYPE, **say.sign(junk)})
    await say.post(b"", {CANARY: CANARY})


def secrets_of(slack: LocalSlack) -> list[str]:
    """Everything that opens a door: tokens, the signing secret, response_urls, trigger ids."""
    urls = [url.removeprefix(slack.base_url) for url in slack.response_urls]
    return [slack.token, slack.app_token, SECRET, *urls, *slack.triggers]


def assert_clean(where: str, text: str, slack: LocalSlack, *, secrets: bool = True) -> None:
    """No canary and no secret in a text."""
    assert CANARY not in text.casefold(), where
    if secrets:
        for secret in secrets_of(slack):
            assert secret not in text, where


async def test_the_shared_messages_of_a_question_hold_nothing_of_it(bot: Bot) -> None:
    await ask_everywhere(bot.say, bot.slack)
    public = [message for message in bot.slack.posted() if not bot.slack.channels[message.channel].is_im]
    assert len(public) > 5
    assert_clean(
        "what the bot posted in channels", json.dumps([vars(message) for message in public], default=str), bot.slack
    )


async def test_button_values_and_private_metadata_hold_ids_only(bot: Bot) -> None:
    await ask_everywhere(bot.say, bot.slack)
    known = {summary.id for summary in bot.knowledge.corpus.summaries} | {topic.id for topic in bot.knowledge.corpus.topics}
    messages = [m for channel in bot.slack.channels.values() for m in (*channel.messages, *channel.ephemeral) if m.bot_id]
    carried = [control.value for message in messages for control in bot.say.controls(message)]
    # A Save button carries the ids of all that is named in its message, with a sign between.
    values = {part for value in carried for part in value.split()} - {"=", "=?"}
    assert values
    strange = {
        value for value in values if value not in known and not re.fullmatch(r"latest|open|[0-9a-f]{32}", value or "")
    }
    assert strange == set()
    for view in bot.slack.views.values():
        assert_clean("a view", json.dumps(view.spec), bot.slack)
        if view.private_metadata:
            assert json.loads(view.private_metadata).keys() <= {"summary", "channel", "with_buttons", "seal"}


@pytest.mark.parametrize("socket", [False, True], ids=["HTTP", "Socket Mode"])
async def test_the_database_holds_no_word_of_a_question_and_no_secret(
    slack: LocalSlack, tmp_path: Path, socket: bool
) -> None:
    async with running(slack, tmp_path, socket=socket, **small_corpus(tmp_path)) as bot:
        await ask_everywhere(bot.say, slack)
        while_running = database_bytes(tmp_path)
    for content in (while_running, database_bytes(tmp_path)):
        assert b"event:Ev" in content
        assert b"alliance-rupture-next-session" in content
        text = content.decode("latin-1")
        assert_clean("the database", text, slack)
        assert "walked out" not in text


@pytest.mark.parametrize("socket", [False, True], ids=["HTTP", "Socket Mode"])
async def test_no_log_record_at_any_level_holds_a_word_of_a_question_or_a_secret(
    slack: LocalSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture, socket: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(slack, tmp_path, socket=socket, **small_corpus(tmp_path)) as bot:
        await ask_everywhere(bot.say, slack)
        if not socket:
            await refused_at_the_door(bot.say)
        ana = next(user for user in slack.users.values() if user.name == "ana")
        broken = BrokenEngine()
        whole, bot.knowledge.engine = bot.knowledge.engine, broken
        await bot.say.command(QUESTION, user=ana)
        await bot.say.mention(QUESTION, channel=slack.channel_named("team"), user=ana)
        await bot.say.direct_message(QUESTION, user=ana)
        bot.knowledge.engine = whole
        if socket:
            [link] = slack.sockets.connections
            await link.send_str(CANARY)
            await link.send_str(json.dumps({"type": CANARY, "payload": CANARY}))
            lost = asyncio.create_task(slack.send_envelope("events_api", {"team_id": "T0OTHER", "text": CANARY}))
            await eventually(lambda: "refused an envelope" in caplog.text)
            lost.cancel()
    assert "failure reference=" in caplog.text
    records = [f"{record.getMessage()} {record.args!r} {record.exc_text} {record.exc_info}" for record in caplog.records]
    ours = [text for text, record in zip(records, caplog.records, strict=True) if record.name != "asyncio"]
    assert len(ours) > 5
    for text in [*records, caplog.text]:
        assert_clean("the log", text, slack)


class BrokenEngine:
    """Every call of it fails with what was typed in the error."""

    def search(self, text: str, **_: object) -> None:
        """Fail."""
        raise RuntimeError(text)

    def __getattr__(self, name: str) -> None:
        raise RuntimeError(CANARY)


@pytest.mark.slow
async def test_the_log_of_the_process_at_debug_holds_no_word_of_a_question_and_no_secret(
    slack: LocalSlack, tmp_path: Path
) -> None:
    async with serving(slack, tmp_path, PPRNET_LOG_LEVEL="debug") as process:
        say = sender_for(slack, await process.ready())
        await ask_everywhere(say, slack)
        await refused_at_the_door(say)
        await stop(process)
    assert "refused a request: bad_signature" in process.log
    assert "an answer was refused" in process.log
    for helps in (r"a request: kind=command status=200 took \d+ ms", r"a call to Slack: auth.test: ok", r"job posting: \w+"):
        assert re.search(helps, process.log), helps
    assert_clean("the log", process.log, slack)
    assert "Traceback" not in process.log
    assert all(
        re.match(r"\d{4}-\d\d-\d\dT[\d:.]{12}Z (DEBUG|INFO|WARNING|ERROR) ", line) for line in process.log.splitlines()
    )


@pytest.mark.slow
async def test_the_log_of_the_process_over_socket_mode_at_debug_is_as_clean_in_json(
    slack: LocalSlack, tmp_path: Path
) -> None:
    environ = {"SLACK_SIGNING_SECRET": "", "SLACK_APP_TOKEN": slack.app_token}
    environ |= {"PPRNET_LOG_LEVEL": "debug", "PPRNET_LOG_FORMAT": "json"}
    async with serving(slack, tmp_path, **environ) as process:
        await process.says("ready: Socket Mode")
        await ask_everywhere(SocketSender(slack, patience=20), slack)
        await stop(process)
    assert_clean("the log", process.log, slack)
    lines = [json.loads(line) for line in process.log.splitlines()]
    assert all(line.keys() >= {"time", "level", "logger", "message", "place"} for line in lines)
    assert {line["level"] for line in lines} >= {"DEBUG", "INFO"}
    assert_clean("the database", database_bytes(tmp_path).decode("latin-1"), slack)


async def stop(process: Process) -> None:
    """End the process as a deploy does."""
    process.process.terminate()
    assert await process.over() == 0, process.log
