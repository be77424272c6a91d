"""The blog and the library's folder hang, fail or refuse: the rest works, /health says why, and the bot goes on by itself
when they are back.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.blog import fetch
from bot.playground.slack import LocalSlack
from tests.support.blog_pages import DOGS, html_page
from tests.support.bot import Bot, running
from tests.support.idle import PATIENCE
from tests.support.requests import health
from tests.support.small_corpus import small_corpus
from tests.support.web_server import serving

QUESTION = "alliance rupture in one session"
PAGE = html_page((("November 2023", (DOGS,)),), "dogs in waiting rooms")


class Site:
    """A blog on this machine, whose `way` of answering can be changed."""

    def __init__(self) -> None:
        self.way = "well"
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        """Answer as it does now."""
        match self.way:
            case "hangs":
                await asyncio.sleep(60)
            case "is cut off":
                assert request.transport
                request.transport.abort()
            case "fails":
                return web.Response(status=503)
            case "refuses":
                return web.Response(status=403)
            case "shows something else":
                return web.Response(text="<html><body><p>Please log in.</p></body></html>", content_type="text/html")
            case "sends it in another form":
                return web.Response(body=b"%PDF-1.7", content_type="application/pdf")
        return web.Response(text=PAGE, content_type="text/html")


BLOG = {
    "hangs": "no whole answer within",
    "is cut off": "",
    "fails": "503",
    "refuses": "403",
    "shows something else": "",
    "sends it in another form": "",
}
"""How the blog can go wrong, and words of the reason that /health gives."""

FOLDER: dict[str, tuple[Callable[[Path], object], str]] = {
    "has a file that is no YAML": (lambda root: (root / "issues/2024-01.yaml").write_text("a: ["), "2024-01.yaml"),
    "has lost a file": (lambda root: (root / "lexicon.yaml").unlink(), "lexicon.yaml: is missing"),
    "is gone": (lambda root: root.rename(root.with_name("gone")), "there is no such folder"),
    "has a file that cannot be read": (lambda root: _loop(root / "issues/2024-01.yaml"), "2024-01.yaml"),
}
"""How the library's folder can go wrong, and the same."""


def _loop(path: Path) -> None:
    path.symlink_to(path)


@asynccontextmanager
async def serving_blog(site: Site) -> AsyncIterator[None]:
    """Serve the blog."""
    async with serving(site.answer, "/blog") as url:
        site.url = f"{url}/blog"
        yield


async def state_of(bot: Bot, name: str, wanted: str, said: str = "") -> dict[str, Any]:
    """Wait until /health says this of something outside; the whole answer."""
    async with asyncio.timeout(PATIENCE):
        while True:
            status, found = await health(bot.url)
            state = found["outside"][name]
            if state["state"] == wanted and said in str(state["reason"]):
                assert status == (503 if name == "library_files" and wanted == "failing" else 200)
                return state
            await asyncio.sleep(0.02)


async def ask(bot: Bot) -> None:
    """Ask something, which works whatever the blog and the folder do."""
    ana, team = next(user for user in bot.slack.users.values() if user.name == "ana"), bot.slack.channel_named("team")
    answer = await bot.say.command(QUESTION, user=ana, channel=team)
    assert "Practice implications" in answer.message.visible_text
    seen = len(bot.slack.posted(team))
    await bot.say.mention(QUESTION, channel=team, user=ana)
    assert len(bot.slack.posted(team)) == seen + 1


@pytest.mark.slow
async def test_when_the_blog_goes_wrong_the_rest_works_and_it_is_read_again(
    slack: LocalSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: dict[str, Any]
) -> None:
    monkeypatch.setattr(fetch, "TIMEOUT", 0.3)
    slack.add_channel("team", [slack.add_user("ana")])
    site = Site()
    async with serving_blog(site):
        environ = {
            **small_corpus(tmp_path),
            "PPRNET_SOURCE_URL": site.url,
            "PPRNET_SOURCE_HOURS": "0.0001",
            "PPRNET_ALLOW_PRIVATE_SOURCE": "on",
            "PPRNET_APPROVAL": "off",
        }
        async with running(slack, tmp_path, tick=0.05, **environ, **setting) as bot:
            await state_of(bot, "blog", "ok")
            for site.way, said in BLOG.items():
                state = await state_of(bot, "blog", "failing", said)
                assert state["reason"]
                assert state["since"]
                await ask(bot)
                site.way = "well"
                await state_of(bot, "blog", "ok")


async def test_when_the_folder_goes_wrong_the_last_good_library_is_used_until_it_is_well(
    slack: LocalSlack, tmp_path: Path, setting: dict[str, Any]
) -> None:
    slack.add_channel("team", [slack.add_user("ana")])
    root = Path(small_corpus(tmp_path)["PPRNET_KNOWLEDGE"])
    good = tmp_path / "good"
    shutil.copytree(root, good)
    async with running(slack, tmp_path, tick=0.05, PPRNET_KNOWLEDGE=str(root), **setting) as bot:
        await state_of(bot, "library_files", "ok")
        for spoil, said in FOLDER.values():
            spoil(root)
            state = await state_of(bot, "library_files", "failing", said)
            assert state["since"]
            await ask(bot)
            shutil.rmtree(root, ignore_errors=True)
            shutil.copytree(good, root)
            await state_of(bot, "library_files", "ok")
