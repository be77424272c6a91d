"""Whether the bot can do its work, for monitoring (`bot.server.probes`)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.failures import reason
from bot.outside.state import Outside
from bot.publishing.scheduler import JobState
from bot.server.background import Background
from bot.server.clinic import LATELY, WorkspaceCounts
from bot.server.services import Running
from bot.server.web import Doors
from bot.slack.admission import CLOCK_OFF
from bot.slack.socket_mode import SocketModeServer
from bot.store.drafts import APPROVED
from bot.store.subscriptions import PAUSED
from bot.text import plural
from bot.workspaces.unserved import unserved_in

PATIENCE = 5.0
"""Seconds that a probe waits for the database."""
FRESH = 0.05
"""Seconds for which what was read from the database is shown again."""
WRITE_EVERY = 10.0
"""Seconds between two attempts to write to the database, while it is well."""
_UNKNOWN: dict[str, Any] = {
    "deliveries": None,
    "deliveries_waiting_for_a_person": [],
    "deliveries_failed": [],
    "channel_paused": None,
    "blog_check": None,
    "paper_check": None,
    "drafts_waiting": None,
}


class Health:
    """How a bot is that has started. Nothing in it is secret or personal."""

    def __init__(self, running: Running, background: Background, socket: SocketModeServer | None, doors: Doors) -> None:
        self._services = running.services
        self._database = running.database
        self._files = running.files
        self._socket = socket
        self._background = background
        self._http = doors.slack
        self._papers = background.papers
        self._agents = doors.agents
        self.workspaces: Callable[[], WorkspaceCounts] | None = None
        """Returns how the workspaces are that joined; None where there is one workspace."""
        self._database_state = Outside("the database")
        self._failed_lately = 0
        self._unserved: str | None = None
        self._written_at = -WRITE_EVERY
        self._asked_at = -FRESH
        self._asking: asyncio.Task[dict[str, Any]] | None = None

    async def not_ready(self) -> list[str]:
        """Return why the bot cannot take or answer what Slack sends; empty where it can."""
        await self._from_database()
        return self._unable()

    async def report(self) -> dict[str, Any]:
        """Return how everything is, and as `troubles` what is not as it should be."""
        stored = await self._from_database()
        troubles = [*self._unable(), *self._not_done(stored)]
        corpus = self._services.knowledge.corpus
        state = {
            "status": "trouble" if troubles else "ok",
            "troubles": troubles,
            "outside": {name: each.state() for name, each in self._outside().items()} | _blog(stored["blog_check"]),
            "summaries": len(corpus.summaries),
            "months": len(corpus.issues),
            "library_on_disk_faulty": self._services.knowledge.faulty,
            "library_faults": len(self._services.knowledge.faults),
            "meaning": asdict(self._services.meaning.state),
            **stored,
            "jobs": {name: _job(each) for name, each in self._background.scheduler.states.items()},
        }
        if self.workspaces:
            state["workspaces"] = asdict(self.workspaces())
        if self._http:
            state["requests_refused"] = dict(self._http.refused)
        if self._agents:
            state["agents_refused"] = dict(self._agents.refused)
        return state

    def _unable(self) -> list[str]:
        """Return what keeps the bot from answering."""
        known = self._outside()
        known.pop("channel", None)
        troubles = [each.trouble for each in known.values() if each.trouble]
        if self._socket and not self._socket.state.since:
            troubles.append(f"{self._socket.state.name}: it was not yet")
        if self._http and self._services.slack.clock_is_off() and not self._http.state.trouble:
            troubles.append(CLOCK_OFF)
        if self._services.workspace.installation.revoked:
            troubles.append(self._services.workspace.installation.revoked)
        return troubles

    def _not_done(self, stored: Mapping[str, Any]) -> list[str]:
        """Return what the bot should do and does not, although it answers."""
        channel, paused = self._background.channel, stored["channel_paused"]
        found = [channel.state.trouble if channel else None]
        if paused and not found[0]:
            found.append(f"PPRNET_CHANNEL: nothing can be posted there ({paused})")
        found += [self._background.drafts.unwritten, self._services.approval.revising.unwritten]
        if self._files.failures:
            found.append(f"{self._files.name}: {self._files.reason}; the last good version is in use")
        if failed := self._failed_lately:
            found.append(f"{plural(failed, 'message')} could not be posted in the last seven days: see deliveries_failed")
        if waiting := len(stored["deliveries_waiting_for_a_person"]):
            found.append(
                f"{plural(waiting, 'message')} may or may not have been posted: someone has to check (`pprnet settle`)"
            )
        joined = self.workspaces().troubles() if self.workspaces else [*filter(None, [self._unserved])]
        return [*filter(None, found), *self._background.scheduler.troubles(), *joined]

    def _outside(self) -> dict[str, Outside]:
        found = {"database": self._database_state, "slack_web_api": self._services.slack.state}
        if self._socket:
            found["slack_socket"] = self._socket.state
        if self._http:
            found["slack_requests"] = self._http.state
        if self._papers:
            found["paper_notices"] = self._papers.state
        if self._background.channel:
            found["channel"] = self._background.channel.state
        return {**found, "library_files": self._files}

    async def _from_database(self) -> dict[str, Any]:
        """Return the part of the answer that is in the database, read at most once a moment, however many probe. Nothing is
        cut off: a database call that is cut off keeps its lock.
        """
        is_fresh = not self._database_state.failures and time.monotonic() - self._asked_at < FRESH
        if self._asking is None or (self._asking.done() and not is_fresh):
            self._asked_at = time.monotonic()
            self._asking = asyncio.create_task(self._ask())
        await asyncio.wait({self._asking}, timeout=PATIENCE)
        if self._asking.done():
            return self._asking.result()
        self._database_state.failed("it does not answer")
        return dict(_UNKNOWN)

    async def _ask(self) -> dict[str, Any]:
        try:
            if self._database_state.failures or time.monotonic() - self._written_at >= WRITE_EVERY:
                if why := await self._database.why_not_writable():
                    why = why.replace("the database cannot be written: ", "").replace("the database", "it", 1)
                    self._database_state.failed(f"it cannot be written: {why}")
                    return dict(_UNKNOWN)
                self._written_at = time.monotonic()
            stored = await self._stored()
        except Exception as error:
            self._database_state.failed(reason(error))
            return dict(_UNKNOWN)
        self._database_state.answered()
        return stored

    async def _stored(self) -> dict[str, Any]:
        """Return the part of the answer that is in the database."""
        ledger, drafts = self._services.posts.ledger, await self._services.approval.drafts.all()
        failed, since = await ledger.in_state("failed"), time.time() - LATELY
        self._failed_lately = sum(delivery.changed_at > since for delivery in failed)
        self._unserved = None if self.workspaces else await unserved_in(self._database)
        return {
            "deliveries": await ledger.states(),
            "deliveries_waiting_for_a_person": [delivery.id for delivery in await ledger.in_state("manual")],
            "deliveries_failed": [delivery.id for delivery in failed],
            "channel_paused": await self._channel_paused(),
            "blog_check": await self._blog_check(),
            "paper_check": await self._papers.status(self._services.knowledge.corpus) if self._papers else None,
            "drafts_waiting": [each.month for each in drafts if each.state != APPROVED],
        }

    async def _channel_paused(self) -> str | None:
        """Return the code with which Slack refused the last message to the operator's channel; None where it did not."""
        if self._background.channel is None:
            return None
        found = await self._services.posts.subscriptions.get(self._services.team, self._background.channel.channel)
        return found.why or "paused" if found and found.state == PAUSED else None

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


def _blog(check: dict[str, Any] | None) -> dict[str, Any]:
    """Return the state of the blog by its checks, which are made by one replica for all."""
    if check is None:
        return {}
    failures, well = check["failures_in_a_row"], check["last_success"]
    state = "failing" if failures else "ok" if well else "unknown"
    return {"blog": {"state": state, "reason": check["trouble"], "since": well, "failures_in_a_row": failures}}


def _job(state: JobState) -> dict[str, Any]:
    ago = round(state.seconds_ago)
    last = (datetime.now(UTC) - timedelta(seconds=ago)).isoformat(timespec="seconds")
    return {
        "last_success": last if state.has_succeeded else None,
        "seconds_ago": ago if state.has_succeeded else None,
        "failures_in_a_row": state.failures,
        "reason": state.reason,
    }
