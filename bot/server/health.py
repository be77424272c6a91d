"""`/health`: whether the bot can do its work, for monitoring."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot.approval.worker import DraftWorker
from bot.failures import reason
from bot.publishing.scheduler import JobState, Scheduler
from bot.server.services import Running
from bot.slack.http import RequestVerifier
from bot.slack.socket_mode import SocketModeServer
from bot.store.drafts import APPROVED

PATIENCE = 5.0
"""Seconds that a probe waits for the database."""


class Health:
    """`/health`: 200 when the bot can do its work, 503 when not, and why. Nothing in it is secret or personal."""

    def __init__(
        self,
        running: Running,
        socket: SocketModeServer | None,
        scheduler: Scheduler,
        drafts: DraftWorker,
        http: RequestVerifier | None = None,
    ) -> None:
        self._services = running.services
        self._database = running.database
        self._socket = socket
        self._scheduler = scheduler
        self._drafts = drafts
        self._http = http

    async def handle(self, _request: web.Request) -> web.Response:
        """Answer a probe."""
        troubles = []
        stored: dict[str, Any] = dict.fromkeys(("blog_check", "drafts_waiting"))
        stored |= {"deliveries_waiting_for_a_person": [], "deliveries_failed": []}
        try:
            async with asyncio.timeout(PATIENCE):
                if await self._database.writable():
                    stored = await self._stored()
                else:
                    troubles.append("the database cannot be written")
        except TimeoutError:
            troubles.append("the database does not answer")
        except (SQLAlchemyError, OSError) as error:
            troubles.append(reason(error))
        if self._socket and self._socket.trouble:
            troubles.append(self._socket.trouble)
        if self._http:
            troubles += self._http.troubles()
        if self._services.workspace.installation.revoked:
            troubles.append(self._services.workspace.installation.revoked)
        if self._drafts.unwritten:
            troubles.append(self._drafts.unwritten)
        troubles += self._scheduler.troubles()
        corpus = self._services.knowledge.corpus
        state = {
            "status": "trouble" if troubles else "ok",
            "troubles": troubles,
            "summaries": len(corpus.summaries),
            "months": len(corpus.issues),
            "outside": {"slack_socket": self._socket.state.state()} if self._socket else {},
            "corpus_on_disk_faulty": self._services.knowledge.faulty,
            "meaning": asdict(self._services.meaning.state),
            **stored,
            "jobs": {name: _job(each) for name, each in self._scheduler.states.items()},
        }
        return web.json_response(state, status=503 if troubles else 200)

    async def _stored(self) -> dict[str, Any]:
        """Return the part of the answer that is in the database."""
        ledger, drafts = self._services.posts.ledger, await self._services.approval.drafts.all()
        return {
            "deliveries_waiting_for_a_person": [delivery.id for delivery in await ledger.in_state("manual")],
            "deliveries_failed": [delivery.id for delivery in await ledger.in_state("failed")],
            "blog_check": await self._blog_check(),
            "drafts_waiting": [each.month for each in drafts if each.state != APPROVED],
        }

    async def _blog_check(self) -> dict[str, Any] | None:
        """Return the state of the blog check; None where there is none."""
        if self._services.approval.source is None:
            return None
        found = await self._services.approval.source.status()
        times = {"last_check": found.checked_at, "last_success": found.succeeded_at, "next_check": found.next_at}
        return {
            **{name: at and datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds") for name, at in times.items()},
            "failures_in_a_row": found.failures,
            "trouble": found.trouble,
        }


def _job(state: JobState) -> dict[str, Any]:
    ago = round(state.seconds_ago)
    last = (datetime.now(UTC) - timedelta(seconds=ago)).isoformat(timespec="seconds")
    return {
        "last_success": last if state.has_succeeded else None,
        "seconds_ago": ago if state.has_succeeded else None,
        "failures_in_a_row": state.failures,
        "reason": state.reason,
    }
