"""`pprnet restore`: a backup checked, or put in place where there is nothing yet."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.cli import backup_file
from bot.cli.arguments import add_json, print_json
from bot.cli.backup_file import Contents
from bot.cli.database import make_folder
from bot.cli.wrapping import print_line
from bot.corpus.load import examine
from bot.errors import CommandError
from bot.outbox.ledger import Ledger
from bot.paths import default_root
from bot.server.features import kinds
from bot.settings import Settings
from bot.store.copying import check_dump, undump
from bot.store.database import Database
from bot.store.parts import file_of, files_in, folder_of
from bot.store.state import state_of, state_of_file
from bot.text import plural

EXAMPLES = """\
  pprnet restore /var/lib/pprnet/backups/pprnet-2026-11-28.tar --check
  pprnet restore /var/lib/pprnet/backups/pprnet-2026-11-28.tar"""
NEXT = (
    "Restored. Messages that were posted after the backup are looked up in their channels before they would be posted "
    "again, where the bot may read the history; where it may not, check the channels before you start it."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet restore`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a backup (.tar)")
    parser.add_argument("--check", action="store_true", help="only read it and say what is in it")
    add_json(parser)


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
        what = _checked(found, folder)
        if not options.json:
            for line in _said(what):
                print_line(line)
        if not options.check:
            _restore(settings, found, folder)
    if options.json:
        print_json({"file": str(options.file), **what, "restored": not options.check})
    elif not options.check:
        print_line(NEXT)
    return 0


def _restore(settings: Settings, found: Contents, folder: Path) -> None:
    kind = settings.database_kind
    if found.kind != kind:
        raise CommandError(f"this is a backup of a {found.kind} database, and PPRNET_DATABASE_URL names a {kind} one")
    library = _check_empty(settings, found)
    asyncio.run(_put(settings, folder / backup_file.DATABASE, found.parts))
    if library:
        shutil.copytree(folder / backup_file.LIBRARY, library, copy_function=shutil.copyfile, dirs_exist_ok=True)


def _folder(place: Path) -> Path:
    if not place.parent.is_dir():
        raise CommandError(f"the folder {place.parent} for the database does not exist: create it")
    return place.parent


def _checked(found: Contents, folder: Path) -> dict[str, Any]:
    """Return what is in a backup, as the documented object. Raises StoreError where its database is damaged."""
    database = folder / backup_file.DATABASE
    schema = None
    if found.kind == "sqlite":
        schema = state_of_file(database).version
        for each in files_in(database).values():
            state_of_file(each)
    else:
        check_dump(database)
    library = None
    if found.has_library:
        corpus, faults = examine(folder / backup_file.LIBRARY)
        library = {"months": len(corpus.issues), "summaries": len(corpus.summaries), "faults": len(faults)}
    whole = {"made_at": found.made_at, "version": found.version, "kind": found.kind}
    return {**whole, "schema": schema, "workspaces": len(found.parts), "library": library}


def _said(what: dict[str, Any]) -> Iterator[str]:
    yield f"A backup of {what['made_at']}, made by version {what['version']}: whole."
    yield f"Database: {what['kind']}, {'schema ' + what['schema'] if what['schema'] else 'by pg_dump'}."
    if what["workspaces"]:
        yield f"Workspaces that joined: {what['workspaces']}."
    if library := what["library"]:
        months, summaries = plural(library["months"], "month"), plural(library["summaries"], "summary")
        yield f"Library: {months}, {summaries}, {plural(library['faults'], 'fault')}."
        if library["faults"]:
            yield "The bot starts only without faults: once it is restored, `pprnet check` names them."
    else:
        yield "Library: the one that comes with the bot, which is not in it."


def _check_empty(settings: Settings, found: Contents) -> Path | None:
    """Return where the library goes; None where there is none in the backup. Raises CommandError where something is there
    already: nothing is overwritten.
    """
    file = settings.database_file
    beside = (file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm"), folder_of(file)) if file else ()
    for path in (file, *beside) if file else ():
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


async def _put(settings: Settings, copy: Path, parts: Sequence[str]) -> None:
    """Put the database in its place, with a note that it is a copy of one that may have gone on."""
    place = settings.database_file
    if place is None:
        await undump(settings.database_url, copy, parts)
        await _note(settings.database_url, parts)
        return
    await _note(f"sqlite+aiosqlite:///{copy}", parts)
    try:
        if parts:
            folder_of(place).mkdir(mode=0o700)
        for name in parts:
            os.link(file_of(copy, name), file_of(place, name))
        os.link(copy, place)  # as it was unpacked: for its owner alone
    except OSError as failed:
        raise CommandError(f"{place} cannot be written ({failed.strerror})") from None


async def _note(url: str, parts: Sequence[str]) -> None:
    database = await Database.open(url, must_exist=True)
    try:
        await _note_in(database)
        for name in parts:
            part = await database.part(name)
            try:
                await _note_in(part)
            finally:
                await part.close()
    finally:
        await database.close()


async def _note_in(database: Database) -> None:
    await Ledger(database, kinds()).restored()
    await database.checkpoint()  # all of it into the file itself
