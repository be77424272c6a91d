"""The workspaces of an installation for many: joining, leaving, coming back, erasure; invitations."""

from __future__ import annotations

import asyncio

from sqlalchemy import update

from bot.store.database import Database
from bot.store.workspaces import ACTIVE, LEFT, RESTORABLE, Workspaces, invitations, workspaces


async def joined(database: Database, *ids: str) -> Workspaces:
    """The workspaces of a database, with these in it."""
    found = Workspaces(database)
    await asyncio.gather(found.prepare(), found.prepare())
    for each in ids:
        assert await join(found, each)
    return found


async def join(found: Workspaces, workspace: str, token: str = "sealed") -> bool:
    """Let one join, or come back."""
    told = {"user_id": "U1", "bot_id": "B1", "enterprise_id": None, "settings": {"curators": ["U2"]}}
    return await found.join(workspace, "Clinic", token, **told)  # type: ignore[arg-type]


async def left_long_ago(database: Database, workspace: str) -> None:
    """Let time pass."""
    async with database.begin() as connection:
        mine = update(workspaces).where(workspaces.c.id == workspace)
        await connection.execute(mine.values(left_at=workspaces.c.left_at - RESTORABLE - 1))


async def test_one_that_leaves_loses_its_token_at_once_and_can_come_back(database: Database) -> None:
    found = await joined(database, "T1", "T2")
    await found.set_settings("T1", {"channel": "C1"})
    assert await found.leave("T1")
    assert not await found.leave("T1")  # safe to repeat
    row = await found.get("T1")
    assert row
    assert (row.state, row.token, row.settings) == (LEFT, None, {"channel": "C1"})
    assert await found.begin_erasing() == []
    assert await join(found, "T1", "another")
    row = await found.get("T1")
    assert row
    assert (row.state, row.token, row.settings, row.left_at) == (ACTIVE, "another", {"channel": "C1"}, None)
    assert [each.id for each in await found.all()] == ["T1", "T2"]


async def test_a_late_word_of_leaving_does_not_undo_a_newer_installation(database: Database) -> None:
    found = await joined(database, "T1")
    row = await found.get("T1")
    assert row
    assert not await found.leave("T1", since=row.installed_at - 60)
    assert await found.leave("T1", since=float(int(row.installed_at)))


async def test_after_a_day_the_data_are_erased_and_nobody_comes_back_meanwhile(database: Database) -> None:
    found = await joined(database, "T1", "T2")
    await found.leave("T1")
    await left_long_ago(database, "T1")
    assert await found.begin_erasing() == ["T1"]
    assert not await join(found, "T1")
    assert await found.begin_erasing() == ["T1"]  # a process that died is followed by another
    await found.forget("T1")
    await found.forget("T2")  # which is not being erased
    assert [each.id for each in await found.all()] == ["T2"]
    assert await join(found, "T1")


async def test_an_operator_erases_one_that_is_there(database: Database) -> None:
    found = await joined(database, "T1", "T2")
    assert await found.begin_erasing("T1") == ["T1"]
    assert await found.begin_erasing("T3") == []
    row = await found.get("T1")
    assert row
    assert row.token is None


async def test_a_token_sealed_again_does_not_replace_a_newer_one(database: Database) -> None:
    found = await joined(database, "T1")
    before = await found.get("T1")
    assert before
    await found.reseal(before, "sealed again")
    await found.reseal(before, "too late")
    row = await found.get("T1")
    assert row
    assert row.token == "sealed again"


async def test_an_invitation_is_good_once_and_for_a_week(database: Database) -> None:
    found = await joined(database)
    await found.invite("hash", "Clinic")
    assert await found.invited("hash") == "Clinic"
    assert await found.invited("other") is None
    assert sorted(await asyncio.gather(found.use("hash"), found.use("hash"))) == [False, True]
    assert await found.invited("hash") is None
    await found.give_back("hash")
    assert await found.use("hash")
    await found.invite("late", "Clinic")
    async with database.begin() as connection:
        await connection.execute(update(invitations).values(expires_at=1.0))
    assert not await found.use("late")
