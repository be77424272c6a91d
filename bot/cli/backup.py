"""`pprnet backup`: the database and the library in one file, while the bot runs."""

from __future__ import annotations

import argparse
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
from bot.store.sqlite_file import NAME_IT
from bot.store.state import state_of_file

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
    if target.exists():
        raise CommandError(f"{target} exists and was left as it is: name another file")
    if not target.parent.is_dir():
        raise CommandError(f"there is no folder {target.parent}")
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    file = settings.database_file
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".pprnet-backup-") as folder:  # for its user alone
        copy = Path(folder, backup_file.DATABASE)
        if file is None:
            dump(settings.database_url, copy)
        elif not file.exists():
            raise CommandError(f"there is no database {file}: {NAME_IT}")
        else:
            copy_file(file, copy)
            if state_of_file(copy).version is None:
                raise CommandError(f"{file} has no tables of the bot: {NAME_IT}")
        # After the database: what the library has and the database does not know is new to the bot, never lost to it.
        files = {backup_file.DATABASE: copy, **_library(settings.knowledge)}
        backup_file.write(target, files, made_at, version("pprnet-bot"), settings.database_kind)
    of_library = len(files) - 1
    if options.json:
        print_json(
            {"file": str(target), "made_at": made_at, "kind": settings.database_kind, "files_of_the_library": of_library}
        )
        return 0
    beside = f" and the {of_library} files of {settings.knowledge}" if of_library else ""
    print_line(f"Written: {target}, with the database{beside}. Check it with: pprnet restore {target} --check")
    return 0


def _library(root: Path) -> dict[str, Path]:
    """Return the files of a library by their names in the backup; none of the one that comes with the bot."""
    if root.resolve() == default_root().resolve():
        return {}
    found = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    return {f"{backup_file.LIBRARY}/{path.relative_to(root).as_posix()}": path for path in found}
