"""The real publisher for many workspaces as processes that die: each workspace has a part of the database of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.settings import Settings
from bot.slack import client
from bot.store.database import Database
from tests.crash import fork_server, posting_worker
from tests.crash.posting_worker import Job


@dataclass(frozen=True)
class Many(Job):
    """Post every month later than `after` in each of the `workspaces`, to the channel that goes with it: as one process of a
    bot for many does.
    """

    workspaces: tuple[tuple[str, str], ...] = ()


async def publish(job: Many) -> None:
    """Open every workspace's part, and post in all of them at once."""
    step = fork_server.steps_of(job)
    client.TIMEOUT = 0.6  # type: ignore[assignment]
    database = await Database.open(Settings.from_env({"PPRNET_DATABASE_URL": job.database}).database_url)
    await asyncio.gather(*(_one(job, database, step, *each) for each in job.workspaces))
    await database.close()


async def _one(job: Many, whole: Database, step: Callable[[str], None], workspace: str, channel: str) -> None:
    step("before part")
    part = await whole.part(workspace.lower())
    step("after part")
    await posting_worker.post_all(replace(job, team=workspace, channel=channel), part, step)
    await part.close()


if __name__ == "__main__":
    posting_worker.shipped()
    fork_server.main(Many, publish)
