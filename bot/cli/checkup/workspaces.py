"""The workspaces that joined, as `pprnet doctor` sees them. Nothing is changed, and Slack is not asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.cli.checkup.finding import Finding, error, ok, warning
from bot.settings import Settings
from bot.store.access import access_problems
from bot.store.errors import NoDriverError, StoreError
from bot.store.migrate import known_versions
from bot.store.parts_state import PartState, parts_of_file, parts_of_server
from bot.text import plural
from bot.workspaces.sealing import Keys, SealError
from bot.workspaces.tokens import can_be_opened, keys_of
from bot.workspaces.unserved import unserved

CHECK = "workspaces"


async def check_workspaces(settings: Settings) -> list[Finding]:
    """Return whether the workspaces that joined can be served."""
    if not settings.workspaces:
        return await _unserved(settings)
    findings = []
    try:
        parts, may_create = await _parts(settings)
    except NoDriverError:
        parts, may_create = None, True  # the check of the database says so
    except StoreError as failed:
        parts, may_create = None, True
        findings.append(error(CHECK, str(failed), "Restore what is damaged from a backup (docs/operator.md, Backup)."))
    try:
        keys = keys_of(settings)
    except SealError as failed:
        return [*findings, error(CHECK, str(failed), "The bot does not start without it.")]
    findings += _of(parts, keys) if parts is not None else ()
    if not may_create:
        advice = "GRANT CREATE ON DATABASE ... TO the bot's user."
        findings.append(error(CHECK, "the bot's user may not create schemas, so that no workspace can join", advice))
    return findings


async def _unserved(settings: Settings) -> list[Finding]:
    """Return whether workspaces joined, although the settings are for one."""
    try:
        parts, _ = await _parts(settings)
    except StoreError:
        return []  # the check of the database says so
    joined = sum(part.token is not None for part in parts)
    advice = "Set it, with the key of before and what else belongs to it (docs/workspaces.md)."
    return [error(CHECK, unserved(joined), advice)] if joined else []


async def _parts(settings: Settings) -> tuple[list[PartState], bool]:
    """Return the workspaces in the database, and whether more can join. Raises StoreError."""
    file = settings.database_file
    if file is None:
        return await parts_of_server(settings.database_url)
    if any(access_problems(file)) or not file.exists():
        return [], True  # the check of the database says so
    return parts_of_file(file), True


def _of(parts: Sequence[PartState], keys: Keys) -> Iterator[Finding]:
    sealed = [part for part in parts if part.token]
    closed = sum(not can_be_opened(keys, part.workspace, part.token or "") for part in sealed)
    newer = sum(part.version is not None and part.version not in known_versions() for part in parts)
    missing = sum(part.version is None for part in sealed)
    if closed:
        said = f"the tokens of {closed} of {plural(len(sealed), 'workspace')} cannot be opened with this key"
        yield error(CHECK, said, "Give the key that sealed them, too, after the new one and a comma.")
    if newer:
        said = f"a newer version of the bot has changed the data of {plural(newer, 'workspace')}"
        yield error(CHECK, said, "Install that version again, or restore a backup from before.")
    if missing:
        yield warning(CHECK, f"nothing is stored yet of {plural(missing, 'workspace')}", "Was the backup restored whole?")
    if not closed and not newer and not missing:
        yield ok(CHECK, f"{plural(len(sealed), 'workspace')} that joined can be served")
