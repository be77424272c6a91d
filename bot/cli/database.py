"""The database of a command: the one in use, or for the commands that run the bot a new one."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.errors import CommandError
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.store.database import Database  # it takes long to import


def say_where(settings: Settings) -> None:
    """Say on standard error where a database of an earlier version is used, which kept it in the current folder."""
    if settings.in_old_place:
        file = settings.database_file
        print(
            f"pprnet: using the database {file}, where earlier versions had it by default. Name it, and it is used from "
            f"every folder: PPRNET_DATABASE_URL=sqlite:///{file}",
            file=sys.stderr,
        )


def make_folder(settings: Settings) -> None:
    """Make the folder of the default database, for its user alone. Raises CommandError."""
    say_where(settings)
    file = settings.database_file
    if file is None or settings.is_database_named or settings.in_old_place:
        return
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(
            f"{file.parent}, the folder of the database, cannot be made ({error.strerror}): name a file in "
            "PPRNET_DATABASE_URL"
        ) from None


@asynccontextmanager
async def existing(settings: Settings) -> AsyncIterator[Database]:
    """Open the database in use until the block ends, and never make one. Raises CommandError."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.store.database import Database
    from bot.store.errors import StoreError, reason

    say_where(settings)
    try:
        database = await Database.open(settings.database_url, must_exist=True)
    except StoreError as error:
        raise CommandError(str(error)) from None
    try:
        yield database
    except SQLAlchemyError as error:
        raise CommandError(f"the database cannot be used ({reason(error)}): nothing was changed") from None
    finally:
        await database.close()
