"""What /live, /ready and /health say of a running bot: while it starts, in fifteen induced troubles, and after each."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.approval.own_summaries import OwnWorker
from bot.paths import default_root
from bot.playground.slack import LocalSlack
from bot.playground.slack.faults import ANY_METHOD
from bot.publishing import scheduler
from bot.server import health as health_page
from bot.server import jobs
from bot.server.run import run
from bot.settings import Settings
from bot.slack import channel_check, client, socket_mode
from tests.support.bot import SECRET, Bot, running
from tests.support.database_file import sql
from tests.support.idle import PATIENCE
from tests.support.postgresql import PostgreSQL
from tests.support.process import free_port
from tests.support.proxy import Proxy
from tests.support.requests import sender_for
from tests.support.small_corpus import small_corpus

MANY = 100_000
WELL = {"status": "ok", "troubles": []}
flows = asyncio.Event()
"""While it is set, the job for summaries of the team's own goes on."""


async def get(url: str, page: str) -> tuple[int, dict[str, Any]]:
    """What a page for monitoring says."""
    async with aiohttp.ClientSession() as session, session.get(f"{url}/{page}") as response:
        return response.status, await response.json()


async def until(url: str, page: str, status: int, said: str = "") -> dict[str, Any]:
    """Wait until a page has this status, with these words among its troubles; its answer."""
    found, answer = 0, {"troubles": []}
    async with asyncio.timeout(PATIENCE):
        while True:
            with contextlib.suppress(aiohttp.ClientConnectionError):  # it does not listen yet
                found, answer = await get(url, page)
            if found == status and said in " | ".join(answer["troubles"]):
                return answer
            await asyncio.sleep(0.05)


@dataclass(frozen=True)
class Trouble:
    """A trouble: how it is induced (and ended at the end of the block), what /ready says (nothing: it is ready), and
    what /health says.
    """

    induce: Callable[[Bot, Path], Any]
    health: str
    ready: str = ""


async def shows(bot: Bot, folder: Path, trouble: Trouble) -> None:
    """Induce a trouble, see it on all pages, and end it."""
    async with trouble.induce(bot, folder):
        await until(bot.url, "health", 503, trouble.health)
        if trouble.ready:
            await until(bot.url, "ready", 503, trouble.ready)
        else:
            assert (await get(bot.url, "ready")) == (200, WELL)
        assert (await get(bot.url, "live")) == (200, WELL)
    await until(bot.url, "ready", 200)


@asynccontextmanager
async def error(bot: Bot, method: str, code: str) -> AsyncIterator[None]:
    """A method of Slack's that always fails with a code."""
    bot.slack.faults.error(method, code, times=MANY)
    yield
    bot.slack.faults.clear()


@asynccontextmanager
async def hangs(bot: Bot, _folder: Path) -> AsyncIterator[None]:
    """Slack takes calls and answers none."""
    bot.slack.faults.delay_before(ANY_METHOD, 60.0, times=MANY)
    yield
    bot.slack.faults.clear()


@asynccontextmanager
async def revoked(bot: Bot, _folder: Path) -> AsyncIterator[None]:
    """A token that Slack takes no longer, without an event that says so."""
    bot.slack.token_state = "revoked"
    yield
    bot.slack.token_state = "active"


@asynccontextmanager
async def uninstalled(bot: Bot, _folder: Path) -> AsyncIterator[None]:
    """The app removed from its workspace, and installed again."""
    bot.slack.token_state = "inactive"
    await bot.say.event({"type": "app_uninstalled"})
    yield
    bot.slack.token_state = "active"


@asynccontextmanager
async def channel_that_is(bot: Bot, *, gone: bool = False, left: bool = False) -> AsyncIterator[None]:
    """The operator's channel gone, or left by the bot."""
    channel = bot.slack.channels[str(bot.settings.channel)]
    if gone:
        del bot.slack.channels[channel.id]
    if left:
        channel.members.remove(bot.slack.bot_user_id)
    yield
    bot.slack.channels[channel.id] = channel
    if left:
        channel.members.add(bot.slack.bot_user_id)


@asynccontextmanager
async def faulty_library(_bot: Bot, folder: Path) -> AsyncIterator[None]:
    """A file of the library that cannot be read."""
    file = folder / "small" / "issues" / "2024-01.yaml"
    file.write_text("a: [", "utf-8")
    yield
    file.unlink()


@asynccontextmanager
async def library_gone(_bot: Bot, folder: Path) -> AsyncIterator[None]:
    """The library's folder gone."""
    (folder / "small").rename(folder / "gone")
    yield
    (folder / "gone").rename(folder / "small")


