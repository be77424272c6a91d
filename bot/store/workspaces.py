"""The workspaces that joined an installation for many, and the invitations to join: in the operator's own part of the
database. What a workspace stores is in a part of its own (`Database.part`).

These tables are made only where there are many workspaces. Tokens come here sealed (`bot.workspaces.sealing`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Boolean, Column, Float, MetaData, Row, String, Table, Text, delete, false, func, select, update
from sqlalchemy import inspect as inspected

from bot.store.database import Database

directory = MetaData()

workspaces = Table(
    "workspace",
    directory,
    Column("id", String(24), primary_key=True),  # T..., or E... where it was installed for a whole organisation
    Column("name", String(100), nullable=False),  # from the invitation
    Column("state", String(10), nullable=False),  # active, left, erasing
    Column("enterprise_id", String(24)),
    Column("user_id", String(24), nullable=False),
    Column("bot_id", String(24)),
    Column("token", Text),  # sealed; null once it left
    Column("settings", Text, nullable=False),
    Column("joined_at", Float, nullable=False),
    Column("installed_at", Float, nullable=False),  # the last time
    Column("changed_at", Float, nullable=False),
    Column("left_at", Float),
)
"""A workspace that joined by invitation, and what its curators have set there."""

invitations = Table(
    "invitation",
    directory,
    Column("code", String(64), primary_key=True),  # its hash
    Column("name", String(100), nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("is_used", Boolean, nullable=False, server_default=false()),
)
"""An invitation, good once."""

ACTIVE, LEFT, ERASING = "active", "left", "erasing"
RESTORABLE = 24 * 3600.0
"""Seconds after which the data of a workspace that left are deleted."""
SKEW = 5.0
"""Seconds by which Slack's clock and the database's may differ; Slack's times of events are whole seconds."""
INVITATION_GOOD = 7 * 86400.0
"""Seconds for which an invitation is good."""

_ID = re.compile(r"[TE][A-Z0-9]{2,22}")


def is_workspace(text: str) -> bool:
    """Return whether a text is the id of a workspace or an organisation."""
    return bool(_ID.fullmatch(text))


@dataclass(frozen=True, slots=True)
class WorkspaceRow:
    """A workspace that joined. `token` is sealed, and None once the workspace left (at `left_at`)."""

    id: str
    name: str
    state: str
    enterprise_id: str | None
    user_id: str
    bot_id: str | None
    token: str | None = field(repr=False)
    settings: Mapping[str, Any]
    joined_at: float
    installed_at: float
    changed_at: float
    left_at: float | None

    @property
    def part(self) -> str:
        """Return the name of its part of the database."""
        return self.id.lower()


