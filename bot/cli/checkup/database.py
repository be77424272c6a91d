"""The database and the disk, as `pprnet doctor` sees them. Nothing is changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from bot.access import exists, may
from bot.cli.checkup.finding import Finding, error, ok, warning
from bot.settings import Settings
from bot.store.access import access_problems
from bot.store.errors import DamagedError, NoDriverError, StoreError
from bot.store.migrate import HEAD
from bot.store.sqlite_file import SqliteFile, is_gone, sign_of
from bot.store.state import DatabaseState, state_of, state_of_file

CHECK = "database"
FULL, LOW = 50, 500
"""Megabytes left on a disk that are an error, or a warning."""


async def check_database(settings: Settings) -> list[Finding]:
    """Return what is wrong with the database, and how much room its disk has."""
    file = settings.database_file
    if file is None:
        return await _server(settings)
    if settings.in_old_place:
        advice = f"Name it: PPRNET_DATABASE_URL=sqlite:///{file}."
        old = [warning(CHECK, f"{file} is in the current folder, where earlier versions had it by default", advice)]
    else:
        old = []
    return [*old, *_file(settings, file), *check_disk("disk", file.parent)]


def check_disk(check: str, folder: Path) -> Iterator[Finding]:
    """Yield how much room there is for a folder that may not exist yet."""
    there = next(each for each in (folder, *folder.parents) if exists(each))
    free = shutil.disk_usage(there).free // 1_000_000
    said = f"{free:,} MB are free where {folder} is"
    if free < FULL:
        yield error(check, said, "Make room: nothing can be posted that cannot be recorded.")
    elif free < LOW:
        yield warning(check, said, "Make room.")
    else:
        yield ok(check, said)


def _file(settings: Settings, file: Path) -> Iterator[Finding]:
    if problems := [*access_problems(file)]:
        yield from (error(CHECK, each.said, f"{each.advice}.") for each in problems)
        return
    if is_gone(file):
        yield error(CHECK, f"{file} is gone", f"Restore a backup. To start over, delete {sign_of(file)}.")
        return
    if not file.exists():
        yield _missing(settings, file)
        return
    try:
        SqliteFile(file, must_exist=True)  # it knows where a file may not be
        state = state_of_file(file)
    except DamagedError as failed:
        yield error(CHECK, f"{file}: {failed}", "Restore it from a backup (docs/operator.md, Backup).")
        return
    except StoreError as failed:
        yield error(CHECK, f"{file}: {failed}", "The bot does not start with it.")
        return
    if file.stat().st_mode & 0o077:
        yield warning(CHECK, f"others may read {file}, which says who saved what", f"chmod 600 {file}*")
    yield from _tables(state, str(file))


def _missing(settings: Settings, file: Path) -> Finding:
    """Return what becomes of a database that is not there yet."""
    is_relative = settings.is_database_named and not settings.database_url.partition(":///")[2].startswith(("/", "~"))
    more = (
        " The path is relative: an absolute one has four slashes, sqlite:////var/lib/pprnet/pprnet.db."
        if is_relative
        else ""
    )
    folder = next(each for each in file.parents if exists(each))
    if settings.is_database_named and folder != file.parent:  # the bot makes only the folder of its default
        return error(CHECK, f"{file} does not exist, nor does its folder", f"Create that, or name another file.{more}")
    if may(folder, os.W_OK | os.X_OK):
        return warning(CHECK, f"{file} does not exist", f"The bot makes it at its start. Is it the right place?{more}")
    return error(CHECK, f"{file} does not exist and cannot be made in {folder}", f"Name a file elsewhere.{more}")


async def _server(settings: Settings) -> list[Finding]:
    try:
        state = await state_of(settings.database_url)
    except NoDriverError as failed:
        return [error(CHECK, str(failed), "The bot does not start without it.")]
    except StoreError as failed:
        return [error(CHECK, str(failed), "Check PPRNET_DATABASE_URL, the server and the network.")]
    findings = []
    if state.encoding != "UTF8":
        advice = "Create one with ENCODING 'UTF8' TEMPLATE template0."
        findings.append(error(CHECK, f"its encoding is {state.encoding}, which cannot store all characters", advice))
    if state.isolation != "read committed":
        advice = "ALTER ROLE ... SET default_transaction_isolation = 'read committed'."
        findings.append(error(CHECK, f"its transactions are {state.isolation} by default, so that some would fail", advice))
    if state.is_read_only:
        findings.append(error(CHECK, "it can only be read", "Name the primary server, or let the user write."))
    return [*findings, *_tables(state, "the PostgreSQL database")]


def _tables(state: DatabaseState, place: str) -> Iterator[Finding]:
    if state.version is None:
        yield warning(
            CHECK, f"{place} has no tables of the bot yet", "The bot makes them at its start. Is it the right one?"
        )
    elif state.version == HEAD:
        yield ok(CHECK, f"{place} has the tables of this version ({HEAD})")
    elif state.is_newer:
        said = f"{place} was used by a newer version of the bot (schema {state.version})"
        yield error(CHECK, said, "Install that version again, or restore a backup from before.")
    else:
        said = f"{place} has the tables of an earlier version ({state.version}; this one has {HEAD})"
        yield warning(CHECK, said, "Make a backup: the bot brings them forward when it starts.")
