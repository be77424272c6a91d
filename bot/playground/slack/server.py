"""The local Slack itself: a workspace behind an HTTP server on 127.0.0.1."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from email.utils import formatdate
from types import TracebackType
from typing import Self, TypeVar
from uuid import uuid4

from aiohttp import web
from aiohttp.typedefs import Middleware

from .arguments import read_arguments
from .clock import Clock
from .faults import Fault, Faults, Wait
from .methods import METHODS, Method, authorize
from .methods_files import take_upload
from .model import Call, Channel, Json, Message, SlackError
from .response_urls import ResponseUrlError, respond
from .socket_mode import ACK_SECONDS, Envelope, SocketMode
from .workspace import DEFAULT_SCOPES, Workspace

RESPONSE_URL = "response_url"
UPLOAD = "upload"
SOCKET = "socket"
"""For faults: the opening of a Socket Mode connection."""

T = TypeVar("T")


class LocalSlack(Workspace):
    """A small, strict Slack. Use as `async with LocalSlack() as slack:` and point a client at `slack.url`.

    `middlewares` see every HTTP request: the playground records the traffic there.
    """

    def __init__(
        self,
        *,
        scopes: Iterable[str] = DEFAULT_SCOPES,
        clock: Clock = time.time,
        team_id: str = "T0LOCAL0001",
        team_domain: str = "local-clinic",
        port: int = 0,
        middlewares: Iterable[Middleware] = (),
    ) -> None:
        super().__init__(scopes=scopes, clock=clock, team_id=team_id, team_domain=team_domain)
        self.calls: list[Call] = []
        self.faults = Faults()
        self.methods: dict[str, Method] = {
            **METHODS,
            "apps.connections.open": Method(self._open_connection, "connections:write", token="app"),
        }
        self._changed = asyncio.Condition()
        self.sockets = SocketMode(self.app_id, self._changed)
        self._port = port
        self._middlewares = tuple(middlewares)
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Return the base URL for Web API clients, ending in /api/."""
        return f"{self.base_url}/api/"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=4 * 1024 * 1024, middlewares=self._middlewares)
        app.router.add_route("GET", "/api/{method}", self._handle_method)
        app.router.add_route("POST", "/api/{method}", self._handle_method)
        app.router.add_get("/link/", self._handle_link)
        app.router.add_post("/upload/v1/{ticket}", self._handle_upload)
        app.router.add_post("/{kind:commands|actions}/{rest:.*}", self._handle_response_url)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # For tests

    def calls_of(self, method: str) -> list[Call]:
        """Return the calls of one method, oldest first."""
        return [call for call in self.calls if call.method == method]

    def posted(self, channel: Channel | str | None = None) -> list[Message]:
        """Return the app's own messages that everyone sees, in one channel or in all, oldest first."""
        only = channel.id if isinstance(channel, Channel) else channel
        found = [
            message
            for each in self.channels.values()
            if only in (None, each.id)
            for message in each.messages
            if message.bot_id == self.bot_id
        ]
        return sorted(found, key=lambda message: message.ts)

    async def until(self, condition: Callable[[], T], *, seconds: float = 30.0) -> T:
        """Wait until `condition` is true, checked after each call of the app; return its result."""
        async with asyncio.timeout(seconds), self._changed:
            return await self._changed.wait_for(condition)

    # Socket Mode

    async def send_envelope(
        self,
        type: str,
        payload: Json,
        *,
        retry_attempt: int = 0,
        retry_reason: str = "",
        accepts_response_payload: bool = True,
        seconds: float = ACK_SECONDS,
    ) -> Json | None:
        """Send something to the app over Socket Mode; return the payload of its ack. Raises TimeoutError if none comes.

        What is not acknowledged stays in `sockets.unacked`, and `resend` sends it again.
        """
        envelope = Envelope(
            str(uuid4()),
            type,
            payload,
            accepts_response_payload,
            retry_attempt=retry_attempt,
            retry_reason=retry_reason,
        )
        return await self.sockets.send(envelope, seconds=seconds)

    async def resend(self, envelope: Envelope, *, seconds: float = ACK_SECONDS) -> Json | None:
        """Send an envelope again, with its own id, counted as a retry."""
        envelope.retry_attempt += 1
        envelope.retry_reason = envelope.retry_reason or "timeout"
        return await self.sockets.send(envelope, seconds=seconds)

    def _open_connection(self, slack: Workspace, args: Json) -> Json:
        address = f"{self.base_url.replace('http', 'ws', 1)}/link/?ticket={self.sockets.new_ticket()}&app_id={self.app_id}"
        return {"ok": True, "url": address}

    # HTTP

    async def _handle_method(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        call = Call(name, {})
        self.calls.append(call)
        try:
            args = await read_arguments(request)
        except SlackError as refused:
            return self._answer(call, refused.body)
        given = args.pop("token", None)
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        token = bearer.strip() if scheme.lower() == "bearer" else given
        call.args = args
        fault = self.faults.take(name, _channel_of(args))
        return await self._play(call, fault, request, lambda: self._perform(name, token, args))

    def _perform(self, name: str, token: str | None, args: Json) -> Json:
        method = self.methods.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        authorize(self, method, token, args)
        return method.handler(self, args)

    async def _handle_link(self, request: web.Request) -> web.StreamResponse:
        self.calls.append(Call(SOCKET, {}))
        fault = self.faults.take(SOCKET, None)
        if fault is None:
            return await self.sockets.handle(request)
        if fault.wait_before is not None:
            await _wait(fault.wait_before)
        if fault.drop and request.transport is not None:
            request.transport.abort()
        return web.Response(status=fault.status or 500)

    async def _handle_response_url(self, request: web.Request) -> web.StreamResponse:
        call = Call(RESPONSE_URL, {})
        self.calls.append(call)
        url = self.response_urls.get(f"{self.base_url}{request.path}")
        try:
            body = json.loads(await request.text())
            if not isinstance(body, dict):
                raise ValueError("not an object")
        except ValueError:
            return self._plain(call, 400, "invalid_payload")
        call.args = body
        if url is None:
            return self._plain(call, 404, "no_service")
        fault = self.faults.take(RESPONSE_URL, url.channel)

        def perform() -> Json:
            respond(self, url, body)
            return {"ok": True}

        return await self._play(call, fault, request, perform)

    async def _handle_upload(self, request: web.Request) -> web.StreamResponse:
        """Take the bytes of a file. The ticket in the address is the only permission; the answer has no `ok`."""
        content = await request.read()
        call = Call(UPLOAD, {"length": len(content)})
        self.calls.append(call)
        fault = self.faults.take(UPLOAD, None)
        ticket = request.match_info["ticket"]
        return await self._play(call, fault, request, lambda: take_upload(self, ticket, content))

    async def _play(
        self, call: Call, fault: Fault | None, request: web.Request, perform: Callable[[], Json]
    ) -> web.StreamResponse:
        """Carry out a call, with the fault, if there is one."""
        call.fault = fault.name if fault else None
        if fault and fault.wait_before is not None:
            await _wait(fault.wait_before)
        body: Json = {"ok": True}
        gone: str | None = None
        if fault is None or fault.store:
            try:
                body = perform()
                call.stored = True
            except SlackError as refused:
                body = refused.body
            except ResponseUrlError as over:
                gone = str(over)
            async with self._changed:
                self._changed.notify_all()
        if fault and fault.wait_after is not None:
            await _wait(fault.wait_after)
        if fault and fault.drop:
            call.error = "dropped"
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        if fault and fault.status is not None:
            call.status, call.error = fault.status, fault.name
            return web.Response(status=fault.status, text=fault.body, headers=fault.headers)
        if fault and fault.error is not None:
            return self._answer(call, fault.error)
        if gone is not None:
            return self._plain(call, 404, gone)
        if call.method == RESPONSE_URL and not body["ok"]:
            return self._plain(call, 400, str(body["error"]))
        if call.method == UPLOAD:
            return self._plain(call, 200, "OK") if body["ok"] else self._plain(call, 400, str(body["error"]))
        return self._answer(call, body)

    def _answer(self, call: Call, body: Json) -> web.Response:
        call.status, call.ok, call.error = 200, bool(body.get("ok")), body.get("error")
        headers = {} if call.method == RESPONSE_URL else {"x-oauth-scopes": ",".join(sorted(self.scopes))}
        headers["Date"] = formatdate(self.clock(), usegmt=True)
        return web.json_response(body, headers=headers)

    @staticmethod
    def _plain(call: Call, status: int, text: str) -> web.Response:
        call.status, call.ok, call.error = status, status == 200, None if status == 200 else text
        return web.Response(status=status, text=text)


def _channel_of(args: Json) -> str | None:
    found = args.get("channel") or args.get("channel_id")
    return found if isinstance(found, str) else None


async def _wait(wait: Wait) -> None:
    if isinstance(wait, asyncio.Event):
        await wait.wait()
    else:
        await asyncio.sleep(wait)