class Workspaces:
    """The workspaces and invitations in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def prepare(self) -> None:
        """Make the tables where they are missing."""
        await self._database.create(directory)

    async def all(self) -> list[WorkspaceRow]:
        """Return every workspace, the first that joined first."""
        async with self._database.begin() as connection:
            found = await connection.execute(select(workspaces).order_by(workspaces.c.joined_at, workspaces.c.id))
            return [_row(each) for each in found]

    async def get(self, workspace: str) -> WorkspaceRow | None:
        """Return one."""
        async with self._database.begin() as connection:
            found = (await connection.execute(select(workspaces).where(workspaces.c.id == workspace))).first()
        return _row(found) if found else None

    async def any_active(self, names: Sequence[str]) -> bool:
        """Return whether one of these joined, and did not leave."""
        query = select(workspaces.c.id).where(workspaces.c.id.in_(names), workspaces.c.state == ACTIVE)
        async with self._database.begin() as connection:
            return (await connection.execute(query)).first() is not None

    async def count_active(self) -> int:
        """Return how many joined and did not leave; none where there are no tables for them."""
        query = select(func.count()).select_from(workspaces).where(workspaces.c.state == ACTIVE)
        async with self._database.begin() as connection:
            there = await connection.run_sync(lambda each: inspected(each).has_table(workspaces.name))
            return int((await connection.execute(query)).scalar_one()) if there else 0

    async def join(
        self,
        workspace: str,
        name: str,
        token: str,
        *,
        user_id: str,
        bot_id: str | None,
        enterprise_id: str | None,
        settings: Mapping[str, Any],
    ) -> bool:
        """Store a workspace with its sealed token; one that is there, or left a while ago, keeps its settings and its data.
        Return False while its data are being erased.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            given = {
                "state": ACTIVE,
                "token": token,
                "user_id": user_id,
                "bot_id": bot_id,
                "enterprise_id": enterprise_id,
                "installed_at": now,
                "changed_at": now,
                "left_at": None,
            }
            row = self._database.insert(workspaces).values(
                id=workspace, name=name, settings=json.dumps(dict(settings)), joined_at=now, **given
            )
            row = row.on_conflict_do_update(index_elements=["id"], set_=given, where=workspaces.c.state.in_((ACTIVE, LEFT)))
            return bool((await connection.execute(row)).rowcount)

    async def set_settings(self, workspace: str, settings: Mapping[str, Any]) -> None:
        """Store what a workspace's curators have set."""
        await self._change(workspace, settings=json.dumps(dict(settings)))

    async def reseal(self, row: WorkspaceRow, token: str) -> None:
        """Store the token sealed with another key, unless it was changed meanwhile."""
        async with self._database.begin() as connection:
            same = (workspaces.c.id == row.id, workspaces.c.token == row.token)
            await connection.execute(update(workspaces).where(*same).values(token=token))

    async def leave(self, workspace: str, *, since: float | None = None, token: str | None = None) -> bool:
        """Delete the token of a workspace that removed the app, and note when; return whether it was there. `since`: only
        if it was not installed again later than that (UTC epoch seconds). `token`: only while it has this one, sealed.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            mine = [workspaces.c.id == workspace, workspaces.c.state == ACTIVE]
            if since is not None:
                mine.append(workspaces.c.installed_at <= since + SKEW)
            if token is not None:
                mine.append(workspaces.c.token == token)
            change = update(workspaces).where(*mine).values(state=LEFT, token=None, left_at=now, changed_at=now)
            return bool((await connection.execute(change)).rowcount)

    async def begin_erasing(self, workspace: str | None = None) -> list[str]:
        """Return whose data are to be deleted: of those that left long ago (or of the one that is named), so that none of
        them can come back meanwhile; and those with which another process began.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            gone = (workspaces.c.state == LEFT) & (workspaces.c.left_at < now - RESTORABLE)
            which = gone if workspace is None else workspaces.c.id == workspace
            change = update(workspaces).where(which).values(state=ERASING, token=None, changed_at=now)
            await connection.execute(change)
            found = await connection.execute(select(workspaces.c.id).where(workspaces.c.state == ERASING))
            return [str(each.id) for each in found if workspace in (None, each.id)]

    async def forget(self, workspace: str) -> None:
        """Delete the row of a workspace whose data were deleted."""
        async with self._database.begin() as connection:
            mine = (workspaces.c.id == workspace, workspaces.c.state == ERASING)
            await connection.execute(delete(workspaces).where(*mine))

    async def invite(self, code: str, name: str) -> None:
        """Store an invitation by its hash, and delete those that are no longer good."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            await connection.execute(delete(invitations).where(invitations.c.expires_at < now))
            await connection.execute(
                invitations.insert().values(code=code, name=name, expires_at=now + INVITATION_GOOD, is_used=False)
            )

    async def invited(self, code: str) -> str | None:
        """Return whom an invitation is for; None where it is not good any more."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            return (await connection.execute(select(invitations.c.name).where(*_good(code, now)))).scalar()

    async def use(self, code: str) -> bool:
        """Use an invitation up; return False where it is not good, or someone else was faster."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            change = update(invitations).where(*_good(code, now)).values(is_used=True)
            return bool((await connection.execute(change)).rowcount)

    async def give_back(self, code: str) -> None:
        """Make an invitation good again that led to nothing."""
        async with self._database.begin() as connection:
            await connection.execute(update(invitations).where(invitations.c.code == code).values(is_used=False))

    async def _change(self, workspace: str, **values: object) -> None:
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            change = update(workspaces).where(workspaces.c.id == workspace).values(changed_at=now, **values)
            await connection.execute(change)


def _good(code: str, now: float) -> Sequence[Any]:
    return (invitations.c.code == code, invitations.c.is_used.is_(False), invitations.c.expires_at >= now)


def _row(found: Row[Any]) -> WorkspaceRow:
    values = dict(found._mapping)
    return WorkspaceRow(**{**values, "settings": json.loads(values["settings"])})
