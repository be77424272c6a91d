"""The playground's bot works when something has happened, and then until nothing is left to do."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from bot.playground import blog, waking
from bot.playground.waking import BLOG_CHECK, Waker
from bot.publishing.scheduler import Job, ignore_pass
from tests.support.idle import NEVER, PATIENCE


async def no_work() -> bool:
    return False


class Jobs:
    """Jobs that have each made their first pass, found nothing, and sleep."""

    def __init__(self) -> None:
        self.waker = Waker(ignore_pass)
        self.all = {name: Job(name, NEVER, no_work) for name in ("drafts", "library", BLOG_CHECK, "clean-up")}
        self.all["posting"] = Job("posting", NEVER, no_work, soon=0.1)
        for job in self.all.values():
            self.waker.passed(job, False)

    def woken(self) -> set[str]:
        """Return the jobs that were woken since, and let them sleep again."""
        found = {name for name, job in self.all.items() if job.woken.is_set()}
        for job in self.all.values():
            job.woken.clear()
        return found


async def test_the_jobs_sleep_until_something_happens() -> None:
    jobs = Jobs()
    assert jobs.woken() == set()
    jobs.waker.something_happened()
    assert jobs.woken() == {"drafts", "library", "posting"}
    jobs.waker.passed(jobs.all["drafts"], False)
    assert jobs.woken() == set()


async def test_a_pass_that_found_something_to_do_is_followed_by_others() -> None:
    jobs = Jobs()
    jobs.waker.passed(jobs.all["drafts"], True)
    assert jobs.woken() == {"drafts", "library", "posting"}
    jobs.waker.passed(jobs.all["posting"], True)  # it counts as busy because it was woken
    assert jobs.woken() == set()
    jobs.waker.called()
    jobs.waker.passed(jobs.all["posting"], True)
    assert jobs.woken() == {"drafts", "library"}
    jobs.waker.passed(jobs.all["posting"], True)
    assert jobs.woken() == set()


async def test_what_happens_before_a_jobs_first_pass_has_ended_brings_another() -> None:
    jobs = Jobs()
    jobs.waker.something_happened()
    late = Job("own summaries", NEVER, no_work)
    jobs.waker.passed(late, False)
    assert late.woken.is_set()


async def test_the_blog_check_goes_on_until_it_has_read_the_blog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waking, "AGAIN", 0.0)
    jobs = Jobs()
    check = jobs.all[BLOG_CHECK]
    jobs.waker.blog_changed()
    assert jobs.woken() == {"drafts", "library", "posting", BLOG_CHECK}
    for _ in range(2):
        jobs.waker.passed(check, False)  # too early to read it again
        await asyncio.wait_for(check.woken.wait(), PATIENCE)
        check.woken.clear()
    check.woken.set()  # it changed once more during the pass that ends now
    jobs.waker.passed(check, True)
    assert jobs.woken() == {BLOG_CHECK}
    jobs.waker.passed(check, True)
    jobs.waker.passed(check, False)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert jobs.woken() == set()


async def test_the_blog_says_that_it_has_not_changed() -> None:
    page = "<p>A month.</p>"
    async with blog.serving("127.0.0.1", lambda: page) as address, aiohttp.ClientSession() as http:
        async with http.get(address) as first:
            assert (first.status, await first.text()) == (200, page)
            known = {"If-None-Match": first.headers["ETag"]}
        async with http.get(address, headers=known) as again:
            assert (again.status, await again.text()) == (304, "")
        page = "<p>Another month.</p>"
        async with http.get(address, headers=known) as changed:
            assert (changed.status, await changed.text()) == (200, page)
