"""The way in by Socket Mode: a link to Slack that this bot opens, and opens again for as long as it runs.

Each try asks Slack for an address of its own, since one opens a single link; each step of a try has a time-out. The SDK's
client does neither: a failed handshake is repeated with a dead address for ever, and a call that hangs is waited for.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Coroutine, Mapping
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.failures import log_failure, reason
from bot.outside.proxy import proxy_for
from bot.outside.state import Outside
from bot.settings import Settings
from bot.slack.client import SlackApi
from bot.slack.errors import TOKEN_REFUSED, error_code
from bot.slack.rate_limit import retry_after
from bot.slack.routing import NotYetError, Router, Tenant
from bot.slack.shape import is_whole
from bot.slack.startup import SlackRefusesError, StoppedError
from bot.store.waiting import someone_waits

log = logging.getLogger(__name__)

PING = 10.0
"""Seconds between two checks of the link; one that is cut is noticed half of this later."""
STEP = 5.0
"""Seconds for each step of opening a link: its address, the handshake, Slack's hello."""
SETTLED = 10.0
"""Seconds after which a link was a good one: the next is opened at once when it ends."""
MOST_AGE = 6 * 3600.0
"""Seconds after which a link is renewed that Slack did not renew: it may have been forgotten there."""
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 5.0
"""Seconds before another try, at most: Slack is back within this time after it is well."""
LONGEST_WAIT = 60.0
"""Seconds before another try at most where Slack closes each link at once, asks to wait, or refuses the token."""
RENEWALS = frozenset(("warning", "refresh_requested"))
"""Reasons with which Slack announces that it will close a link, some ten seconds ahead."""
LEFT_OPEN = 60.0
"""Seconds for which Slack is left to close such a link itself, for what arrives while we close one is read by nobody."""


class SocketModeServer:
    """Takes envelopes over links to Slack. Those that are not for us are dropped, the others go to the app of their
    workspace and are acknowledged after.
    """

    def __init__(self, router: Router, settings: Settings) -> None:
        self._router = router
        self._app_token = settings.app_token or ""
        self._slack = SlackApi(settings.bot_token or "", settings.api_url)
        self._link: _Link | None = None
        self._linked = asyncio.Event()
        self._closing = asyncio.Event()
        self._staying: asyncio.Task[None] | None = None
        self._beside: set[asyncio.Task[None]] = set()
        self.in_progress: set[asyncio.Task[None]] = set()
        self.state = Outside("the socket to Slack is not connected")

    async def open(self, stop: asyncio.Event) -> None:
        """Connect, and stay connected from then on. Raises SlackRefusesError or StoppedError."""
        self._staying = asyncio.create_task(self._stay_connected())
        waits = [asyncio.create_task(event.wait()) for event in (self._linked, stop)]
        await asyncio.wait({self._staying, *waits}, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if self._staying.done():
            self._staying.result()
        if not self._linked.is_set():
            raise StoppedError

    async def close(self, within: float) -> None:
        """Take nothing more, finish what is in progress, disconnect. What was not acknowledged Slack delivers again."""
        self._closing.set()
        if self.in_progress:
            await asyncio.wait(self.in_progress, timeout=within)
        if self._link:
            await self._link.close()
        if self._staying and not self._staying.done():
            await asyncio.wait({self._staying}, timeout=within)
        for task in (*self._beside, *([self._staying] if self._staying else [])):
            task.cancel()

    async def _stay_connected(self) -> None:
        """Open one link after the other. Raises SlackRefusesError where Slack refuses the token before the first."""
        tries = 0
        while not self._closing.is_set():
            least, most = 0.0, LONGEST_PAUSE
            tries += 1
            try:
                link = await _Link.open(await self._address())
            except SlackRefusesError as refused:
                if not self._linked.is_set():
                    raise
                self.state.failed(str(refused), lasting=True)
                most = LONGEST_WAIT
            except Exception as error:
                self.state.failed(_why(error))
                least = min(retry_after(error) or 0.0, LONGEST_WAIT)
            else:
                why = await self._use(link)
                if link.age >= SETTLED:
                    tries = 0
                    continue
                if not self._closing.is_set():
                    log.warning("Slack ended a new link (%s); tried again with growing pauses", why)
                most = LONGEST_WAIT
            pause = min(FIRST_PAUSE * 2.0 ** min(tries - 1, 20), most)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), max(pause, least))

    async def _address(self) -> str:
        """Ask Slack for the address of a new link. Raises SlackRefusesError for an app-level token that will not do."""
        try:
            async with asyncio.timeout(STEP):
                answer = await self._slack.once.apps_connections_open(app_token=self._app_token)
        except SlackApiError as error:
            code = error_code(error)
            if code in TOKEN_REFUSED:
                raise SlackRefusesError("SLACK_APP_TOKEN", code) from None
            raise
        return str(answer["url"])

    async def _use(self, link: _Link) -> str:
        """Take envelopes over a link until it ends or is to be renewed; return why."""
        before, self._link = self._link, link
        if before:
            self._start(self._close_in_time(before))
        self.state.answered()
        self._linked.set()
        self._start(self._read(link))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(link.ending.wait(), MOST_AGE)
        # Slack goes on sending over a link that is to be renewed: it stays until there is the next.
        if link.why not in RENEWALS:
            await link.close()
        return link.why

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        """Start what goes on beside the links to come."""
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _close_in_time(self, link: _Link) -> None:
        """Close a link that has a successor, unless Slack does so first, as it has announced."""
        if link.why in RENEWALS:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(link.over.wait(), LEFT_OPEN)
        await link.close()

    async def _read(self, link: _Link) -> None:
        async for envelope in link.envelopes():
            if self._closing.is_set():
                continue
            task = asyncio.create_task(self._answer(link, envelope))
            self.in_progress.add(task)
            task.add_done_callback(self.in_progress.discard)
        if link is self._link and not self._closing.is_set():
            self.state.failed(f"Slack ended the link ({link.why})")

    async def _answer(self, link: _Link, envelope: Mapping[str, Any]) -> None:
        try:
            request = SocketModeRequest.from_dict(dict(envelope))
            if request is None:
                return
            with someone_waits():
                tenant = await self._admitted(request.payload)
                if tenant is None:
                    return
                with tenant.answering():
                    response = await run_async_bolt_app(tenant.app, request)
            if response.status == 200:
                await self._send(link, _acknowledgement(request.envelope_id, response))
        except Exception as error:
            log_failure(error)

    async def _admitted(self, payload: Mapping[str, Any]) -> Tenant | None:
        """Return the workspace that an envelope is for. What is not acknowledged, since its workspace is too busy or not
        served yet, Slack delivers again.
        """
        if not is_whole(payload):
            log.warning("refused an envelope: unreadable")
            return None
        try:
            tenant = await self._router.find(payload)
        except NotYetError:
            return None
        if tenant is None:
            log.warning("refused an envelope: other_workspace_or_app")
        return tenant if tenant and not tenant.is_busy else None

    async def _send(self, link: _Link, acknowledgement: Mapping[str, Any]) -> None:
        """Acknowledge, over another link where the one is gone by now. What does not arrive Slack delivers again."""
        for each in dict.fromkeys((link, self._link)):
            if each and await each.send(acknowledgement):
                return
        log.warning("an acknowledgement was lost: Slack will deliver that envelope again")


