"""Several local Slacks behind one Web API, as a bot for many workspaces sees Slack: who is meant, a call's token says."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
from aiohttp import web

from bot.playground.slack import LocalSlack, Sender, SocketSender
from bot.server.services import utc_now
from bot.store.database import Database
from bot.store.workspaces import Workspaces
from bot.workspaces.invitations import invite
from tests.support.bot import SECRET, TICK, Bot, running
from tests.support.idle import PATIENCE

KEY = "5" * 64
PUBLIC = "http://127.0.0.1"
HOME, OTHER = "T0LOCAL0001", "T0OTHER0002"


@dataclass
class ManySlacks:
    """One Web API before several local Slacks. `codes` are those that Slack gave to browsers, each for one workspace."""

    slacks: list[LocalSlack]
    codes: dict[str, LocalSlack] = field(default_factory=dict)
    revoked: list[str] = field(default_factory=list)
    """Tokens that the bot revoked."""
    installer: str = "U0000000001"
    url: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a call, or pass it on to the Slack that its token is of."""
        method, body = request.match_info["method"], await request.read()
        if method == "oauth.v2.access":
            return web.json_response(self._granted((await request.post()).get("code")))
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        slack = next((each for each in self.slacks if bearer in (each.token, each.app_token)), None)
        if slack is None:
            return web.json_response({"ok": False, "error": "invalid_auth"})
        if method == "auth.revoke":
            self.revoked.append(bearer)
            slack.token_state = "revoked"
            return web.json_response({"ok": True, "revoked": True})
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers}
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                request.method, f"{slack.url}{method}", params=request.query, data=body, headers=headers
            ) as answer,
        ):
            kept = {
                name: answer.headers[name] for name in ("x-oauth-scopes", "Date", "Retry-After") if name in answer.headers
            }
            kept["Content-Type"] = answer.headers["Content-Type"]
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)

    def _granted(self, code: object) -> dict[str, object]:
        slack = self.codes.pop(str(code), None)
        if slack is None:
            return {"ok": False, "error": "invalid_code"}
        return {
            "ok": True,
            "app_id": slack.app_id,
            "access_token": slack.token,
            "token_type": "bot",
            "scope": ",".join(sorted(slack.scopes)),
            "bot_user_id": slack.bot_user_id,
            "team": {"id": slack.team_id, "name": slack.team_name},
            "enterprise": None,
            "is_enterprise_install": False,
            "authed_user": {"id": self.installer},
        }


@contextlib.asynccontextmanager
async def serving(slacks: list[LocalSlack]) -> AsyncIterator[ManySlacks]:
    """Serve one Web API for all."""
    many = ManySlacks(slacks)
    app = web.Application()
    app.router.add_route("*", "/api/{method}", many.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    many.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    try:
        yield many
    finally:
        await runner.cleanup()


@dataclass
class ManyBot:
    """A bot for many workspaces: `home` is the operator's own Slack, `other` another one that can join."""

    bot: Bot
    slacks: ManySlacks
    home: LocalSlack
    other: LocalSlack
    say: Sender | SocketSender
    """The other Slack's side of it."""
    environ: dict[str, str]
    """The settings, as an operator's shell has them."""

    async def link(self, name: str = "Clinic") -> str:
        """A new invitation's link, as `pprnet invite` prints it; at this bot's port."""
        database = await Database.open(self.bot.settings.database_url)
        try:
            found = await invite(Workspaces(database), name, PUBLIC)
        finally:
            await database.close()
        return found.replace(PUBLIC, self.bot.url)

    async def join(self, link: str, slack: LocalSlack | None = None) -> tuple[int, str]:
        """Open a link in a browser, agree in Slack, and come back; return the status and the page."""
        slack = slack or self.other
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
            async with browser.get(link, allow_redirects=False) as answer:
                if answer.status != 302:
                    return answer.status, await answer.text()
                asked = parse_qs(urlsplit(answer.headers["Location"]).query)
            code = f"code-{len(self.slacks.codes)}"
            self.slacks.codes[code] = slack
            given = {"code": code, "state": asked["state"][0]}
            async with browser.get(f"{self.bot.url}/slack/oauth_redirect", params=given) as answer:
                return answer.status, await answer.text()

    @property
    def elsewhere(self) -> Bot:
        """The bot as the other Slack sees it. Its jobs there are not those that can be waited for."""
        return replace(self.bot, slack=self.other, say=self.say)

    async def set_up(self, **own: str) -> None:
        """Set the other workspace up, as its curators do from Home, and wait until that is so."""
        database = await Database.open(self.bot.settings.database_url)
        try:
            await Workspaces(database).set_settings(OTHER, own)
        finally:
            await database.close()
        await self.served()

    async def served(self) -> None:
        """Wait until the bot has compared the workspaces that it serves with those that joined."""
        await self.bot.passes.after("workspaces")


@contextlib.asynccontextmanager
async def running_many(
    home: LocalSlack,
    folder: Path,
    *,
    now: Callable[[], datetime] = utc_now,
    tick: float = TICK,
    socket: bool = False,
    slack: LocalSlack | None = None,
    **environ: str,
) -> AsyncIterator[ManyBot]:
    """A bot for many workspaces, and another Slack (a new one, or `slack`) with the same ids of all but the workspace."""
    async with contextlib.AsyncExitStack() as opened:
        other = slack or await opened.enter_async_context(LocalSlack(team_id=OTHER, team_domain="other-clinic"))
        slacks = await opened.enter_async_context(serving([home, other]))
        settings = {
            "SLACK_API_URL": slacks.url,
            "PPRNET_WORKSPACES": "on",
            "PPRNET_SECRET_KEY": KEY,
            "PPRNET_CLIENT_ID": "1.2",
            "PPRNET_CLIENT_SECRET": "client-secret",
            "PPRNET_PUBLIC_URL": PUBLIC,
            **environ,
        }
        async with running(home, folder, now=now, tick=tick, socket=socket, **settings) as bot:
            shell = {
                "SLACK_BOT_TOKEN": home.token,
                "SLACK_SIGNING_SECRET": SECRET,
                "PPRNET_DATABASE_URL": f"sqlite:///{folder / 'pprnet.db'}",
                **settings,
            }
            if socket:  # one link takes what is of all workspaces
                other.send_envelope = home.send_envelope  # type: ignore[method-assign]
            say = SocketSender(other) if socket else Sender(other, f"{bot.url}/slack/events", SECRET)
            yield ManyBot(bot, slacks, home, other, say, shell)


__all__ = ["HOME", "KEY", "OTHER", "PATIENCE", "PUBLIC", "ManyBot", "ManySlacks", "running_many"]
