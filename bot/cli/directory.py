"""What the commands about many workspaces have in common: the directory of who joined, open for one command."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.cli.database import existing
from bot.errors import CommandError
from bot.settings import Settings
from bot.store.database import Database
from bot.store.workspaces import WorkspaceRow, Workspaces


@dataclass(frozen=True, slots=True)
class Directory:
    """The operator's database and the workspaces in it."""

    database: Database
    workspaces: Workspaces


def settings_for_many() -> Settings:
    """Return the settings. Raises CommandError unless there are many workspaces."""
    settings = Settings.from_env(os.environ)
    if not settings.workspaces:
        raise CommandError("PPRNET_WORKSPACES is not on: this installation is for one workspace")
    return settings


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Directory]:
    """Open the directory. Raises CommandError."""
    async with existing(settings) as database:
        found = Workspaces(database)
        await found.prepare()
        yield Directory(database, found)


async def parts(settings: Settings, database: Database) -> AsyncIterator[tuple[WorkspaceRow, Database]]:
    """Yield each workspace that joined with its part of the database, open until the next; nothing is made."""
    if not settings.workspaces:
        return
    directory = Workspaces(database)
    await directory.prepare()
    for row in await directory.all():
        part = await database.existing_part(row.part)
        if part is None:
            continue
        try:
            yield row, part
        finally:
            await part.close()