@asynccontextmanager
async def table_gone(_bot: Bot, folder: Path) -> AsyncIterator[None]:
    """A table that one job alone needs, gone."""
    await sql(folder, "ALTER TABLE club RENAME TO elsewhere")
    yield
    await sql(folder, "ALTER TABLE elsewhere RENAME TO club")


@asynccontextmanager
async def not_writable(_bot: Bot, folder: Path) -> AsyncIterator[None]:
    """A database that can be read but not written."""
    await sql(folder, "ALTER TABLE claim RENAME TO elsewhere")
    yield
    await sql(folder, "ALTER TABLE elsewhere RENAME TO claim")


@asynccontextmanager
async def job_hangs(_bot: Bot, _folder: Path) -> AsyncIterator[None]:
    """A job that does not come to an end."""
    flows.clear()
    yield
    flows.set()


@asynccontextmanager
async def wrong_clock(bot: Bot, _folder: Path) -> AsyncIterator[None]:
    """Every request of Slack's old by this host's clock, until one is not."""
    for ago in (400, 500, 600):
        signed = bot.say.sign(b"command=/pprnet", int(time.time()) - ago)  # type: ignore[union-attr]
        await bot.say.post(b"command=/pprnet", signed)  # type: ignore[union-attr]
    yield
    assert (await bot.say.command("help", user=bot.slack.add_user("ana"))).ok


@asynccontextmanager
async def month_refused(bot: Bot, folder: Path, code: str) -> AsyncIterator[None]:
    """A new month that Slack does not take in the operator's channel."""
    bot.slack.faults.error("chat.postMessage", code, times=MANY)
    shutil.copy(default_root() / "issues" / "2023-12.yaml", folder / "small" / "issues" / "2023-12.yaml")
    yield
    bot.slack.faults.clear()


@asynccontextmanager
async def socket_down(bot: Bot, _folder: Path) -> AsyncIterator[None]:
    """Slack ends the link and gives no address of another."""
    bot.slack.faults.error("apps.connections.open", "internal_error", times=MANY)
    bot.slack.sockets.drop_connections()
    yield
    bot.slack.faults.clear()


