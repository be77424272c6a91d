"""`pprnet backup`: the database and the library in one file, while the bot runs."""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bot.cli import backup_file
from bot.cli.arguments import add_json, print_json
from bot.cli.database import say_where
from bot.cli.wrapping import print_line
from bot.errors import CommandError
from bot.paths import default_root
from bot.settings import Settings
from bot.store.copying import copy_file, dump
from bot.store.parts import file_of, files_in, folder_of
from bot.store.sqlite_file import NAME_IT
from bot.store.state import state_of, state_of_file
from bot.text import plural

EXAMPLES = """\
  pprnet backup /var/lib/pprnet/backups/pprnet-2026-11-28.tar"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet backup`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the backup to write (.tar); it must not exist yet")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Write the backup; the exit status is 0. Raises CommandError and StoreError."""
    settings = Settings.from_env(os.environ)
    say_where(settings)
    target: Path = options.file.absolute()
    if not os.access(target.parent, os.F_OK):
        raise CommandError(f"there is no folder {target.parent}, or this user may not see it")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise CommandError(f"this user may not write to {target.parent}: name a file in another folder")
    if target.exists():
        raise CommandError(f"{target} exists and was left as it is: name another file")
    if not target.parent.is_dir():
        raise CommandError(f"{target.parent} is no folder")
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".pprnet-backup-") as it:  # for its user alone
        folder = Path(it)
        parts = _copy_database(settings, folder / backup_file.DATABASE)
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        # After the database: what the library has and the database does not know is new to the bot, never lost to it.
        library = _library(settings.knowledge)
        kind = settings.database_kind
        backup_file.write(target, {**files, **library}, made_at, version("pprnet-bot"), kind, parts)
    if options.json:
        made = {"file": str(target), "made_at": made_at, "kind": kind}
        print_json({**made, "workspaces": len(parts), "files_of_the_library": len(library)})
        return 0
    whole = f"the database, {plural(len(parts), 'workspace')}" if parts else "the database"
    beside = f" and the {len(library)} files of {settings.knowledge}" if library else ""
    print_line(f"Written: {target}, with {whole}{beside}. Check it with: pprnet restore {target} --check")
    return 0


def _copy_database(settings: Settings, copy: Path) -> list[str]:
    """Copy the database and the workspaces' own parts of it; return their names. Raises CommandError and StoreError."""
    file = settings.database_file
    if file is None:
        state = asyncio.run(state_of(settings.database_url))
        if state.version is None:
            raise CommandError(f"the database has no tables of the bot: {NAME_IT}")
        dump(settings.database_url, copy, state.parts.values())
        return [*state.parts]
    if not file.exists():
        raise CommandError(f"there is no database {file}: {NAME_IT}")
    copy_file(file, copy)
    if state_of_file(copy).version is None:
        raise CommandError(f"{file} has no tables of the bot: {NAME_IT}")
    found = files_in(file)
    if found:
        folder_of(copy).mkdir(mode=0o700)
    for name, part in found.items():
        copy_file(part, file_of(copy, name))
    return [*found]


def _library(root: Path) -> dict[str, Path]:
    """Return the files of a library by their names in the backup; none of the one that comes with the bot."""
    if root.resolve() == default_root().resolve():
        return {}
    found = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    return {f"{backup_file.LIBRARY}/{path.relative_to(root).as_posix()}": path for path in found}
