"""A workspace's token, sealed and opened: bound to the workspace, so that another's row cannot hold it."""

from __future__ import annotations

from bot.store.workspaces import WorkspaceRow, Workspaces
from bot.workspaces.sealing import Keys, SealError


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


def _purpose(workspace: str) -> str:
    return f"token of {workspace}"
