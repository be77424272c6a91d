"""Many workspaces in one process: what is open while the bot runs, and how it is put together."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from slack_bolt.async_app import AsyncApp

from bot.outbox.timing import Timing
from bot.publishing.scheduler import Job
from bot.server.clinics import Clinics
from bot.server.joining import Joining
from bot.server.services import Running
from bot.server.web import Doors, Handler
from bot.settings import Settings
from bot.slack.http import not_now
from bot.store.workspaces import Workspaces
from bot.workspaces.installing import Installing
from bot.workspaces.invitations import INSTALL_PATH, REDIRECT_PATH
from bot.workspaces.states import States
from bot.workspaces.tokens import keys_of


@dataclass(frozen=True, slots=True)
class Many:
    """What runs for many workspaces."""

    clinics: Clinics
    joining: Joining
    job: Job


def joining_pages(doors: Doors) -> dict[str, Handler]:
    """Return the pages for joining, which answer 503 until the bot has started."""

    async def install(request: web.Request) -> web.StreamResponse:
        return await doors.joining.install(request) if doors.joining else not_now()

    async def redirected(request: web.Request) -> web.StreamResponse:
        return await doors.joining.redirected(request) if doors.joining else not_now()

    return {INSTALL_PATH: install, REDIRECT_PATH: redirected}


@contextlib.asynccontextmanager
async def many_workspaces(
    settings: Settings,
    home: Running,
    now: Callable[[], datetime],
    timing: Timing | None,
    tick: float,
    timed: Callable[[AsyncApp], AsyncApp],
) -> AsyncIterator[Many]:
    """Open every workspace that joined; close them at the end. Raises SealError for a key that will not do."""
    keys, directory = keys_of(settings), Workspaces(home.database)
    clinics = Clinics(settings, home, directory, keys, now, timing, tick, timed)
    installing = Installing(settings, keys, directory, home.services.workspace.identity)
    await clinics.start()
    try:
        yield Many(clinics, Joining(settings, States(keys), directory, installing, clinics.changed), clinics.job(tick))
    finally:
        await clinics.close()