class _Link:
    """One link that Slack has greeted. `ending` is set when it is over or to be renewed; `why` then says why.
    `over` is set when nothing more is read from it.
    """

    def __init__(self, session: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._session = session
        self._socket = socket
        self._began = time.monotonic()
        self.ending = asyncio.Event()
        self.over = asyncio.Event()
        self.why = "too old"

    @classmethod
    async def open(cls, address: str) -> _Link:
        """Open a link. Raises what aiohttp raises, TimeoutError, and ConnectionError where Slack says something else."""
        session = aiohttp.ClientSession()
        try:
            async with asyncio.timeout(STEP):
                socket = await session.ws_connect(
                    address,
                    heartbeat=PING,
                    timeout=aiohttp.ClientWSTimeout(ws_close=1.0),
                    proxy=proxy_for(address),
                )
            async with asyncio.timeout(STEP):
                greeting = await socket.receive()
            said = _parsed(greeting) if greeting.type is aiohttp.WSMsgType.TEXT else {}
            if said.get("type") != "hello":
                raise _UngreetedError(str(said.get("reason") or f"code {socket.close_code}"))
        except BaseException:
            await session.close()
            raise
        return cls(session, socket)

    @property
    def age(self) -> float:
        """Return for how many seconds it has been open."""
        return time.monotonic() - self._began

    async def envelopes(self) -> AsyncIterator[Mapping[str, Any]]:
        """Yield what Slack sends, until the link is over."""
        async for message in self._socket:
            said = _parsed(message) if message.type is aiohttp.WSMsgType.TEXT else {}
            if said.get("type") == "disconnect":
                self._end(str(said.get("reason")))
            elif said:
                yield said
        self._end(f"code {self._socket.close_code}")
        self.over.set()
        await self._session.close()

    async def send(self, content: Mapping[str, Any]) -> bool:
        """Send something; return whether it left."""
        try:
            await self._socket.send_str(json.dumps(content))
        except (aiohttp.ClientError, ConnectionError, RuntimeError):
            return False
        return True

    async def close(self) -> None:
        """Close it."""
        with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
            await self._socket.close()
        await self._session.close()

    def _end(self, why: str) -> None:
        if not self.ending.is_set():
            self.why = why[:60]
            self.ending.set()


class _UngreetedError(ConnectionError):
    """Slack said something else than hello."""


def _parsed(message: aiohttp.WSMessage) -> Mapping[str, Any]:
    """Return a message of Slack's; empty for anything else."""
    try:
        found = json.loads(message.data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _acknowledgement(envelope: str, response: BoltResponse) -> dict[str, Any]:
    """Return the acknowledgement of an envelope, with the answer where there is one."""
    if not response.body:
        return {"envelope_id": envelope}
    is_json = response.headers.get("content-type", [""])[0].startswith("application/json")
    return {"envelope_id": envelope, "payload": json.loads(response.body) if is_json else {"text": response.body}}


def _why(error: BaseException) -> str:
    """Return why a link could not be opened. Never the address: it is all that anyone needs to open the link."""
    if isinstance(error, aiohttp.WSServerHandshakeError):
        return f"the handshake was answered with {error.status}"
    if isinstance(error, _UngreetedError):
        return f"Slack ended a new link ({error})"
    return error_code(error) if isinstance(error, SlackApiError) else reason(error)
