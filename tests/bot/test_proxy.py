"""Slack is reached through the proxy that the environment names, in every kind of call, or directly where NO_PROXY says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.playground.slack import LocalSlack
from bot.slack.client import SlackApi
from tests.support.bot import running
from tests.support.small_corpus import small_corpus

VARIABLES = [name for each in ("http_proxy", "https_proxy", "all_proxy", "no_proxy") for name in (each, each.upper())]


class ForwardProxy:
    """Forwards plain HTTP, and notes what for."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.url = ""

    async def forward(self, request: web.Request) -> web.Response:
        """Send a request on and return the answer."""
        self.paths.append(request.url.path)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in ("host", "accept-encoding")}
        async with (
            aiohttp.ClientSession() as session,
            session.request(request.method, request.raw_path, data=await request.read(), headers=headers) as answer,
        ):
            kept = {name: value for name, value in answer.headers.items() if name.lower() == "content-type"}
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)


@pytest.fixture
async def proxy(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ForwardProxy]:
    """A proxy, named by the environment."""
    found = ForwardProxy()
    runner = web.ServerRunner(web.Server(found.forward))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = "http://{}:{}".format(*runner.addresses[0])
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", found.url)
    yield found
    await runner.cleanup()


async def use_everything(slack: LocalSlack, folder: Path) -> None:
    """Make a call of every kind."""
    ana = slack.add_user("ana")
    team = slack.add_channel("team", [ana])
    async with running(slack, folder, **small_corpus(folder)) as bot:
        await bot.say.mention("alliance rupture in one session", channel=team, user=ana)
        answer = await bot.say.command("alliance rupture in one session", user=ana)
        await bot.say.press(answer.message, "Similar")
    slack.scopes.add("files:write")
    assert isinstance(await SlackApi(slack.token, slack.url).uploads.stage("x.png", "x", b"x"), str)


async def test_every_call_goes_through_the_proxy(slack: LocalSlack, tmp_path: Path, proxy: ForwardProxy) -> None:
    await use_everything(slack, tmp_path)
    assert {"/api/auth.test", "/api/chat.postMessage", "/api/files.getUploadURLExternal"} <= set(proxy.paths)
    assert any(path.startswith("/upload/") for path in proxy.paths)
    assert any(path.startswith("/actions/") for path in proxy.paths)
    assert len(proxy.paths) == len(slack.calls)


async def test_what_no_proxy_names_is_reached_directly(
    slack: LocalSlack, tmp_path: Path, proxy: ForwardProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for names in ("127.0.0.1", "example.org, 127.0.0.1", "*"):
        monkeypatch.setenv("NO_PROXY", names)
        await use_everything(slack, tmp_path)
    assert proxy.paths == []
