"""The playground's bot works when something has happened, not by the clock: an idle playground leaves the machine alone.

Whatever someone does on the page starts a pass of each of the bot's background jobs, and a pass that found something to do
starts others, until none does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.publishing.scheduler import Job, OnPass

TICK = 10.0
"""Seconds between two passes of a background job while nothing happens, for whatever gives no sign of its own."""
BLOG_CHECK = "blog check"
"""The job that reads the blog, which changes only when time is moved."""
OWN_TIME = frozenset((BLOG_CHECK, "Slack", "clean-up"))
"""The jobs that nothing on the page is work for."""
AGAIN = 0.1
"""Seconds until the blog check begins another pass where it was too early to read the blog once more."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Waker:
    """Starts passes of the bot's background jobs. `on_pass` is called after each pass, too."""

    def __init__(self, on_pass: OnPass) -> None:
        self._on_pass = on_pass
        self._jobs: dict[str, Job] = {}
        self._has_happened = False
        self._has_called = False
        self._is_blog_unread = False

    def passed(self, job: Job, busy: bool) -> None:
        """Note a pass that has just ended. What it did may be work for the other jobs, and there may be more of its own."""
        is_new = job.name not in self._jobs
        self._jobs[job.name] = job
        if is_new and self._has_happened:
            job.woken.set()  # it could not be woken before
        if job.soon is not None:
            # It comes again by itself, and counts as busy whenever it was woken: what it did, it did in Slack.
            if self._has_called:
                self._has_called = False
                self._wake(but=OWN_TIME | {job.name})
        elif job.name != BLOG_CHECK and busy:
            self.something_happened()
        elif job.name == BLOG_CHECK and self._is_blog_unread and not job.woken.is_set():
            self._is_blog_unread = not busy
            if not busy:
                asyncio.get_running_loop().call_later(AGAIN, job.woken.set)
        self._on_pass(job, busy)

    def called(self) -> None:
        """Note that the bot has called Slack."""
        self._has_called = True

    def something_happened(self) -> None:
        """Have every job that it may be work for begin a pass now."""
        self._wake(but=OWN_TIME)

    def blog_changed(self) -> None:
        """Have the blog check, too, begin passes until it has read the blog as it is now."""
        self._is_blog_unread = True
        self._wake(but=OWN_TIME - {BLOG_CHECK})

    def _wake(self, *, but: frozenset[str]) -> None:
        self._has_happened = True
        for name, job in self._jobs.items():
            if name not in but:
                job.woken.set()

    @web.middleware
    async def after_each_act(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Wake the jobs once the bot has answered what someone did on the page."""
        try:
            return await handler(request)
        finally:
            if request.method == "POST":
                self.something_happened()
