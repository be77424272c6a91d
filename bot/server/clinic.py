"""One workspace that joined, as it is served: what it is served with, and how it is."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from bot.failures import log_failure
from bot.publishing.scheduler import Job, Scheduler
from bot.server.services import DRAIN, Running
from bot.slack.routing import Joined
from bot.store.workspaces import WorkspaceRow
from bot.text import plural

LATELY = 7 * 86400.0
"""Seconds for which a message that failed for good is trouble: nobody can make it as if it had not."""

REFUSALS = 2
"""Times in a row that Slack has to say that a token was revoked, until that is believed: the data go with it, in the end."""


@dataclass
class Clinic:
    """A workspace that is served: which row of the directory it was made from, what it has, and how it ends. `deliveries`:
    how many messages are in each state, and `failed` how many could not be posted lately, when that was last read.
    """

    row: WorkspaceRow
    running: Running
    tenant: Joined
    jobs: Sequence[Job]
    resources: AsyncExitStack
    deliveries: Mapping[str, int] = field(default_factory=dict)
    failed: int = 0
    _scheduler: Scheduler = field(default_factory=lambda: Scheduler(()))
    _work: asyncio.Task[None] | None = None
    _refusals: int = 0
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self, after: float) -> None:
        """Begin its background jobs after some seconds, and to read how it is as often as the first of them runs; once."""
        if self._work is None:
            self._scheduler = Scheduler((*self.jobs, Job("state", self.jobs[0].every, self._read)))
            self._work = asyncio.create_task(self._run(after))

    def is_refused(self) -> bool:
        """Return whether Slack refuses its token, or does not answer for more than a moment."""
        return self.running.services.slack.state.trouble is not None

    def has_late_jobs(self) -> bool:
        """Return whether a job keeps failing or is late."""
        return bool(self._scheduler.troubles())

    def months_waiting(self) -> int:
        """Return how many months wait for its curators, or are on hold there."""
        shared = self.running.services.approval.shared
        return shared.waiting if shared else 0

    async def end(self) -> None:
        """Close what it was served with, after what is in progress there."""
        self._over.set()
        self._scheduler.stop()
        if self._work:
            await asyncio.wait({self._work}, timeout=DRAIN)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.tenant.idle.wait(), DRAIN)
        try:
            await self.resources.aclose()
        except Exception as error:
            log_failure(error, f"closing workspace {self.row.id}")

    async def _run(self, after: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), after)
        if not self._over.is_set():
            await self._scheduler.run()

    async def _read(self) -> bool:
        """Read how its messages are, and notice a token that was revoked without a word; there is never more to do."""
        ledger = self.running.features.ledger
        self.deliveries = await ledger.states()
        self.failed = await ledger.failed_since(time.time() - LATELY) if self.deliveries.get("failed") else 0
        services = self.running.services
        removed = self.is_refused() and await services.slack.is_removed()
        self._refusals = self._refusals + 1 if removed else 0
        on_revoked = services.workspace.installation.on_revoked
        if self._refusals >= REFUSALS and on_revoked:
            await on_revoked(None)
        return False


@dataclass(frozen=True, slots=True)
class WorkspaceCounts:
    """How the workspaces that joined are, in numbers: of workspaces, of messages, and of months that wait in one of them for
    its curators.
    """

    served: int = 0
    not_served: int = 0
    removed_the_app: int = 0
    slack_fails: int = 0
    jobs_fail: int = 0
    messages_failed_lately: int = 0
    messages_waiting_for_a_person: int = 0
    months_waiting: int = 0
    deliveries: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, served: Iterable[Clinic], *, not_served: int, removed: int) -> WorkspaceCounts:
        """Count."""
        clinics = list(served)
        deliveries: dict[str, int] = {}
        for clinic in clinics:
            for state, number in clinic.deliveries.items():
                deliveries[state] = deliveries.get(state, 0) + number
        return cls(
            served=len(clinics),
            not_served=not_served,
            removed_the_app=removed,
            slack_fails=sum(clinic.is_refused() for clinic in clinics),
            jobs_fail=sum(clinic.has_late_jobs() for clinic in clinics),
            messages_failed_lately=sum(clinic.failed for clinic in clinics),
            messages_waiting_for_a_person=deliveries.get("manual", 0),
            months_waiting=sum(clinic.months_waiting() for clinic in clinics),
            deliveries=deliveries,
        )

    def troubles(self) -> list[str]:
        """Return a sentence for each kind of trouble that the operator can end. Nobody is named: the log says who and why.
        Messages that failed are none: anyone of a workspace can name a channel in which the bot may not post.
        """
        found = {
            "cannot be served": self.not_served,
            "have no answer of Slack, or are refused by it": self.slack_fails,
            "have jobs that fail or are late": self.jobs_fail,
        }
        sentences = [
            f"of the workspaces that joined, {number} {what}: see the log" for what, number in found.items() if number
        ]
        if waiting := self.messages_waiting_for_a_person:
            sentences.append(
                f"{plural(waiting, 'message')} to workspaces that joined may or may not have been posted: someone has to "
                "check (`pprnet settle`)"
            )
        return sentences
