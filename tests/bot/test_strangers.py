"""Strangers at the HTTP door: whatever they send unsigned, Slack's own requests are answered and descriptors stay free."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import resource
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground.slack import LocalSlack, User
from bot.server import web
from bot.slack import admission, http
from tests.support.bot import Bot, running
from tests.support.idle import PATIENCE
from tests.support.process import serving
from tests.support.requests import JSON_TYPE, health, post_signed, sender_for
from tests.support.small_corpus import small_corpus

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def bot(slack: LocalSlack, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot over HTTP on a few summaries, with a person."""
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as started:
        slack.add_user("ana")
        yield started


def ana_of(slack: LocalSlack) -> User:
    """The person."""
    return next(user for user in slack.users.values() if user.name == "ana")


def half_a_body(**headers: str) -> bytes:
    """A request that is never finished."""
    lines = {"Host": "x", "Content-Type": JSON_TYPE, "Content-Length": "1000", **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {http.PATH} HTTP/1.1\r\n{head}\r\n{{".encode()


@contextlib.asynccontextmanager
async def lines_to(url: str, number: int, start: bytes = b"") -> AsyncIterator[list[Line]]:
    """Open connections that send this and then say nothing."""
    host, port = url.removeprefix("http://").split(":")
    found = []
    try:
        for _ in range(number):
            found.append(await asyncio.open_connection(host, int(port)))
            found[-1][1].write(start)
        yield found
    finally:
        for _, writer in found:
            writer.close()


async def are_closed(lines: list[Line]) -> None:
    """Wait until the bot has closed all these connections."""
    async with asyncio.timeout(PATIENCE):
        for reader, _ in lines:
            with contextlib.suppress(ConnectionError):
                while await reader.read(65536):
                    pass


async def assert_answers(bot: Bot) -> None:
    """Somebody's command is answered."""
    answer = await bot.say.command("alliance rupture in one session", user=ana_of(bot.slack))
    assert answer.ok
    assert "Practice implications" in answer.message.visible_text


async def test_nothing_is_unpacked_for_anybody(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    bomb = gzip.compress(bytes(200_000_000), 1)[: http.MAX_BODY]
    assert len(bomb) == http.MAX_BODY  # else it would be refused for its length
    for encoding in ("gzip", "deflate", "br", "zstd", "GZIP", "x-gzip", "identity"):
        caplog.clear()
        answer = await bot.say.post(bomb, {"Content-Type": JSON_TYPE, "Content-Encoding": encoding})
        assert (answer.status, answer.text) == (415, "")
        assert [record.getMessage() for record in caplog.records] == ["refused a request: encoded"]
    assert (await post_signed(bot, gzip.compress(b'{"type":"url_verification"}'), Content_Encoding="gzip")).status == 415
    await assert_answers(bot)


@pytest.mark.slow
async def test_half_sent_requests_shut_nobody_out_and_are_given_up(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_once = bot.say.sign(b"x")
    for start in (half_a_body(), half_a_body(**signed_once)):
        monkeypatch.setattr(admission, "BODY_WITHIN", 5.0)
        async with lines_to(bot.url, http.MAX_IN_FLIGHT + 50, start) as lines:
            await assert_answers(bot)
            assert (await health(bot.url))[0] == 200
        await are_closed(lines)
        monkeypatch.setattr(admission, "BODY_WITHIN", 0.2)
        async with lines_to(bot.url, 3, start) as lines:
            assert (await lines[0][0].readline()).startswith(b"HTTP/1.1 408 ")
            await are_closed(lines)


async def test_a_body_that_breaks_off_or_is_badly_framed_is_refused_quietly(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    chunked = f"POST {http.PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzebulonius\r\n".encode()
    for start in (chunked, b"zebulonius\r\n\r\n", b"POST /zebulonius HTTP/9.9\r\n\r\n", half_a_body(Zebulonius="x\x00y")):
        async with lines_to(bot.url, 1, start) as [(reader, _)]:
            assert (await reader.readline())[:13] in (b"HTTP/1.1 400 ", b"HTTP/1.0 400 ")
    async with lines_to(bot.url, 5, half_a_body()):
        pass
    await assert_answers(bot)
    assert "zebulonius" not in caplog.text
    assert all(record.levelname == "WARNING" and record.exc_info is None for record in caplog.records)


@pytest.mark.parametrize("start", [b"", b"POST /slack/ev", half_a_body()[:60], b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"])
async def test_a_connection_that_says_nothing_more_is_closed(
    slack: LocalSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    monkeypatch.setattr(web, "IDLE", 0.3)
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot, lines_to(bot.url, 3, start) as lines:
        await are_closed(lines)


async def test_idle_connections_make_room_for_new_ones_and_cut_off_no_answer(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "MOST", 10)
    release = asyncio.Event()
    team = bot.slack.add_channel("team", [ana_of(bot.slack)])
    bot.slack.faults.delay_after("chat.postMessage", release)
    asked = asyncio.create_task(bot.say.mention("alliance rupture in one session", channel=team, user=ana_of(bot.slack)))
    await bot.slack.until(bot.slack.posted)
    async with lines_to(bot.url, 30) as lines:
        await assert_answers(bot)
        await are_closed(lines[:20])
        release.set()
        assert (await asked).status == 200


@pytest.mark.slow
async def test_more_connections_than_descriptors_leave_the_bot_at_work_and_its_log_short(
    slack: LocalSlack, tmp_path: Path
) -> None:
    slack.add_user("ana")
    async with serving(slack, tmp_path) as process:
        url = await process.ready()
        _, hard = resource.prlimit(process.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(process.process.pid, resource.RLIMIT_NOFILE, (128, hard))
        say = sender_for(slack, url)
        async with lines_to(url, 400):
            for _ in range(3):
                assert (await say.command("alliance rupture in one session", user=ana_of(slack))).ok
        assert (await health(url))[0] == 200
        lines = process.log.count("\n")
        # Fewer than are in use: not even one connection can be taken.
        resource.prlimit(process.process.pid, resource.RLIMIT_NOFILE, (3, hard))
        async with lines_to(url, 20):
            await process.says("no connection can be taken")
            await asyncio.sleep(2.5)  # it is tried again each second
        resource.prlimit(process.process.pid, resource.RLIMIT_NOFILE, (1024, hard))
        assert (await say.command("alliance rupture in one session", user=ana_of(slack))).ok
        assert process.log.count("\n") - lines <= 12
        assert "Traceback" not in process.log
        process.process.terminate()
        assert await process.over() == 0


async def test_slacks_look_at_the_certificate_is_answered_with_200(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    for body in (b"ssl_check=1&token=zebulonius", b"token=zebulonius&ssl_check=1"):
        for headers in ({}, bot.say.sign(body)):
            answer = await bot.say.post(body, {"Content-Type": "application/x-www-form-urlencoded", **headers})
            assert (answer.status, answer.text) == (200, "")
    assert caplog.records == []
    assert (await bot.say.post(b"ssl_check=1&text=" + b"x" * 2_000, {})).status == 401


async def test_a_flood_of_refusals_is_counted_not_logged_line_by_line(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(admission, "LOGGED_A_MINUTE", 5)
    for _ in range(40):
        assert (await bot.say.post(b"{}", {"Content-Type": JSON_TYPE})).status == 401
    assert len(caplog.records) <= 12  # the minute may have ended between
    assert "/health counts them" in caplog.text
    assert (await health(bot.url))[1]["requests_refused"] == {"bad_timestamp": 40}
