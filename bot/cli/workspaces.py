"""`pprnet workspaces`: which workspaces joined an installation for many; and erasing one."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime
from typing import Any

from bot.cli.arguments import add_json, print_json
from bot.cli.directory import Directory, opened, settings_for_many
from bot.cli.wrapping import print_line
from bot.errors import CommandError
from bot.settings import Settings
from bot.settings.own_settings import OwnSettings
from bot.store.personal_data import PersonalData
from bot.store.workspaces import ACTIVE, LEFT, RESTORABLE, WorkspaceRow, is_workspace
from bot.text import plural

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
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """List, or remove; the exit status is 0. Raises CommandError."""
    settings = settings_for_many()
    if options.action is None:
        rows = asyncio.run(listed(settings))
        if options.json:
            print_json({"workspaces": [*map(_as_json, rows)]})
        else:
            for line in [*map(_line, rows)] or ["No workspace has joined. Invite one: pprnet invite --for NAME"]:
                print_line(line, indent="  ")
        return 0
    row, count = asyncio.run(remove(settings, options.workspace or "", dry_run=options.dry_run))
    if options.json:
        print_json({**_as_json(row), "rows": count, "deleted": not options.dry_run})
    else:
        for line in _removed(row, f"{plural(count, 'row')} of its own", dry_run=options.dry_run):
            print_line(line, indent="  ")
    return 0


async def listed(settings: Settings) -> list[WorkspaceRow]:
    """Return the workspaces that joined."""
    async with opened(settings) as directory:
        return await directory.workspaces.all()


async def remove(settings: Settings, workspace: str, *, dry_run: bool) -> tuple[WorkspaceRow, int]:
    """Delete a workspace, or (`dry_run`) only count; return what it was, and how many rows were stored of it. Raises
    CommandError where it is unknown.
    """
    if not is_workspace(workspace):
        raise CommandError("that is no workspace's id: `pprnet workspaces` lists them (T...)")
    async with opened(settings) as directory:
        row = await directory.workspaces.get(workspace)
        if row is None:
            raise CommandError(f"{workspace} has not joined: `pprnet workspaces` lists who has")
        stored = await _stored(directory, row)
        if not dry_run:
            await directory.workspaces.begin_erasing(workspace)
            await directory.database.erase_part(row.part)
            await directory.workspaces.forget(workspace)
    return row, stored


async def _stored(directory: Directory, row: WorkspaceRow) -> int:
    """Return how many rows its part of the database has."""
    part = await directory.database.existing_part(row.part)
    if part is None:
        return 0
    try:
        return await PersonalData(part).rows()
    finally:
        await part.close()


def _removed(row: WorkspaceRow, stored: str, *, dry_run: bool) -> list[str]:
    if dry_run:
        return [_line(row), f"Stored: {stored}. Nothing was deleted."]
    return [
        f"Deleted: the token of {row.id} and {stored}. Messages in Slack stay where they are; the app stays installed there "
        "until someone removes it."
    ]


def _as_json(row: WorkspaceRow) -> dict[str, Any]:
    own = OwnSettings.read(row.settings)
    what = {"id": row.id, "name": row.name, "state": row.state, "channel": own.channel, "curators": len(own.curators)}
    return {**what, "asked_first": own.asks_after is not None, "joined_at": row.joined_at, "left_at": row.left_at}


def _line(row: WorkspaceRow) -> str:
    own = OwnSettings.read(row.settings)
    if row.state == ACTIVE:
        where = f"posts to {own.channel}" if own.channel else "no channel is set"
        asked = ", asked before a month is posted" if own.asks_after else ""
        state = f"joined {_day(row.joined_at)}, {where}, {plural(len(own.curators), 'curator')}{asked}"
    elif row.state == LEFT and row.left_at:
        state = f"removed the app; its data are deleted after {_minute(row.left_at + RESTORABLE)} UTC"
    else:
        state = "being deleted"
    return f"{row.id}  {row.name}: {state}"


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")


def _minute(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")
