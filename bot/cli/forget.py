"""`pprnet forget`: an operator deletes what is stored about a person, such as one who has left."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, fields, replace

from bot.blocks.forget import listed
from bot.cli.arguments import add_json, print_json
from bot.cli.database import existing
from bot.cli.directory import parts
from bot.errors import CommandError
from bot.settings import Settings
from bot.settings.own_settings import OwnSettings
from bot.store.database import Database
from bot.store.personal_data import PersonalData, RowCounts
from bot.store.workspaces import Workspaces

EXAMPLES = """\
  pprnet forget U0123456789 --dry-run
  pprnet forget U0123456789"""

_PERSON = re.compile(r"[UW][A-Z0-9]{2,20}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet forget`."""
    parser.add_argument("user", metavar="USER", help="the person's id, U...")
    parser.add_argument("--dry-run", action="store_true", help="list what is stored, delete nothing")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Delete or list; the exit status is 0. Raises CommandError."""
    user, dry_run = options.user, options.dry_run
    found, place = asyncio.run(forget(Settings.from_env(os.environ), user, dry_run=dry_run))
    if options.json:
        print_json({"user": user, "database": place, "deleted": not dry_run, "stored": asdict(found)})
    else:
        print(_said(user, found, place, dry_run=dry_run))
    return 0


async def forget(settings: Settings, user: str, *, dry_run: bool) -> tuple[RowCounts, str]:
    """Delete all that is stored about a person in any workspace, or (`dry_run`) only count it; return how much of what,
    and in which database. Raises CommandError.
    """
    if not _PERSON.fullmatch(user):
        raise CommandError("that is not a person's id: open the profile in Slack, choose Copy member ID (U...)")
    async with existing(settings) as database:
        counted = [await _forgotten(database, user, dry_run=dry_run)]
        async for row, part in parts(settings, database):
            counted.append(await _forgotten(part, user, dry_run=dry_run))
            own = OwnSettings.read(row.settings)
            if user in own.curators and not dry_run:
                others = tuple(each for each in own.curators if each != user)
                await Workspaces(database).set_settings(row.id, replace(own, curators=others).stored())
        return _sum(counted), database.place


def _said(user: str, found: RowCounts, place: str, *, dry_run: bool) -> str:
    lines = listed(found)
    if not lines:
        return f"Nothing is stored about {user} in {place}."
    lead = f"Stored about {user} in {place}:" if dry_run else f"Deleted from {place}, about {user}:"
    end = "Nothing was deleted." if dry_run else "Messages in Slack stay where they are."
    return "\n".join([lead, *(f"  {line}" for line in lines), end])


async def _forgotten(database: Database, user: str, *, dry_run: bool) -> RowCounts:
    stored = PersonalData(database)
    return await (stored.count(None, user) if dry_run else stored.erase(None, user))


def _sum(counted: Sequence[RowCounts]) -> RowCounts:
    names = [each.name for each in fields(RowCounts)]
    return RowCounts(**{name: sum(getattr(found, name) for found in counted) for name in names})
