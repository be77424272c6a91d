"""`pprnet forget`: an operator deletes what is stored about a person, such as one who has left."""

from __future__ import annotations

import argparse
import asyncio
import os
import re

from sqlalchemy.exc import SQLAlchemyError

from bot.blocks.forget import listed
from bot.errors import CommandError
from bot.settings import Settings
from bot.store.database import Database, reason
from bot.store.errors import StoreError
from bot.store.personal_data import PersonalData

EXAMPLES = """\
  pprnet forget U0123456789 --dry-run
  pprnet forget U0123456789"""

_PERSON = re.compile(r"[UW][A-Z0-9]{2,20}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet forget`."""
    parser.add_argument("user", metavar="USER", help="the person's id, U...")
    parser.add_argument("--dry-run", action="store_true", help="list what is stored, delete nothing")


def run(options: argparse.Namespace) -> int:
    """Delete or list; the exit status is 0. Raises CommandError."""
    print(asyncio.run(forget(Settings.from_env(os.environ), options.user, dry_run=options.dry_run)))
    return 0


async def forget(settings: Settings, user: str, *, dry_run: bool) -> str:
    """Delete all that is stored about a person, or (`dry_run`) only count it; return what to print. Raises CommandError."""
    if not _PERSON.fullmatch(user):
        raise CommandError("that is not a person's id: open the profile in Slack, choose Copy member ID (U...)")
    try:
        database = await Database.open(settings.database_url)
    except StoreError as error:
        raise CommandError(str(error)) from None
    try:
        stored = PersonalData(database)
        found = await (stored.count(None, user) if dry_run else stored.erase(None, user))
    except SQLAlchemyError as error:
        raise CommandError(f"the database cannot be used ({reason(error)}): nothing was deleted") from None
    finally:
        await database.close()
    lines = listed(found)
    if not lines:
        return f"Nothing is stored about {user}."
    lead = f"Stored about {user}:" if dry_run else f"Deleted, about {user}:"
    end = "Nothing was deleted." if dry_run else "Messages in Slack stay where they are."
    return "\n".join([lead, *(f"  {line}" for line in lines), end])
