"""The way in by Socket Mode."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.settings import Settings
from bot.slack import http
from bot.slack.client import SlackApi
from bot.slack.errors import TOKEN_REFUSED, error_code
from bot.slack.identity import Identity, is_foreign
from bot.slack.startup import SlackRefusesError, StoppedError, retry_until_reachable

log = logging.getLogger(__name__)

PING = 10.0
"""Seconds between two checks of the link. One that is cut is replaced after this time."""


class SocketModeServer:
    """The way in by Socket Mode: envelopes that are not for us are dropped, the others go to the app and are acknowledged
    after.
    """

    def __init__(self, app: AsyncApp, settings: Settings, identity: Identity) -> None:
        self._identity = identity
        self._handler = _Handler(app, settings, self)
        self.in_progress: set[asyncio.Task[Any]] = set()
        self.closing = False

    async def open(self, stop: asyncio.Event) -> None:
        """Connect; the client reconnects automatically from then on. Raises SlackRefusesError or StoppedError."""
        client = self._handler.client
        # Asked for here: the client itself would try a refused token for ever.
        client.wss_uri = await retry_until_reachable(self._handler.address, stop)
        connecting = asyncio.create_task(client.connect())  # type: ignore[no-untyped-call]
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({connecting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not connecting.done():
            connecting.cancel()
            raise StoppedError
        await connecting

    async def is_connected(self) -> bool:
        """Return whether the socket is connected (a coroutine in this client: without await it would always be true)."""
        return bool(await self._handler.client.is_connected())

    def admits(self, payload: Mapping[str, Any]) -> bool:
        """Whether an envelope is for this app and workspace."""
        if self.closing:
            return False
        if not http.is_whole(payload):
            log.warning("refused an envelope: unreadable")
            return False
        if is_foreign(payload, self._identity):
            log.warning("refused an envelope: other_workspace_or_app")
            return False
        return True

    async def close(self, within: float) -> None:
        """Take nothing more, finish what is in progress, disconnect. What was not acknowledged Slack delivers again."""
        self.closing = True
        if self.in_progress:
            await asyncio.wait(self.in_progress, timeout=within)
        await self._handler.client.close()  # type: ignore[no-untyped-call]


class _Handler(AsyncSocketModeHandler):
    def __init__(self, app: AsyncApp, settings: Settings, server: SocketModeServer) -> None:
        slack = SlackApi(settings.bot_token or "", settings.api_url)
        super().__init__(
            app,
            settings.app_token,
            logger=logging.getLogger("slack_sdk"),
            web_client=slack.again,
            ping_interval=PING,
        )
        self._server = server
        self._slack = slack
        self._app_token = settings.app_token or ""

    async def address(self) -> str:
        """Ask Slack for the address of a socket. Raises SlackRefusesError for an app-level token that will not do."""
        try:
            answer = await self._slack.again.apps_connections_open(app_token=self._app_token)
        except SlackApiError as error:
            code = error_code(error)
            if code in TOKEN_REFUSED:
                raise SlackRefusesError("SLACK_APP_TOKEN", code) from None
            raise
        return str(answer["url"])

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        if not self._server.admits(req.payload):
            return
        task = asyncio.current_task()
        if task:
            self._server.in_progress.add(task)
            task.add_done_callback(self._server.in_progress.discard)
        await super().handle(client, req)
