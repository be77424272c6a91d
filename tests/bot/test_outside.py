"""Whatever outside the bot hangs, fails or refuses: the rest works, /health says what and why, and it recovers alone."""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

import bot as package
from bot.playground.slack import Channel, LocalSlack, Message, User
from bot.playground.slack.faults import ANY_METHOD
from bot.server import jobs
from bot.slack import client, socket_mode
from tests.support.bot import Bot, running
from tests.support.idle import PATIENCE
from tests.support.requests import health
from tests.support.settings import HTTP_SQLITE, SOCKET_POSTGRESQL
from tests.support.small_corpus import small_corpus

MANY = 100_000
QUESTION = "alliance rupture in one session"
Break = Callable[[LocalSlack, str], object]

WAYS: dict[str, tuple[Break, str]] = {
    "hangs": (lambda slack, method: slack.faults.delay_before(method, 60.0, times=MANY), "timed out"),
    "is cut off": (lambda slack, method: slack.faults.drop_before(method, times=MANY), "ServerDisconnectedError"),
    "fails": (lambda slack, method: slack.faults.http(method, 503, times=MANY), "unreadable"),
    "says that it fails": (lambda slack, method: slack.faults.error(method, "internal_error", times=MANY), "internal_error"),
    "refuses the token": (
        lambda slack, method: slack.faults.error(method, "token_revoked", times=MANY),
        "Slack refuses SLACK_BOT_TOKEN (token_revoked)",
    ),
}
"""How a call to Slack can go wrong, and the reason that /health gives."""


def shorten_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bot wait shorter than in life."""
    monkeypatch.setattr(client, "TIMEOUT", 0.3)
    monkeypatch.setattr(jobs, "PROBE_EVERY", 0.1)
    monkeypatch.setattr(socket_mode, "STEP", 0.3)
    monkeypatch.setattr(socket_mode, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(socket_mode, "LONGEST_PAUSE", 0.1)


@pytest.fixture
async def bot(
    setting: dict[str, Any], slack: LocalSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bot]:
    """The bot with short waits, a person, and a channel."""
    shorten_waits(monkeypatch)
    slack.scopes.update(("users:read", "files:write"))
    async with running(slack, tmp_path, **small_corpus(tmp_path), **setting) as started:
        slack.add_channel("team", [slack.add_user("ana")])
        yield started


class Use:
    """What somebody does, by the call to Slack that it needs."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.ana: User = next(user for user in bot.slack.users.values() if user.name == "ana")
        self.team: Channel = bot.slack.channel_named("team")

    async def ask(self) -> Message:
        """Ask with the command, whose answer needs no call."""
        answer = await self.bot.say.command(QUESTION, user=self.ana, channel=self.team)
        assert answer.ok
        assert "Practice implications" in answer.message.visible_text
        return answer.message

    async def mention(self) -> None:
        """Ask in the channel."""
        await self.bot.say.mention(QUESTION, channel=self.team, user=self.ana)

    async def mention_in_private(self) -> None:
        """Ask in the channel for what is for the asker alone."""
        await self.bot.say.mention("thanks", channel=self.team, user=self.ana)

    async def press(self, what: str) -> None:
        """Press a button of an answer."""
        await self.bot.say.press(await self.ask(), what)

    async def home(self) -> None:
        """Open Home."""
        patience, self.bot.say.patience = self.bot.say.patience, 3.0  # over the socket, what fails is not acknowledged
        await self.bot.say.home_opened(self.ana)
        self.bot.say.patience = patience

    async def share(self) -> None:
        """Share a card, and take it back."""
        self.bot.slack.clear_views(self.ana.id)
        await self.press("Share")
        if form := self.bot.slack.modal(self.ana):
            await self.bot.say.submit(form)

    async def in_a_window(self) -> None:
        """Open a study, and press something in its window."""
        self.bot.slack.clear_views(self.ana.id)
        await self.press("Details")
        if window := self.bot.slack.modal(self.ana):
            for control in self.bot.say.controls(window):
                if control.action_id.startswith(("use:", "something_wrong")):
                    await self.bot.say.press_control(window, control)
                    break

    async def feedback(self) -> None:
        """Ask for what only curators may see."""
        await self.bot.say.command("feedback", user=self.ana, channel=self.team)

    async def picture(self) -> None:
        """Ask for effect sizes."""
        await self.bot.say.mention("evidence alliance", channel=self.team, user=self.ana)

    async def wait(self) -> None:
        """Do nothing: the bot does it by itself."""
        await asyncio.sleep(0.3)


