"""The scheduler: jobs beside each other, woken, tried again after failures, and found late."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import pytest

from bot.publishing.scheduler import KEEPS_FAILING, RETRY, Job, Scheduler
from tests.support.idle import NEVER, PATIENCE


@contextlib.asynccontextmanager
async def at_work(scheduler: Scheduler) -> AsyncIterator[None]:
    """Run a scheduler until the block ends."""
    task = asyncio.create_task(scheduler.run())
    try:
        yield
    finally:
        scheduler.stop()
        await asyncio.wait_for(task, 10)


async def test_a_job_that_hangs_does_not_stop_the_others_and_is_late() -> None:
    released, ran = asyncio.Event(), asyncio.Queue[None]()

    async def hangs() -> bool:
        return await released.wait()

    async def works() -> bool:
        ran.put_nowait(None)
        return False

    scheduler = Scheduler([Job("stuck", 0.01, hangs), Job("steady", 0.01, works)], late_at_least=0.2)
    async with at_work(scheduler), asyncio.timeout(PATIENCE):
        while not scheduler.troubles():
            await ran.get()
        assert [trouble.split(" for ")[0] for trouble in scheduler.troubles()] == ["the job stuck has not finished"]
        released.set()
        while scheduler.troubles():
            await ran.get()


async def test_a_woken_job_starts_now_and_again_after_its_short_pause() -> None:
    passes = asyncio.Queue[None]()

    async def works() -> bool:
        passes.put_nowait(None)
        return False

    job = Job("posting", 3600, works, soon=0.01)
    async with at_work(Scheduler([job])), asyncio.timeout(PATIENCE):
        await passes.get()
        job.woken.set()
        await passes.get()
        await passes.get()
    assert passes.empty()


async def test_a_job_that_can_wait_begins_later_than_the_others_unless_it_is_woken() -> None:
    passes, cleaned = asyncio.Queue[None](), asyncio.Queue[None]()

    async def works() -> bool:
        passes.put_nowait(None)
        return False

    async def cleans() -> bool:
        cleaned.put_nowait(None)
        return False

    later = Job("clean-up", NEVER, cleans, first=NEVER)
    async with at_work(Scheduler([later, Job("posting", 0.01, works)])), asyncio.timeout(PATIENCE):
        for _ in range(3):
            await passes.get()
        assert cleaned.empty()
        later.woken.set()
        await cleaned.get()


async def test_failures_are_logged_with_place_and_reason_counted_and_forgotten_after_a_success(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fails = True

    async def work() -> bool:
        if fails:
            raise ConnectionRefusedError(111, "a text that nobody should see")
        return False

    job = Job("cleaning", 3600, work)
    scheduler = Scheduler([job])
    with caplog.at_level(logging.INFO):
        pauses = [await scheduler.run_once(job) for _ in range(9)]
        assert pauses == [min(3600, RETRY * 2**turn) for turn in range(9)]
        state = scheduler.states["cleaning"]
        assert (state.failures, state.reason, state.has_succeeded) == (9, "connection refused", False)
        assert scheduler.troubles() == ["the job cleaning has failed 9 times in a row: connection refused"]
        fails = False
        assert await scheduler.run_once(job) == 3600
    assert (state.failures, state.reason, state.has_succeeded) == (0, None, True)
    assert scheduler.troubles() == []
    first, *_, last = caplog.messages
    assert first.startswith("scheduled job cleaning failed: connection refused; retrying in 20 s (1 in a row): reference=")
    assert "kind=ConnectionRefusedError at test_scheduler.py:" in first
    assert last == "scheduled job cleaning works again after 9 failures"
    assert "nobody should see" not in caplog.text


async def test_a_few_failures_are_no_trouble_yet_and_other_errors_are_named_by_their_kind() -> None:
    async def work() -> bool:
        raise KeyError("a secret")

    job = Job("posting", 5, work)
    scheduler = Scheduler([job])
    for _ in range(KEEPS_FAILING - 1):
        assert await scheduler.run_once(job) == 5
    assert scheduler.troubles() == []
    await scheduler.run_once(job)
    assert scheduler.troubles() == ["the job posting has failed 3 times in a row: KeyError"]
