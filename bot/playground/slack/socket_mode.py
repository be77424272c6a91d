"""Socket Mode: links the app opens, envelopes sent down them, acknowledgements coming back."""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from .model import Json

ACK_SECONDS = 3.0


@dataclass
class Envelope:
    """Something sent to the app over Socket Mode. `acks` holds every acknowledgement that came for it."""

    id: str
    type: str
    payload: Json
    accepts_response_payload: bool = True
    retry_attempt: int = 0
    retry_reason: str = ""
    acks: list[Json] = field(default_factory=list)
    times_sent: int = 0

    def to_json(self) -> Json:
        found: Json = {
            "envelope_id": self.id,
            "type": self.type,
            "payload": self.payload,
            "accepts_response_payload": self.accepts_response_payload,
        }
        if self.type == "events_api":
            found |= {"retry_attempt": self.retry_attempt, "retry_reason": self.retry_reason}
        return found


class SocketMode:
    """The Socket Mode side of the local Slack."""

    def __init__(self, app_id: str, changed: asyncio.Condition) -> None:
        self.app_id = app_id
        self.links: list[web.WebSocketResponse] = []
        self.envelopes: list[Envelope] = []
        self.strays: list[str] = []
        self._tickets: set[str] = set()
        self._transports: dict[web.WebSocketResponse, asyncio.Transport] = {}
        self._turn = count()
        self._changed = changed

    def new_ticket(self) -> str:
        """What lets one link be opened, once."""
        ticket = secrets.token_urlsafe(12)
        self._tickets.add(ticket)
        return ticket

    @property
    def unacked(self) -> list[Envelope]:
        """Envelopes nobody acknowledged yet."""
        return [envelope for envelope in self.envelopes if not envelope.acks]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One link, from hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=404, text="invalid ticket")
        self._tickets.remove(ticket)
        link = web.WebSocketResponse(timeout=0.5)
        await link.prepare(request)
        self.links.append(link)
        if request.transport is not None:
            self._transports[link] = request.transport
        try:
            await link.send_json(
                {
                    "type": "hello",
                    "num_connections": len(self.links),
                    "connection_info": {"app_id": self.app_id},
                    "debug_info": {"host": "local", "build_number": 1, "approximate_connection_time": 18060},
                }
            )
            await self._note_change()
            async for message in link:
                if message.type == WSMsgType.TEXT:
                    await self._take(message.data)
        finally:
            self.links.remove(link)
            self._transports.pop(link, None)
            await self._note_change()
        return link

    async def wait_for_links(self, number: int = 1, *, seconds: float = 5.0) -> None:
        """Until the app has exactly this many links open."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: len(self.links) == number)

    async def send(self, envelope: Envelope, *, seconds: float = ACK_SECONDS, link: int | None = None) -> Json | None:
        """Send an envelope (again) and give the payload of its acknowledgement; TimeoutError where none comes.

        Links take turns unless `link` names one.
        """
        if not self.links:
            raise ConnectionError("the app has no Socket Mode link open")
        if envelope not in self.envelopes:
            self.envelopes.append(envelope)
        seen = len(envelope.acks)
        envelope.times_sent += 1
        chosen = self.links[(next(self._turn) if link is None else link) % len(self.links)]
        await chosen.send_json(envelope.to_json())
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: len(envelope.acks) > seen)
        payload: Json | None = envelope.acks[-1].get("payload")
        return payload

    async def say_disconnect(self, reason: str = "refresh_requested", *, close: bool = True) -> None:
        """Tell every link that it will end, and end it unless `close` is False (as Slack does with "warning")."""
        for link in list(self.links):
            await link.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}})
            if close:
                await link.close()

    def drop_links(self) -> None:
        """Cut every link without a word."""
        for transport in self._transports.values():
            transport.abort()

    async def close(self) -> None:
        """End all links properly."""
        for link in list(self.links):
            await link.close()

    async def _take(self, raw: str) -> None:
        try:
            ack: Any = json.loads(raw)
        except ValueError:
            ack = None
        found = None
        if isinstance(ack, dict):
            found = next((each for each in self.envelopes if each.id == ack.get("envelope_id")), None)
        if found is None:
            self.strays.append(raw)
            return
        found.acks.append(ack)
        await self._note_change()

    async def _note_change(self) -> None:
        async with self._changed:
            self._changed.notify_all()
