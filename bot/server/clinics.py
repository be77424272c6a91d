"""The workspaces that joined, each with services, an app and jobs of its own, over its own part of the database.

Nothing that one workspace's code can reach belongs to another: that is what keeps them apart, and no condition in a query.
Shared are the library with its search, the sentence model, the pictures, and the connections.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime

from slack_bolt.async_app import AsyncApp

from bot.failures import log_failure, reason
from bot.listeners.services import SettingsInSlack
from bot.outbox.timing import Timing
from bot.publishing.scheduler import Job, Scheduler
from bot.server.app import build_app
from bot.server.jobs import build_jobs_of_joined
from bot.server.services import DRAIN, JoinedAs, Running, services_over
from bot.settings import Settings
from bot.settings.own_settings import OwnSettings
from bot.slack.identity import Identity
from bot.slack.routing import Joined, ManyWorkspaces, OneWorkspace
from bot.store.workspaces import ACTIVE, WorkspaceRow, Workspaces
from bot.workspaces.sealing import Keys
from bot.workspaces.tokens import opened

log = logging.getLogger(__name__)

UNHURRIED = 50
"""Workspaces up to which each looks for something to do as often as the only one would; of more, each does so less often."""
AT_ONCE = 4
"""Workspaces that are opened at the same time."""


@dataclass
class _Clinic:
    """A workspace that is served: which row of the directory it was made from, and how it ends."""

    row: WorkspaceRow
    scheduler: Scheduler
    resources: AsyncExitStack
    jobs: asyncio.Task[None]
    tenant: Joined


@dataclass
class Clinics:
    """Serves the workspaces that joined. `sync` is called again and again, and compares what is served with what is stored:
    another replica may have let one in.
    """

    settings: Settings
    home: Running
    directory: Workspaces
    keys: Keys
    now: Callable[[], datetime]
    timing: Timing | None
    tick: float
    timed: Callable[[AsyncApp], AsyncApp]
    """Measures how long an app takes."""
    served: dict[str, Joined] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    troubles: dict[str, str] = field(default_factory=dict)
    """Why a workspace is not served, by its id."""
    _pause: float = 0.0
    _open: dict[str, _Clinic] = field(default_factory=dict)
    _ending: set[asyncio.Task[None]] = field(default_factory=set)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def start(self) -> None:
        """Make the tables, and open every workspace."""
        await self.directory.prepare()
        await self.sync()

    async def sync(self) -> bool:
        """Open what joined, close what left, open again what was changed, erase what left long ago. Returns whether there
        was anything to do. One that cannot be opened is tried again the next time and stops no other.
        """
        async with self._turn:
            wanted = {row.id: row for row in await self.directory.all() if row.state == ACTIVE and row.token}
            self.troubles = {name: why for name, why in self.troubles.items() if name in wanted}
            over = [name for name in self._open if name not in wanted]
            new = [row for name, row in wanted.items() if name not in self._open or self._is_old(row)]
            self._pause = self.tick * max(1.0, len(wanted) / UNHURRIED)
            limit = asyncio.Semaphore(AT_ONCE)
            for name in over:
                self._close(name)
            await asyncio.gather(*(self._try_to_open(row, limit) for row in new))
            erased = await self._erase()
            return bool(over or new or erased)

    def routed(self, home: OneWorkspace) -> ManyWorkspaces:
        """Return what finds them, and the operator's own, by what a request says."""
        return ManyWorkspaces(home, self.served)

    def counts(self) -> dict[str, int]:
        """Return how many workspaces are served, and how many cannot be."""
        return {"served": len(self._open), "not_served": len(self.troubles)}

    def job(self, tick: float) -> Job:
        """Return the job that keeps them as they should be."""
        return Job("workspaces", tick, self.sync, woken=self.changed)

    async def leave(self, workspace: str, at: float | None) -> None:
        """Delete a workspace's token at once, and serve it no more. Its data stay for a day."""
        if await self.directory.leave(workspace, at):
            log.info("workspace %s removed the app: its token was deleted, its data follow in 24 hours", workspace)
        self.changed.set()

    async def close(self) -> None:
        """Close every workspace, after what is in progress."""
        async with self._turn:
            for name in list(self._open):
                self._close(name)
            if self._ending:
                await asyncio.wait(self._ending, timeout=2 * DRAIN)

    def _is_old(self, row: WorkspaceRow) -> bool:
        """Return whether a workspace was changed since it was opened. Its token sealed with a new key is no change."""
        return self._open[row.id].row.changed_at != row.changed_at

    async def _try_to_open(self, row: WorkspaceRow, limit: asyncio.Semaphore) -> None:
        try:
            async with limit:
                await self._open_one(row)
            if self.troubles.pop(row.id, None):
                log.info("workspace %s is served again", row.id)
        except Exception as error:
            if self.troubles.get(row.id) != (why := reason(error)):
                log_failure(error, f"workspace {row.id} cannot be served")
            self.troubles[row.id] = why

    async def _open_one(self, row: WorkspaceRow) -> None:
        token = await opened(row, self.keys, self.directory)
        own = OwnSettings.read(row.settings)
        settings = own.over(self.settings, token)
        identity = Identity(row.id, row.user_id, row.bot_id, row.enterprise_id, self.home.services.workspace.identity.app_id)
        home = self.home.services

        async def save(changed: OwnSettings) -> None:
            await self.directory.set_settings(row.id, changed.stored())
            self.changed.set()

        async def left(at: float | None) -> None:
            await self.leave(row.id, at)

        async with AsyncExitStack() as resources:
            part = await self.home.database.part(row.part)
            resources.push_async_callback(part.close)
            running = await resources.enter_async_context(
                services_over(
                    part,
                    settings,
                    home.knowledge,
                    now=self.now,
                    timing=self.timing,
                    meaning=home.meaning,
                    joined=JoinedAs(identity, home.pictures, SettingsInSlack(own, save)),
                )
            )
            workspace = running.services.workspace
            workspace.installation.on_revoked = left
            scheduler = Scheduler(build_jobs_of_joined(settings, running, self._pause, self.now))
            jobs = asyncio.create_task(scheduler.run())
            tenant = Joined(row.id, self.timed(build_app(running.services)), identity, workspace.shared)
            before = self._open.get(row.id)
            # Its requests go to the new one from here on: at no moment is the workspace unknown.
            self._open[row.id] = _Clinic(row, scheduler, resources.pop_all(), jobs, tenant)
            self.served[row.id] = tenant
        if before:
            self._begin_to_end(before)

    def _close(self, name: str) -> None:
        self.served.pop(name, None)
        self._begin_to_end(self._open.pop(name))

    def _begin_to_end(self, clinic: _Clinic) -> None:
        """Close what a workspace was served with, while the others go on."""
        task = asyncio.create_task(self._end(clinic))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end(self, clinic: _Clinic) -> None:
        """Close what a workspace was served with, after what is in progress there."""
        name = clinic.row.id
        clinic.scheduler.stop()
        await asyncio.wait({clinic.jobs}, timeout=DRAIN)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(clinic.tenant.idle.wait(), DRAIN)
        try:
            await clinic.resources.aclose()
        except Exception as error:
            log_failure(error, f"workspace {name} was not closed well")

    async def _erase(self) -> list[str]:
        if self._ending:
            return []  # what is being closed may be what is to be erased
        erasing = await self.directory.begin_erasing()
        for name in erasing:
            await self.home.database.erase_part(name.lower())
            await self.directory.forget(name)
            log.info("workspace %s left a day ago: its data were deleted", name)
        return erasing
