"""An import killed at any point and started again, beside a site with faults: the files of an undisturbed run."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bot.corpus.load import load
from tests.crash import importing_worker
from tests.crash.counts import RUNS, SEED, SETTINGS, Counts
from tests.crash.importing_worker import Job
from tests.crash.workers import KILLED, Workers, last_step
from tests.support.archive_site import blog, once_each, serving_blog
from tests.unit.test_archive import library

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROGRAM = importing_worker
TITLE = "crash test of the import"
FIGURES = ("libraries, each as of an undisturbed run", "requests")
STEPS = ("request", "answer", "before a file", "within a file", "after a file", "before the note", "after the note")


@pytest.mark.parametrize(("entries", "lists"), [(36, True), pytest.param(120, False, marks=pytest.mark.crash)])
async def test_killed_anywhere_the_files_are_those_of_an_undisturbed_run(
    entries: int, lists: bool, workers: Workers, counts: Counts, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    async with serving_blog(blog(entries)) as site:
        assert await workers.run(Job(address=site.address, into=str(tmp_path / "calm"), lists=lists)) == 0
        calm = library(tmp_path / "calm")
        assert len(load(tmp_path / "calm").summaries) == entries
        site.faults = once_each(SEED, 0.1)
        site.asked.clear()
        into, kills = tmp_path / "disturbed", 0
        while True:
            step = chance.choice((chance.randint(1, 30), chance.randint(1, 5 * entries)))
            last = kills >= (RUNS if entries > 100 else 4)
            trace = str(tmp_path / "trace")
            job = Job(address=site.address, into=str(into), lists=lists, trace=trace, die_at_step=None if last else step)
            ended = await workers.run(job)
            counts.runs += 1
            if ended != KILLED:
                assert ended == 0, (last_step(job), SETTINGS)
                assert library(into) == calm, SETTINGS
                counts.figures[FIGURES[0]] += 1
                if last:
                    break
                into = tmp_path / f"disturbed {kills}"
            else:
                kills += 1
                counts.kills[last_step(job)] += 1
        counts.figures[FIGURES[1]] += len(site.asked)
        counts.faults.update(f"site {name}" for name in ["any"] * sum(time > 1 for time in site.times.values()))


@pytest.mark.crash
@pytest.mark.parametrize("step", STEPS)
async def test_killed_at_each_kind_of_step_again_and_again(
    step: str, workers: Workers, counts: Counts, tmp_path: Path
) -> None:
    async with serving_blog(blog(12)) as site:
        calm, into = tmp_path / "calm", tmp_path / "into"
        assert await workers.run(Job(address=site.address, into=str(calm))) == 0
        for times in range(1, 40):
            job = Job(address=site.address, into=str(into), trace=str(tmp_path / "trace"), die_at=step)
            ended = await workers.run(job)
            counts.runs += 1
            if ended == 0 or times > 3:
                break
            assert ended == KILLED, last_step(job)
            counts.kills[step] += 1
        assert await workers.run(Job(address=site.address, into=str(into))) == 0
    assert library(into) == library(calm)