WITH_SLACK = "Slack's Web API: "
HTTP: dict[str, Trouble] = {
    "the token is revoked, and no event says so": Trouble(
        revoked, "Slack refuses SLACK_BOT_TOKEN (token_revoked)", "Slack refuses SLACK_BOT_TOKEN (token_revoked)"
    ),
    "the app is removed": Trouble(
        uninstalled, "the app was removed from the workspace", "the app was removed from the workspace"
    ),
    "Slack fails": Trouble(
        lambda bot, _folder: error(bot, ANY_METHOD, "internal_error"),
        f"{WITH_SLACK}internal_error",
        f"{WITH_SLACK}internal_error",
    ),
    "Slack does not answer": Trouble(hangs, f"{WITH_SLACK}timed out", f"{WITH_SLACK}timed out"),
    "the clock of the host is wrong": Trouble(wrong_clock, "the clock of this host is off", "the clock of this host is off"),
    "the channel does not exist": Trouble(
        lambda bot, _folder: channel_that_is(bot, gone=True), "PPRNET_CHANNEL: it does not exist"
    ),
    "the bot is not in the channel": Trouble(
        lambda bot, _folder: channel_that_is(bot, left=True), "PPRNET_CHANNEL: the bot is not in it"
    ),
    "a file of the library has a fault": Trouble(faulty_library, "2024-01.yaml"),
    "the library is gone": Trouble(library_gone, "the library's files: "),
    "a job fails": Trouble(table_gone, "the job posting has failed"),
    "a job is late": Trouble(job_hangs, "the job own summaries has not finished for"),
    "the database cannot be written": Trouble(
        not_writable,
        "the database: it cannot be written: it failed (no such table: claim)",
        "the database: it cannot be written",
    ),
    # The last one: what failed stays failed for a week.
    "a message failed for good": Trouble(
        lambda bot, folder: month_refused(bot, folder, "msg_too_long"), "could not be posted in the last seven days"
    ),
}
SOCKET: dict[str, Trouble] = {
    "the socket is down": Trouble(
        socket_down, "the socket to Slack is not connected: ", "the socket to Slack is not connected: "
    ),
    "posts in the channel are refused": Trouble(
        lambda bot, folder: month_refused(bot, folder, "not_in_channel"),
        "PPRNET_CHANNEL: nothing can be posted there (not_in_channel)",
    ),
}


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all that is waited for in life be noticed soon, and the job for summaries of the team's own wait at will."""
    flows.set()
    write = OwnWorker.write

    async def when_it_flows(self: OwnWorker) -> bool:
        await flows.wait()
        return await write(self)

    monkeypatch.setattr(OwnWorker, "write", when_it_flows)
    monkeypatch.setattr(client, "TIMEOUT", 0.3)
    monkeypatch.setattr(jobs, "PROBE_EVERY", 0.1)
    monkeypatch.setattr(channel_check, "EVERY", 0.1)
    monkeypatch.setattr(scheduler, "LATE_AT_LEAST", 2.0)
    monkeypatch.setattr(health_page, "WRITE_EVERY", 0.0)
    monkeypatch.setattr(socket_mode, "STEP", 0.3)
    monkeypatch.setattr(socket_mode, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(socket_mode, "LONGEST_PAUSE", 0.1)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("troubles", [HTTP, SOCKET], ids=["HTTP", "Socket Mode"])
async def test_each_trouble_shows_with_its_reason_and_goes(
    slack: LocalSlack, tmp_path: Path, troubles: dict[str, Trouble]
) -> None:
    slack.scopes.add("channels:history")
    team = slack.add_channel("team", [slack.add_user("ana")])
    environ = {**small_corpus(tmp_path), "PPRNET_CHANNEL": team.id, "PPRNET_POST_HOUR": "0"}
    async with running(slack, tmp_path, socket=troubles is SOCKET, tick=0.1, **environ) as bot:
        await bot.idle()  # from here on the channel gets each new month
        *passing, last = troubles
        for name in passing:
            await shows(bot, tmp_path, troubles[name])
            await until(bot.url, "health", 200)
        await shows(bot, tmp_path, troubles[last])


@pytest.mark.usefixtures("soon")
async def test_a_clock_that_is_off_shows_before_anyone_asks_anything(
    slack: LocalSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SILENT", 0.0)  # Slack is asked all the time
    said = "every request of Slack's is refused: the clock of this host is off by more than five minutes"
    slack.clock = lambda: time.time() + 901
    async with running(slack, tmp_path, tick=0.1, **small_corpus(tmp_path)) as bot:
        await until(bot.url, "health", 503, said)
        await until(bot.url, "ready", 503, said)
        assert said in caplog.text
        slack.clock = time.time
        await until(bot.url, "health", 200)
    slack.clock = lambda: time.time() + 901
    async with running(slack, tmp_path, tick=0.1, socket=True, **small_corpus(tmp_path)) as bot:
        await until(bot.url, "health", 200)  # nothing is signed there


@pytest.mark.usefixtures("soon")
async def test_without_history_scopes_a_channel_that_does_not_exist_shows_all_the_same(
    slack: LocalSlack, tmp_path: Path
) -> None:
    async with running(slack, tmp_path, **small_corpus(tmp_path), PPRNET_CHANNEL="C0NOWHERE01") as bot:
        await until(bot.url, "health", 503, "PPRNET_CHANNEL: it does not exist")
        assert (await get(bot.url, "ready"))[0] == 200


async def test_probes_are_answered_while_neither_the_database_nor_slack_can_be_reached(
    slack: LocalSlack, tmp_path: Path, postgresql: PostgreSQL
) -> None:
    port, stop = free_port(), asyncio.Event()
    url = f"http://127.0.0.1:{port}"
    async with Proxy("127.0.0.1", postgresql.port) as proxy:
        environ = {
            **small_corpus(tmp_path),
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": slack.url,
            "PPRNET_DATABASE_URL": (await postgresql.new_database()).replace(f":{postgresql.port}/", f":{proxy.port}/"),
        }
        settings = Settings.from_env(environ, needs=("slack", "door"))
        await proxy.refuse()
        slack.faults.drop_before(ANY_METHOD, times=MANY)
        bot = asyncio.create_task(run(settings, port, None, stop))
        for page in ("ready", "health"):
            await until(url, page, 503, "the bot is starting: the database cannot be opened")
            assert (await get(url, "live"))[0] == 200
        asked = sender_for(slack, url)
        assert (await asked.command("help", user=slack.add_user("ana"))).status == 503, "Slack may deliver it again"
        await proxy.recover()
        await until(url, "health", 503, "the bot is starting: Slack cannot be reached")
        assert (await get(url, "live"))[0] == 200
        slack.faults.clear()
        await until(url, "health", 200)
        assert (await get(url, "ready"))[0] == 200
        await proxy.refuse()
        await until(url, "ready", 503, "the database: ")
        await proxy.recover()
        await until(url, "ready", 200)
        stop.set()
        await bot