CALLS: dict[str, Callable[[Use], Awaitable[Any]]] = {
    "auth.test": Use.wait,
    "chat.postMessage": Use.mention,
    "chat.postEphemeral": Use.mention_in_private,
    "chat.getPermalink": Use.home,
    "chat.delete": Use.share,
    "chat.update": Use.wait,
    "conversations.history": Use.wait,
    "conversations.replies": Use.wait,
    "views.open": lambda use: use.press("Details"),
    "views.push": Use.in_a_window,
    "views.update": Use.in_a_window,
    "views.publish": Use.home,
    "users.info": Use.feedback,
    "files.getUploadURLExternal": Use.picture,
    "files.completeUploadExternal": Use.picture,
    "upload": Use.picture,
    "response_url": lambda use: use.press("Similar"),
}
"""Every call of the bot to Slack, with something that needs it. (What only a posted month needs is in test_publishing, and
what opens a link in test_socket_mode.)
"""

ACKNOWLEDGED = ("chat.postMessage", "views.open", "views.publish", "response_url", "auth.test")
"""Calls that each need another kind of request, and one that needs none: these are tried over both doors."""
TRIED = [
    *(pytest.param(HTTP_SQLITE, call, id=f"{HTTP_SQLITE}-{call}") for call in CALLS),
    *(
        pytest.param(SOCKET_POSTGRESQL, call, id=f"{SOCKET_POSTGRESQL}-{call}", marks=pytest.mark.postgresql)
        for call in ACKNOWLEDGED
    ),
]


def test_the_list_has_every_call_of_the_bot() -> None:
    found = set()
    for path in Path(package.__file__).parent.rglob("*.py"):
        if "playground" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            owner = ast.unparse(node.func.value)
            if owner.endswith((".once", ".again")) or (owner in ("client", "self._client") and path.parent.name == "slack"):
                found.add(node.func.attr)
    named = {re.sub(r"_", ".", name, count=1 if name.count("_") == 1 else 0) for name in found}
    assert named - {"api.call", "send.dict"} == {
        name for name in CALLS if name not in ("upload", "response_url") and "conversations" not in name
    } | {"apps.connections.open"}


async def until_healthy(bot: Bot) -> dict[str, Any]:
    """Wait until /health is well; what it then says."""
    async with asyncio.timeout(PATIENCE):
        while (found := await health(bot.url))[0] != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return found[1]


@pytest.mark.slow
@pytest.mark.parametrize(("setting", "call"), TRIED, indirect=["setting"])
async def test_when_one_call_goes_wrong_the_rest_works_and_it_recovers(bot: Bot, call: str) -> None:
    use = Use(bot)
    for fail, _ in WAYS.values():
        await use.ask()
        fail(bot.slack, call)
        await CALLS[call](use)
        await use.ask()
        bot.slack.faults.clear()
        await until_healthy(bot)
        await CALLS[call](use)
        await until_healthy(bot)
        seen = len(bot.slack.posted(use.team))
        await use.mention()
        assert len(bot.slack.posted(use.team)) == seen + 1


@pytest.mark.parametrize("way", WAYS)
async def test_when_slack_goes_wrong_health_says_why_and_since_when(bot: Bot, way: str) -> None:
    use, (fail, reason) = Use(bot), WAYS[way]
    before = (await health(bot.url))[1]["outside"]["slack_web_api"]
    assert (before["state"], before["reason"]) == ("ok", None)
    fail(bot.slack, ANY_METHOD)
    for _ in range(3):
        await use.mention()
        await use.ask()
    status, found = await health(bot.url)
    assert status == 503
    assert f"Slack's Web API: {reason}" in found["troubles"]
    state = found["outside"]["slack_web_api"]
    assert (state["state"], state["reason"]) == ("failing", reason)
    assert state["since"] >= before["since"]
    assert state["failures_in_a_row"] >= (1 if way == "refuses the token" else 3)
    bot.slack.faults.clear()
    found = await until_healthy(bot)  # the bot asks by itself
    assert found["outside"]["slack_web_api"]["state"] == "ok"
    await use.mention()
    assert bot.slack.posted(use.team)


async def test_a_revoked_token_is_found_though_nobody_asks_anything(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "SILENT", 0.0)
    for state, code in (("revoked", "token_revoked"), ("inactive", "account_inactive")):
        bot.slack.token_state = state
        async with asyncio.timeout(PATIENCE):
            while code not in str((found := await health(bot.url))[1]["troubles"]):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert found[0] == 503
        assert f"Slack's Web API: Slack refuses SLACK_BOT_TOKEN ({code})" in found[1]["troubles"]
        bot.slack.token_state = "active"
        await until_healthy(bot)


async def test_an_app_that_was_removed_and_is_there_again_posts_again(bot: Bot) -> None:
    bot.slack.token_state = "revoked"
    assert (await bot.say.event({"type": "app_uninstalled"})).ok
    async with asyncio.timeout(PATIENCE):
        while "the app was removed from the workspace" not in (await health(bot.url))[1]["troubles"]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    bot.slack.token_state = "active"
    await until_healthy(bot)
