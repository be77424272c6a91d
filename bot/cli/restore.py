"""`pprnet restore`: a backup checked, or put in place where there is nothing yet."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import tempfile
from pathlib import Path

from bot.cli import backup_file
from bot.cli.backup_file import Contents
from bot.cli.database import make_folder
from bot.corpus.load import examine
from bot.errors import CommandError
from bot.outbox.ledger import Ledger
from bot.paths import default_root
from bot.server.features import kinds
from bot.settings import Settings
from bot.store.copying import check_dump, undump
from bot.store.database import Database
from bot.store.state import state_of, state_of_file
from bot.text import plural

EXAMPLES = """\
  pprnet restore /var/backups/pprnet-2026-11-28.tar --check
  pprnet restore /var/backups/pprnet-2026-11-28.tar"""
NEXT = (
    "Restored. Messages that were posted after the backup are looked up in their channels before they would be posted "
    "again, where the bot may read the history; where it may not, check the channels before you start it."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet restore`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a backup (.tar)")
    parser.add_argument("--check", action="store_true", help="only read it and say what is in it")


def run(options: argparse.Namespace) -> int:
    """Check or restore; the exit status is 0. Raises CommandError and StoreError."""
    settings = Settings.from_env(os.environ)
    place = settings.database_file
    if not options.check:
        make_folder(settings)
    with tempfile.TemporaryDirectory(
        dir=None if options.check or place is None else _folder(place), prefix=".pprnet-"
    ) as it:
        folder = Path(it)
        found = backup_file.read(options.file, folder)
        print(_checked(found, folder))
        if options.check:
            return 0
        kind = "postgresql" if place is None else "sqlite"
        if found.kind != kind:
            raise CommandError(f"this is a backup of a {found.kind} database, and PPRNET_DATABASE_URL names a {kind} one")
        library = _check_empty(settings, found)
        asyncio.run(_put(settings, folder / backup_file.DATABASE))
        if library:
            shutil.copytree(folder / backup_file.LIBRARY, library, dirs_exist_ok=True)
    print(NEXT)
    return 0


def _folder(place: Path) -> Path:
    if not place.parent.is_dir():
        raise CommandError(f"the folder {place.parent} for the database does not exist: create it")
    return place.parent


def _checked(found: Contents, folder: Path) -> str:
    """Return what is in a backup. Raises StoreError where its database is damaged."""
    database = folder / backup_file.DATABASE
    if found.kind == "sqlite":
        tables = f"schema {state_of_file(database).version}"
    else:
        check_dump(database)
        tables = "by pg_dump"
    lines = [f"A backup of {found.made_at}, made by version {found.version}: whole.", f"Database: {found.kind}, {tables}."]
    if found.has_library:
        corpus, faults = examine(folder / backup_file.LIBRARY)
        state = plural(len(faults), "fault")
        lines.append(f"Library: {plural(len(corpus.issues), 'month')}, {plural(len(corpus.summaries), 'summary')}, {state}.")
    else:
        lines.append("Library: the one that comes with the bot, which is not in it.")
    return "\n".join(lines)


def _check_empty(settings: Settings, found: Contents) -> Path | None:
    """Return where the library goes; None where there is none in the backup. Raises CommandError where something is there
    already: nothing is overwritten.
    """
    file = settings.database_file
    for path in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")) if file else ():
        if path.exists():
            raise CommandError(
                f"{path} exists: stop the bot and move it away first (what is beside a database belongs to it)"
            )
    if file is None and asyncio.run(state_of(settings.database_url)).version is not None:
        raise CommandError("the database has tables of the bot already: name an empty one")
    if not found.has_library:
        return None
    root = settings.knowledge
    if root.resolve() == default_root().resolve():
        raise CommandError("there is a library in the backup: make an empty folder for it and name it in PPRNET_KNOWLEDGE")
    if any(root.iterdir()):
        raise CommandError(f"{root} is not empty: name an empty folder in PPRNET_KNOWLEDGE")
    return root


async def _put(settings: Settings, copy: Path) -> None:
    """Put the database in its place, with a note that it is a copy of one that may have gone on."""
    place = settings.database_file
    if place is None:
        await asyncio.to_thread(undump, settings.database_url, copy)
        await _note(settings.database_url)
        return
    await _note(f"sqlite+aiosqlite:///{copy}")
    try:
        os.chmod(copy, 0o600)  # noqa: PTH101  (nothing else runs beside)
        os.link(copy, place)
    except OSError as failed:
        raise CommandError(f"{place} cannot be written ({failed.strerror})") from None


async def _note(url: str) -> None:
    database = await Database.open(url, must_exist=True)
    try:
        await Ledger(database, kinds()).restored()
        await database.checkpoint()  # all of it into the file itself
    finally:
        await database.close()
