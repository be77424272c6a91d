"""Replicas of a bot for many workspaces, killed at any point: each workspace's channel holds each message exactly once."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections import Counter
from dataclasses import replace

import pytest

from bot.playground.slack import LocalSlack
from tests.crash import workspaces_worker
from tests.crash.counts import RUNS, SEED, SETTINGS, Counts
from tests.crash.test_exactly_once import READS_HISTORY, expected, fault_by_chance
from tests.crash.workers import KILLED, Workers, last_step
from tests.crash.workspaces_worker import Many
from tests.support.databases import Databases

pytestmark = pytest.mark.asyncio(loop_scope="module")

AFTER = "2023-06"
WORKSPACES = int(os.environ.get("PPRNET_CRASH_WORKSPACES", "3"))
REPLICAS = int(os.environ.get("PPRNET_CRASH_REPLICAS", "2"))
AT_ONCE = 2
"""Runs at once: each has many tables to make."""
PROGRAM = workspaces_worker
TITLE = f"crash test of {WORKSPACES} workspaces with {REPLICAS} replicas"
FIGURES = ("channel messages", "lost", "doubled", "late copies removed", "messages to a curator")


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
async def test_killed_at_random_each_workspace_gets_each_month_once(
    databases: Databases, workers: Workers, counts: Counts
) -> None:
    sys.stdout.write(SETTINGS)
    gate = asyncio.Semaphore(AT_ONCE)

    async def once(number: int) -> None:
        chance = random.Random(SEED * 100_000 + number)
        async with gate, LocalSlack(scopes=READS_HISTORY) as slack:
            channels = [slack.add_channel(f"team-{each}") for each in range(WORKSPACES)]
            cleo = slack.add_user("cleo")
            # In every second workspace she is asked first.
            named = tuple(
                (f"T{each:09d}X", channel.id, cleo.id if each % 2 else "") for each, channel in enumerate(channels)
            )
            url = await databases.new()
            job = Many(slack.token, slack.url, url, "", "", AFTER, workspaces=named)
            for _ in range(chance.randrange(4)):
                fault_by_chance(slack, chance)
            for turn in range(chance.randrange(1, 4)):
                first = number == turn == 0  # whoever claims something dies: there is one death at least
                jobs = [replace(job, trace=f"{databases.folder}/{number}-{turn}-{each}.step") for each in range(REPLICAS)]
                await run(
                    workers,
                    counts,
                    [replace(each, die_at="after claim") if first else dies_by_chance(each, chance) for each in jobs],
                )
            await run(workers, counts, [job] * REPLICAS)
            wanted = expected()
            for channel in channels:
                shown = [
                    each.text
                    for parent in slack.posted(channel)
                    if not parent.is_reply
                    for each in (parent, *channel.thread(parent.ts))
                ]
                found = Counter(shown)
                counts.figures["channel messages"] += len(shown)
                counts.figures["lost"] += sum(not found[text] for text in wanted)
                counts.figures["doubled"] += sum(count - 1 for count in found.values())
                counts.figures["late copies removed"] += len(channel.deleted)
                assert shown == wanted
            told = [each for each in slack.open_dm(cleo).messages if each.text.startswith("New in the library")]
            marks = {each.metadata["event_payload"]["d"] for each in told if each.metadata}
            assert len(marks) == len(told)  # whoever sends a message again, it is another one: nobody knew of the first
            counts.figures["messages to a curator"] += len(told)
            counts.runs += 1
            counts.faults.update(f"{method} {fault.name}" for method, fault in slack.faults.played)

    await asyncio.gather(*(once(number) for number in range(max(1, RUNS // 10))))
    assert counts.kills


async def run(workers: Workers, counts: Counts, jobs: list[Many]) -> None:
    """Run replicas side by side until each has ended or died."""
    codes = await asyncio.gather(*(workers.run(job) for job in jobs))
    assert set(codes) <= {0, KILLED}, codes
    for job, code in zip(jobs, codes, strict=True):
        if code == KILLED:
            counts.kills[last_step(job)] += 1


def dies_by_chance(job: Many, chance: random.Random) -> Many:
    """A replica that dies after some steps, or after some time whatever it does then."""
    if chance.random() < 0.5:
        return replace(job, die_at_step=chance.randrange(1, 60))
    return replace(job, die_after=chance.uniform(0.05, 2.5))
