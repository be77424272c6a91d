"""The operator's commands where many workspaces joined: doctor and settle (of backups: test_backup.py)."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot.outbox.delivery import Message, Series
from bot.outbox.ledger import Ledger
from bot.playground.slack import LocalSlack
from bot.server.features import kinds
from bot.store.database import Database
from bot.store.saves import Saves
from bot.store.workspaces import Workspaces
from bot.workspaces.sealing import Keys
from bot.workspaces.tokens import sealed
from tests.bot.test_backup import Databases, databases, in_thread, pprnet  # noqa: F401  (a fixture)
from tests.support.databases import opened
from tests.support.many import KEY, PUBLIC

MANY = {
    "PPRNET_WORKSPACES": "on",
    "PPRNET_SECRET_KEY": KEY,
    "PPRNET_CLIENT_ID": "1.2",
    "PPRNET_CLIENT_SECRET": "x",
    "PPRNET_PUBLIC_URL": PUBLIC,
}
WORKSPACES = ("T0000000001", "T0000000002")
USER = "U0123456789"


async def join(database: Database) -> None:
    """Let two workspaces join; in each, and at home, the same person has saved a different number of summaries."""
    directory = Workspaces(database)
    await directory.prepare()
    for number, name in enumerate(WORKSPACES):
        who = {"user_id": "U1", "bot_id": "B1", "enterprise_id": None}
        await directory.join(name, name, sealed(Keys(KEY), name, "xoxb-1"), **who, settings={})  # type: ignore[arg-type]
        part = await database.part(name.lower())
        for summary in range(number + 1):
            await Saves(part).add(name, USER, f"summary-{summary}")
        if number:
            ledger = Ledger(part, kinds())
            await ledger.plan(Series("month", "2024-01", name, "C1"), [Message({"text": "x"})])
            assert await ledger.claim()
        await part.close()


@pytest.mark.slow
async def test_the_doctor_sees_every_workspace(
    slack: LocalSlack,
    databases: Databases,  # noqa: F811
) -> None:
    environ = {"SLACK_BOT_TOKEN": slack.token, "SLACK_API_URL": slack.url, "PPRNET_DATABASE_URL": databases.before, **MANY}

    async def said(**more: str) -> tuple[str, str]:
        done = await asyncio.to_thread(pprnet, ["doctor", "--json"], **{**environ, **more})
        [found] = [each for each in json.loads(done.stdout)["checks"] if each["check"] == "workspaces"]
        return found["state"], found["said"]

    async with opened(databases.before) as database:
        await join(database)
        assert await said() == ("ok", "2 workspaces that joined can be served")
        other = await said(PPRNET_SECRET_KEY="6" * 64)
        assert other == ("error", "the tokens of 2 of 2 workspaces cannot be opened with this key")
        assert (await said(PPRNET_SECRET_KEY=f"{'6' * 64},{KEY}"))[0] == "ok"
        off = await said(PPRNET_WORKSPACES="off")
        assert off == ("error", "2 workspaces have joined, but PPRNET_WORKSPACES is not on: they are not served")
        await database.erase_part(WORKSPACES[1].lower())
        assert await said() == ("warning", "nothing is stored yet of 1 workspace")


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_an_uncertain_message_of_one_that_joined_is_settled(
    databases: Databases,  # noqa: F811
) -> None:
    async with opened(databases.before) as database:
        await join(database)
        part = await database.part(WORKSPACES[1].lower())
        ledger = Ledger(part, kinds())
        [delivery] = await ledger.in_state("sending")
        await ledger.unknown(delivery, "ServerDisconnectedError")
        environ = {"PPRNET_DATABASE_URL": databases.before, **MANY}
        assert "Noted: the message was posted" in await in_thread(
            ["settle", delivery.id, "--there", "1700000000.000100"], **environ
        )
        assert await ledger.states() == {"sent": 1}
        await part.close()
