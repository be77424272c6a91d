"""A workspace's token, sealed and opened: bound to the workspace, so that another's row cannot hold it."""

from __future__ import annotations

from bot.settings import Settings
from bot.store.workspaces import WorkspaceRow, Workspaces
from bot.workspaces.sealing import Keys, SealError, key_in


def keys_of(settings: Settings) -> Keys:
    """Return the keys that seal tokens. Raises SealError."""
    return Keys(key_in(settings.secret_key_file) if settings.secret_key_file else settings.secret_key or "")


def sealed(keys: Keys, workspace: str, token: str) -> str:
    """Return a workspace's token as it is stored."""
    return keys.seal(token, _purpose(workspace))


async def opened(row: WorkspaceRow, keys: Keys, directory: Workspaces) -> str:
    """Return a workspace's token; one that an older key sealed is stored again, sealed with the newest. Raises SealError."""
    if row.token is None:
        raise SealError("the workspace has no token: it removed the app")
    token = keys.open(row.token, _purpose(row.id))
    if not keys.is_newest(row.token):
        await directory.reseal(row, sealed(keys, row.id, token))
    return token


def can_be_opened(keys: Keys, workspace: str, token: str) -> bool:
    """Return whether a workspace's sealed token can be opened with one of these keys."""
    try:
        keys.open(token, _purpose(workspace))
    except SealError:
        return False
    return True


def _purpose(workspace: str) -> str:
    return f"token of {workspace}"
