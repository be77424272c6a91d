"""The two pages for joining: the link of an invitation, and the one to which Slack sends people back."""

from __future__ import annotations

import asyncio
import html
import logging

from aiohttp import web
from slack_sdk.oauth import AuthorizeUrlGenerator

from bot.settings import Settings
from bot.store.workspaces import Workspaces
from bot.workspaces.installing import NOT_INVITED, SCOPES, Installing, NotJoinedError
from bot.workspaces.invitations import CODE, REDIRECT_PATH, hash_of
from bot.workspaces.states import COOKIE, GOOD_FOR, State, States

log = logging.getLogger(__name__)

AUTHORIZE = "https://slack.com/oauth/v2/authorize"
LONGEST = 2_000
"""Characters of a parameter."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
OTHER_BROWSER = "This page was left open for too long, or in another browser. Please open the link again."
CANCELLED = "The installation was cancelled: nothing was installed. The link is still good."
DONE = (
    "The bot is in your workspace. Open its Home in Slack: there you choose the channel for each new month, and who else "
    "looks after the bot. You can close this page."
)
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem}}</style></head>
<body><h1>{title}</h1><p>{text}</p></body></html>
"""


class Joining:
    """Answers both pages."""

    def __init__(
        self, settings: Settings, states: States, directory: Workspaces, installing: Installing, joined: asyncio.Event
    ) -> None:
        """`joined` is set when a workspace joined."""
        self._joined = joined
        self._states = states
        self._directory = directory
        self._installing = installing
        self._is_secure = (settings.public_url or "").startswith("https:")
        self._authorize = AuthorizeUrlGenerator(
            client_id=settings.client_id or "", scopes=SCOPES, redirect_uri=installing.redirect_uri
        )

    async def install(self, request: web.Request) -> web.Response:
        """Send someone with a good invitation to Slack; and someone without one, whose workspace may be known already."""
        code = request.query.get(CODE)
        invitation = hash_of(code[:LONGEST]) if code else None
        if invitation is not None and await self._directory.invited(invitation) is None:
            return _page(404, "Not good any more", NOT_INVITED)
        state, cookie = self._states.begin(State(invitation))
        answer = web.Response(status=302, headers={**HEADERS, "Location": self._authorize.generate(state)})
        answer.set_cookie(
            COOKIE, cookie, max_age=int(GOOD_FOR), path=REDIRECT_PATH, httponly=True, secure=self._is_secure, samesite="Lax"
        )
        return answer

    async def redirected(self, request: web.Request) -> web.Response:
        """Let the workspace join from which someone comes back."""
        state = self._states.read(request.query.get("state", "")[:LONGEST], request.cookies.get(COOKIE, "")[:LONGEST])
        if state is None:
            answer = _page(400, "Not installed", OTHER_BROWSER)
        elif "error" in request.query or not request.query.get("code"):
            answer = _page(200, "Not installed", CANCELLED)
        else:
            try:
                await self._installing.finish(state, request.query["code"][:LONGEST])
                self._joined.set()
                answer = _page(200, "Installed", DONE)
            except NotJoinedError as error:
                answer = _page(400, "Not installed", str(error))
        answer.del_cookie(COOKIE, path=REDIRECT_PATH)
        return answer


def _page(status: int, title: str, text: str) -> web.Response:
    shown = _PAGE.format(title=html.escape(title), text=html.escape(text))
    return web.Response(status=status, text=shown, content_type="text/html", headers=HEADERS)
