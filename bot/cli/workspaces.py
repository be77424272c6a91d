"""`pprnet workspaces`: which workspaces joined an installation for many; and erasing one."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime

from bot.cli.directory import Directory, opened, settings_for_many
from bot.errors import CommandError
from bot.settings import Settings
from bot.settings.own_settings import OwnSettings
from bot.store.personal_data import PersonalData
from bot.store.workspaces import ACTIVE, LEFT, RESTORABLE, WorkspaceRow, is_workspace

EXAMPLES = """\
  pprnet workspaces
  pprnet workspaces remove T0123456789 --dry-run
  pprnet workspaces remove T0123456789"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet workspaces`."""
    parser.add_argument(
        "action", nargs="?", choices=["remove"], help="delete a workspace's token and all that is stored of it"
    )
    parser.add_argument("workspace", nargs="?", metavar="WORKSPACE", help="its id, T... (or E..., of an organisation)")
    parser.add_argument("--dry-run", action="store_true", help="with `remove`: say what is stored, delete nothing")


def run(options: argparse.Namespace) -> int:
    """List, or remove; the exit status is 0. Raises CommandError."""
    settings = settings_for_many()
    if options.action is None:
        print(asyncio.run(listed(settings)))
    else:
        print(asyncio.run(remove(settings, options.workspace or "", dry_run=options.dry_run)))
    return 0


async def listed(settings: Settings) -> str:
    """Return one line for each workspace."""
    async with opened(settings) as directory:
        rows = await directory.workspaces.all()
    return "\n".join(_line(row) for row in rows) or "No workspace has joined. Invite one: pprnet invite --for NAME"


async def remove(settings: Settings, workspace: str, *, dry_run: bool) -> str:
    """Delete a workspace and return what was deleted. Raises CommandError where it is unknown."""
    if not is_workspace(workspace):
        raise CommandError("that is no workspace's id: `pprnet workspaces` lists them (T...)")
    async with opened(settings) as directory:
        row = await directory.workspaces.get(workspace)
        if row is None:
            raise CommandError(f"{workspace} has not joined: `pprnet workspaces` lists who has")
        stored = await _stored(directory, row)
        if dry_run:
            return f"{_line(row)}\nStored: {stored}. Nothing was deleted."
        await directory.workspaces.begin_erasing(workspace)
        await directory.database.erase_part(row.part)
        await directory.workspaces.forget(workspace)
    return (
        f"Deleted: the token of {workspace} and {stored}. Messages in Slack stay where they are; the app stays installed "
        "there until someone removes it."
    )


async def _stored(directory: Directory, row: WorkspaceRow) -> str:
    """Return how many rows its part of the database has."""
    part = await directory.database.part(row.part)
    try:
        count = await PersonalData(part).rows()
    finally:
        await part.close()
    return f"{count:,} row{'' if count == 1 else 's'} of its own"


def _line(row: WorkspaceRow) -> str:
    own = OwnSettings.read(row.settings)
    if row.state == ACTIVE:
        where = f"posts to {own.channel}" if own.channel else "no channel is set"
        state = f"joined {_day(row.joined_at)}, {where}, {len(own.curators)} curators"
    elif row.state == LEFT and row.left_at:
        state = f"removed the app; its data are deleted after {_minute(row.left_at + RESTORABLE)} UTC"
    else:
        state = "being deleted"
    return f"{row.id}  {row.name}: {state}"


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")


def _minute(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")
