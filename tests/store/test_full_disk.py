"""A full disk: nothing is posted that the database could not take."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from bot.playground.slack import LocalSlack
from bot.store.database import Database
from bot.store.errors import OutOfReachError
from tests.crash.posting_worker import TIMING, shipped
from tests.support.databases import url_of
from tests.support.features import features_over
from tests.support.idle import PATIENCE
from tests.support.publishing import plan_new


class Posted:
    """A publisher with everything around it, on one SQLite file."""

    def __init__(self, slack: LocalSlack, database: Database, step: Any = lambda _name: None) -> None:
        self.slack = slack
        self.channel = slack.add_channel("team")
        posting = features_over(database, slack, TIMING, step)
        self.ledger, self.worker, self.publisher = posting.ledger, posting.worker, posting.publisher

    async def plan(self) -> list[str]:
        """Plan the two newest months."""
        await self.publisher.subscriptions.ensure(self.slack.team_id, self.channel.id, "2023-06")
        return await plan_new(self.publisher, shipped(), self.slack.team_id, self.channel.id)

    async def finish(self) -> None:
        """Work until everything stands."""
        async with asyncio.timeout(PATIENCE):
            while await self.ledger.in_state("planned", "sending", "uncertain"):
                if not await self.worker.work():
                    await asyncio.sleep(0.05)

    def assert_all_there_once(self) -> None:
        """Five messages, none of them twice."""
        texts = [message.text for message in self.slack.posted(self.channel)]
        assert len(texts) == len(set(texts)) == 5


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of eight megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)], check=False, capture_output=True)
    if done.returncode:
        pytest.skip("only root may mount a small disk; the next test does the same with a page limit")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize("full_at", ["before claim", "after claim", "after reply"])
async def test_on_a_full_disk_nothing_is_posted_that_the_ledger_does_not_know(small_disk: Path, full_at: str) -> None:
    junk = small_disk / "junk"
    steps = []

    def fill(step: str) -> None:
        steps.append(step)
        if step == full_at and steps.count(full_at) == 1:
            with contextlib.suppress(OSError), junk.open("wb", buffering=0) as file:
                while file.write(b"0" * 4096):
                    pass

    async with LocalSlack(scopes=("chat:write", "channels:history")) as slack:
        database = await Database.open(url_of(small_disk / "pprnet.db"))
        posting = Posted(slack, database, fill)
        assert await posting.plan() == ["2023-11", "2023-12"]
        with pytest.raises(OutOfReachError):
            await posting.finish()
        assert len(slack.posted(posting.channel)) == (0 if full_at == "before claim" else 1)
        junk.unlink()
        rows = await posting.ledger.in_state("sending", "uncertain", "planned")
        assert len(rows) == 5
        assert [row.state for row in rows].count("planned") == (5 if full_at == "before claim" else 4)
        await posting.finish()
        posting.assert_all_there_once()
        await database.close()


async def test_on_a_full_disk_the_database_says_that_nothing_can_be_written(small_disk: Path) -> None:
    database = await Database.open(url_of(small_disk / "pprnet.db"))
    assert await database.why_not_writable() is None
    async with database.begin() as connection:  # what was written so far goes into the file: no room left in its log
        await connection.execute(text("SELECT 1"))
    await database.close()
    database = await Database.open(url_of(small_disk / "pprnet.db"))
    junk = small_disk / "junk"
    with contextlib.suppress(OSError), junk.open("wb", buffering=0) as file:
        while file.write(b"0" * 4096):
            pass
    found = []
    for _ in range(20):
        found.append(await database.why_not_writable())
    assert found[-1] == f"the database cannot be written: the disk is full ({small_disk / 'pprnet.db'})"
    junk.unlink()
    assert await database.why_not_writable() is None
    await database.close()


async def test_a_month_that_the_database_has_no_room_for_is_not_posted_until_it_has(
    tmp_path: Path, slack: LocalSlack, request: pytest.FixtureRequest
) -> None:
    slack.scopes.add("channels:history")
    database = await Database.open(url_of(tmp_path / "pprnet.db"))
    posting = Posted(slack, database)
    room = [1_000_000]

    def limit(connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={room[0]}")

    event.listen(Engine, "begin", limit)
    request.addfinalizer(lambda: event.remove(Engine, "begin", limit))
    room[0] = 1  # SQLite takes it as: no more than there are
    with pytest.raises(OutOfReachError, match="the disk is full"):
        await posting.plan()
    assert not await posting.worker.work()
    assert slack.calls_of("chat.postMessage") == []
    room[0] = 1_000_000
    assert await posting.plan() == ["2023-11", "2023-12"]
    await posting.finish()
    posting.assert_all_there_once()
    await database.close()
