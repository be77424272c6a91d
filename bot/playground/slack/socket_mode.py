"""Socket Mode: connections that the app opens, envelopes sent over them, acknowledgements that come back."""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from .model import Json

ACK_SECONDS = 30.0


@dataclass
class Envelope:
    """Something sent to the app over Socket Mode. `acks` has every acknowledgement of it."""

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
        self.connections: list[web.WebSocketResponse] = []
        self.envelopes: list[Envelope] = []
        self.unknown_acks: list[str] = []
        self.greets = True
        """Whether a new connection gets its hello."""
        self.ends_new_ones: str | None = None
        """The reason with which each new connection is ended at once, after its hello."""
        self._tickets: set[str] = set()
        self._transports: dict[web.WebSocketResponse, asyncio.Transport] = {}
        self._turn = count()
        self._changed = changed

    def new_ticket(self) -> str:
        """Return a ticket that opens one connection, once."""
        ticket = secrets.token_urlsafe(12)
        self._tickets.add(ticket)
        return ticket

    @property
    def unacked(self) -> list[Envelope]:
        """Return the envelopes that are not acknowledged yet."""
        return [envelope for envelope in self.envelopes if not envelope.acks]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection, from hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=404, text="invalid ticket")
        self._tickets.remove(ticket)
        connection = web.WebSocketResponse(timeout=0.5)
        await connection.prepare(request)
        ends = self.ends_new_ones
        if not ends:  # nothing is ever sent over one that is to end
            self.connections.append(connection)
        if request.transport is not None:
            self._transports[connection] = request.transport
        try:
            if self.greets:
                await connection.send_json(
                    {
                        "type": "hello",
                        "num_connections": len(self.connections),
                        "connection_info": {"app_id": self.app_id},
                        "debug_info": {"host": "local", "build_number": 1, "approximate_connection_time": 18060},
                    }
                )
            await self._notify()
            if ends:
                await connection.send_json({"type": "disconnect", "reason": ends})
                await connection.close()
            async for message in connection:
                if message.type == WSMsgType.TEXT:
                    await self._take(message.data)
        finally:
            if not ends:
                self.connections.remove(connection)
            self._transports.pop(connection, None)
            await self._notify()
        return connection

    async def wait_for_connections(self, number: int = 1, *, seconds: float = 30.0) -> None:
        """Wait until the app has exactly this many connections open."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: len(self.connections) == number)

    async def send(self, envelope: Envelope, *, seconds: float = ACK_SECONDS, connection: int | None = None) -> Json | None:
        """Send an envelope; return the payload of its acknowledgement. Raises TimeoutError if none comes.

        Connections take turns unless `connection` names one.
        """
        if not self.connections:
            raise ConnectionError("the app has no Socket Mode connection open")
        if envelope not in self.envelopes:
            self.envelopes.append(envelope)
        seen = len(envelope.acks)
        envelope.times_sent += 1
        chosen = self.connections[(next(self._turn) if connection is None else connection) % len(self.connections)]
        await chosen.send_json(envelope.to_json())
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: len(envelope.acks) > seen)
        payload: Json | None = envelope.acks[-1].get("payload")
        return payload

    async def send_disconnect(self, reason: str = "refresh_requested", *, close: bool = True) -> None:
        """Announce the end of every connection, and close it unless `close` is False (as Slack does with "warning")."""
        for connection in list(self.connections):
            await connection.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}})
            if close:
                await connection.close()

    def drop_connections(self) -> None:
        """Cut every connection without notice."""
        for transport in self._transports.values():
            transport.abort()

    async def close(self) -> None:
        """Close all connections properly."""
        for connection in list(self.connections):
            await connection.close()

    async def _take(self, raw: str) -> None:
        try:
            ack: Any = json.loads(raw)
        except ValueError:
            ack = None
        found = None
        if isinstance(ack, dict):
            found = next((each for each in self.envelopes if each.id == ack.get("envelope_id")), None)
        if found is None:
            self.unknown_acks.append(raw)
            return
        found.acks.append(ack)
        await self._notify()

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()
