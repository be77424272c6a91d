"""The workspaces that joined, each with services, an app and jobs of its own, over its own part of the database.

Nothing that one workspace's code can reach belongs to another: that is what keeps them apart, and no condition in a query.
Shared are the library with its search, the sentence model, the pictures, and the connections.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime

from slack_bolt.async_app import AsyncApp

from bot.failures import log_failure, reason
from bot.listeners.services import SettingsInSlack
from bot.outbox.timing import Timing
from bot.publishing.scheduler import Job
from bot.server.app import build_app
from bot.server.background import draft_worker
from bot.server.clinic import Clinic, WorkspaceCounts
from bot.server.jobs import build_jobs_of_joined
from bot.server.services import DRAIN, JoinedAs, Running, services_over
from bot.settings import Settings
from bot.settings.own_settings import OwnSettings
from bot.slack.identity import Identity
from bot.slack.routing import Joined, ManyWorkspaces, OneWorkspace
from bot.store.database import Database
from bot.store.errors import StoreError
from bot.store.workspaces import ACTIVE, ERASING, WorkspaceRow, Workspaces
from bot.workspaces.sealing import Keys
from bot.workspaces.tokens import opened

log = logging.getLogger(__name__)

UNHURRIED = 50
"""Workspaces up to which each looks for something to do as often as the only one would; of more, each does so less often."""
AT_ONCE = 4
"""Workspaces that are opened at the same time."""


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
    _removed: int = 0
    _pause: float = 0.0
    _open: dict[str, Clinic] = field(default_factory=dict)
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
            rows = await self.directory.all()
            wanted = {row.id: row for row in rows if row.state == ACTIVE and row.token}
            self._removed = len(rows) - len(wanted)
            self.troubles = {name: why for name, why in self.troubles.items() if name in wanted}
            over = [name for name in self._open if name not in wanted]
            new = [row for name, row in wanted.items() if name not in self._open or self._is_old(row)]
            self._pause = self.tick * max(1.0, len(wanted) / UNHURRIED)
            limit = asyncio.Semaphore(AT_ONCE)
            for name in over:
                self._close(name)
            await asyncio.gather(*(self._try_to_open(row, limit) for row in new))
            # Jobs begin once all are open, and one after the other: at a start of many, all are soon open.
            opened = [self._open[row.id] for row in new if row.id in self._open]
            for number, clinic in enumerate(opened):
                clinic.begin(self._pause * number / len(opened))
            erased = await self._erase()
            return bool(over or new or erased)

    def routed(self, home: OneWorkspace) -> ManyWorkspaces:
        """Return what finds them, and the operator's own, by what a request says."""
        return ManyWorkspaces(home, self.served, self._is_expected)

    def counts(self) -> WorkspaceCounts:
        """Return how the workspaces are, in numbers."""
        return WorkspaceCounts.of(self._open.values(), not_served=len(self.troubles), removed=self._removed)

    def job(self, tick: float) -> Job:
        """Return the job that keeps them as they should be."""
        return Job("workspaces", tick, self.sync, woken=self.changed)

    async def leave(self, row: WorkspaceRow, since: float | None) -> None:
        """Delete a workspace's token at once, and serve it no more. Its data stay for a day. `since`: when it left, as Slack
        says; without, its token is refused.
        """
        workspace = row.id
        if await self.directory.leave(workspace, since=since, token=row.token if since is None else None):
            log.info("workspace %s removed the app: its token was deleted, its data follow in 24 hours", workspace)
        self.changed.set()

    async def close(self) -> None:
        """Close every workspace, after what is in progress."""
        async with self._turn:
            for name in list(self._open):
                self._close(name)
            if self._ending:
                await asyncio.wait(self._ending, timeout=2 * DRAIN)

    async def _is_expected(self, names: Sequence[str]) -> bool:
        """Return whether one of these joined; then it is soon served. True where it cannot be said now."""
        try:
            expected = await self.directory.any_active(names)
        except StoreError:
            return True
        if expected:
            self.changed.set()
        return expected

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
                log_failure(error, f"serving workspace {row.id}", "it will be tried again")
            self.troubles[row.id] = why

    async def _open_one(self, row: WorkspaceRow) -> None:
        token = await opened(row, self.keys, self.directory)
        own = OwnSettings.read(row.settings)
        settings = own.over(self.settings, token)
        home = self.home.services
        # Another workspace of its organisation is not this one, unless the app was installed for all of it.
        organisation = row.id if row.id == row.enterprise_id else None
        identity = Identity(row.id, row.user_id, row.bot_id, organisation, home.workspace.identity.app_id)

        async def save(changed: OwnSettings) -> None:
            await self.directory.set_settings(row.id, changed.stored())
            self.changed.set()

        async def left(at: float | None) -> None:
            await self.leave(row, at)

        async with AsyncExitStack() as resources:
            part = await self._part_of(row)
            if part is None:
                return
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
            tenant = Joined(row.id, self.timed(build_app(running.services)), identity, workspace.shared)
            jobs = build_jobs_of_joined(settings, running, self._pause, self.now, draft_worker(settings, running))
            clinic = Clinic(row, running, tenant, jobs, resources.pop_all())
            before = self._open.get(row.id)
            # Its requests go to the new one from here on: at no moment is the workspace unknown.
            self._open[row.id], self.served[row.id] = clinic, tenant
        if before:
            self._begin_to_end(before)

    async def _part_of(self, row: WorkspaceRow) -> Database | None:
        """Return a workspace's part of the database; None where it was erased meanwhile: nothing of it comes back."""
        part = await self.home.database.part(row.part)
        if part.file:
            part.file.on_lost = self.changed.set
        found = await self.directory.get(row.id)
        if found and found.state != ERASING:
            return part
        await part.close()
        await self.home.database.erase_part(row.part)
        log.info("workspace %s was removed while it was opened", row.id)
        return None

    def _close(self, name: str) -> None:
        self.served.pop(name, None)
        self._begin_to_end(self._open.pop(name))

    def _begin_to_end(self, clinic: Clinic) -> None:
        """Close what a workspace was served with, while the others go on."""
        task = asyncio.create_task(clinic.end())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _erase(self) -> list[str]:
        if self._ending:
            return []  # what is being closed may be what is to be erased
        erasing = await self.directory.begin_erasing()
        for name in erasing:
            await self.home.database.erase_part(name.lower())
            await self.directory.forget(name)
            log.info("workspace %s left a day ago: its data were deleted", name)
        return erasing
