"""`/health`: whether the bot can do its work, for whoever watches over it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bot.approval.watch import Watch
from bot.approval.worker import Desk
from bot.listeners.services import Services
from bot.slack.socket_mode import SocketModeServer
from bot.store.database import Database
from bot.store.drafts import APPROVED


class Health:
    """`/health`: 200 when the bot can do its work, 503 when not, and why. Nothing in it is secret or personal."""

    def __init__(
        self, services: Services, database: Database, door: SocketModeServer | None, watch: Watch | None, desk: Desk
    ) -> None:
        self._services = services
        self._database = database
        self._door = door
        self._watch = watch
        self._desk = desk

    async def _watched(self) -> dict[str, Any] | None:
        """The state of the watch on the blog's page; None where there is none."""
        if self._watch is None:
            return None
        found = await self._watch.standing()
        times = {"last_look": found.checked_at, "last_success": found.succeeded_at, "next_look": found.next_at}
        return {
            **{name: at and datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds") for name, at in times.items()},
            "failures_in_a_row": found.failures,
            "trouble": found.trouble,
        }

    async def handle(self, _request: web.Request) -> web.Response:
        """Answer a probe."""
        corpus = self._services.knowledge.corpus
        troubles = []
        writable = await self._database.writable()
        if not writable:
            troubles.append("the database cannot be written")
        if self._door and not await self._door.is_connected():
            troubles.append("the socket to Slack is not connected")
        if self._services.installation.revoked:
            troubles.append(self._services.installation.revoked)
        if self._desk.unwritten:
            troubles.append(self._desk.unwritten)
        ledger = self._services.ledger
        waiting = [delivery.id for delivery in await ledger.in_state("manual")] if writable else []
        failed = [delivery.id for delivery in await ledger.in_state("failed")] if writable else []
        state = {
            "status": "trouble" if troubles else "ok",
            "troubles": troubles,
            "summaries": len(corpus.summaries),
            "months": len(corpus.issues),
            "corpus_on_disk_faulty": self._services.knowledge.faulty,
            "deliveries_waiting_for_a_person": waiting,
            "deliveries_failed": failed,
            "watch": await self._watched() if writable else None,
            "drafts_waiting": [each.month for each in await self._services.drafts.all() if each.state != APPROVED]
            if writable
            else [],
        }
        return web.json_response(state, status=503 if troubles else 200)
