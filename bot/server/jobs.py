"""The background jobs of `serve`: posting, the library on disk, drafts, cleaning up, and (with a blog) new months."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.approval.blog_check import BlogCheck
from bot.approval.drafts import DraftWorker
from bot.approval.revising import Kept
from bot.approval.suggestions import end_notices, notify_of_suggestions
from bot.blocks import edit, library, review_asks
from bot.blog.fetch import Fetched, fetch
from bot.blog.public_address import address_problem
from bot.corpus.faults import Fault
from bot.corpus.write import CorpusFolder
from bot.failures import reason
from bot.knowledge import Knowledge
from bot.listeners.services import Services
from bot.outbox.delivery import Message, Series
from bot.outside.state import Outside
from bot.papers.check import PaperCheck
from bot.publishing.library_faults import LibraryFaults
from bot.publishing.notices import NOTICE
from bot.publishing.posting import Place, Posting, is_time
from bot.publishing.scheduler import Job
from bot.server.services import Running
from bot.settings import Settings
from bot.slack.channel_check import ChannelCheck
from bot.store.sources import Sources
from bot.store.suggestions import Decision
from bot.text import plural

CLEAN_UP_EVERY = 3600.0
CLEAN_UP_FIRST = 60.0
"""Seconds after the start: what is no longer needed can wait until the first questions have been answered."""
PROBE_EVERY = 60.0
SILENT = 300.0
"""Seconds without any answer of Slack's after which it is asked whether it is there and takes the token."""


def build_jobs(
    settings: Settings,
    running: Running,
    tick: float,
    now: Callable[[], datetime],
    is_stopping: Callable[[], bool],
    drafts: DraftWorker,
    papers: PaperCheck | None,
    channel: ChannelCheck | None,
) -> list[Job]:
    """Return the jobs. `tick` are the seconds between two passes, `now` returns the time by which months are due."""
    services = running.services
    jobs = [
        _posting(settings, running, tick, now, is_stopping),
        _library(settings, running, tick, papers),
        Job("own summaries", tick, services.own.write),
        Job("drafts", tick, drafts.process_drafts, woken=services.approval.drafts.changed, when=_installed(services)),
        _clean_up(running),
        _probe(services, channel),
    ]
    if papers:
        jobs.append(_papers(services, papers, tick))
    if settings.curators:
        jobs.append(_suggestions(settings, running, tick))
    if settings.source_url and services.approval.source:
        check = _blog_check(settings, services, settings.source_url, services.approval.source)
        jobs.append(_check_blog(settings, services, check, drafts, tick))
    return jobs


def build_jobs_of_joined(
    settings: Settings, running: Running, tick: float, now: Callable[[], datetime], drafts: DraftWorker
) -> list[Job]:
    """Return the jobs of a workspace that joined. What concerns the library runs in the operator's own alone."""
    return [
        _posting(settings, running, tick, now, lambda: False),
        _shared_months(running.services, drafts, tick),
        _clean_up(running),
        _probe(running.services, None),
    ]


def _posting(
    settings: Settings, running: Running, tick: float, now: Callable[[], datetime], is_stopping: Callable[[], bool]
) -> Job:
    """Return the job that posts months, corrections and club messages."""
    services, features = running.services, running.features
    posting = Posting(
        features.publisher,
        features.worker,
        features.clubs,
        lambda: services.knowledge.corpus,
        Place(services.team, settings.channel, settings.timezone, settings.post_hour),
        let_out=services.approval.let_out,
        now=now,
        is_stopping=is_stopping,
    )

    async def run() -> bool:
        ended = await features.reports.end_messages(services.slack)
        return await posting.run() or ended

    pace = features.ledger.timing.pace
    return Job("posting", tick, run, soon=pace, woken=services.posts.woken, when=_installed(services))


def _shared_months(services: Services, drafts: DraftWorker, tick: float) -> Job:
    """Return the job that shows new months of the shared library to a workspace's curators, where they want to be asked."""

    async def process() -> bool:
        shared, corpus = services.approval.shared, services.knowledge.corpus
        if shared is None or not await shared.matters(corpus):
            return False
        offered = await shared.offer(corpus)
        busy = await drafts.process_drafts() or offered
        if busy:
            services.posts.woken.set()
        return busy

    return Job("drafts", tick, process, woken=services.approval.drafts.changed, when=_installed(services))


def _papers(services: Services, papers: PaperCheck, tick: float) -> Job:
    """Return the job that asks about the papers, one in each pass."""

    async def check() -> bool:
        return await papers.poll(services.knowledge.corpus)

    return Job("papers", tick, check, when=_installed(services))


def _library(settings: Settings, running: Running, tick: float, papers: PaperCheck | None) -> Job:
    """Return the job that takes changed files of the library and notices on its papers into use, and tells curators of
    faults in the files.
    """
    services, knowledge = running.services, running.services.knowledge

    def render(faults: Sequence[Fault]) -> Message:
        return Message(library.faults_message(faults).payload())

    notices = LibraryFaults(running.features.ledger, services.team, settings.curators, render, settings.knowledge)

    async def refresh() -> bool:
        wrote, kept = await services.approval.revising.apply()
        await _tell_kept(settings, running, kept)
        changed = await _observed(running.files, knowledge)
        if papers and await knowledge.mark(await papers.notices()):
            changed = True
        notified = await notices.sync(knowledge.faults)
        if notified or wrote or kept:
            services.posts.woken.set()
        return changed or notified or wrote

    return Job("library", tick, refresh, woken=services.approval.revising.changed)


async def _observed(files: Outside, knowledge: Knowledge) -> bool:
    """Take changed files of the library into use, and note how they are; return whether any were."""
    try:
        changed = await knowledge.refresh()
    except Exception as error:
        files.failed(reason(error))
        raise
    if knowledge.faults:
        files.failed(f"{plural(len(knowledge.faults), 'fault')}, the first in {knowledge.faults[0]}"[:300])
    else:
        files.answered()
    return changed


async def _tell_kept(settings: Settings, running: Running, kept: Sequence[Kept]) -> None:
    """Plan a notice to the curators of each change from Slack that the library's file does not take; once, however many
    replicas find it.
    """
    if not kept:
        return
    async with running.features.ledger.begin() as (connection, now):
        for each in kept:
            summary = running.services.engine.corpus.get(each.revision.summary_id)
            title = summary.title if summary else each.revision.summary_id
            message = Message(edit.kept_message(each, title).payload(), each.revision.mark)
            for person in settings.curators:
                series = Series(NOTICE, "revised", running.services.team, person)
                part = int(each.revision.mark[:7], 16)
                await running.features.ledger.plan_one_in(connection, series, part, message, now)


def _clean_up(running: Running) -> Job:
    """Return the job that deletes what is no longer needed, and keeps SQLite's file fit for copying."""
    services = running.services

    async def clean_up() -> bool:
        await services.stores.claims.prune()
        await services.stores.memory.prune()
        await services.posts.reports.prune()
        await services.asks.clear_gone()
        await running.database.checkpoint()
        return False

    return Job("clean-up", CLEAN_UP_EVERY, clean_up, first=CLEAN_UP_FIRST)


def _probe(services: Services, channel: ChannelCheck | None) -> Job:
    """Return the job that notices what Slack would say where nobody asks it anything, and that it is well again; and whether
    the operator's channel takes posts, from its second pass on.
    """
    installation = services.workspace.installation
    passes = itertools.count()

    async def probe() -> bool:
        revoked = installation.revoked is not None
        if await services.slack.probe(0.0 if revoked else SILENT) and revoked:
            installation.revoked = None  # another token was meant, or the app was installed again
        if next(passes) and channel and not installation.revoked:
            await channel.check()
        return False

    return Job("Slack", PROBE_EVERY, probe)


def _suggestions(settings: Settings, running: Running, tick: float) -> Job:
    """Return the job that notifies the curators of suggestions that wait, and says so in its message once none does."""
    services = running.services

    def render_end(last: Decision | None) -> Message:
        return Message(review_asks.decided_message(last).payload())

    async def notify() -> bool:
        here, waiting, ledger = services.workspace.here(), await services.asks.waiting(), running.features.ledger
        if not waiting:
            last = await services.asks.last_decision()
            return await end_notices(ledger, services.slack, services.team, last, render_end)
        if not is_time(here, settings.timezone, settings.post_hour):
            return False
        message = Message(review_asks.waiting_message(len(waiting)).payload())
        newest = await services.asks.newest_at()
        planned = await notify_of_suggestions(ledger, services.team, settings.curators, message, here.date(), newest)
        if planned:
            services.posts.woken.set()
        return planned

    return Job("suggestions", tick, notify, when=_installed(services))


def _check_blog(settings: Settings, services: Services, check: BlogCheck, drafts: DraftWorker, tick: float) -> Job:
    """Return the job that finds new months on the blog."""

    async def check_blog() -> bool:
        before = check.checks
        if trouble := await check.poll(lambda: CorpusFolder(settings.knowledge)):
            await drafts.alert(trouble)
        return check.checks > before

    return Job("blog check", tick, check_blog, when=_installed(services))


def _blog_check(settings: Settings, services: Services, address: str, source: Sources) -> BlogCheck:
    every = settings.source_hours * 3600.0

    async def get(etag: str | None, last_modified: str | None) -> Fetched:
        private = settings.allow_private_source
        return await fetch(address, contact=settings.contact, allow_private=private, etag=etag, last_modified=last_modified)

    return BlogCheck(
        source,
        services.approval.drafts,
        get,
        every=every,
        # A public site is asked once an hour at most; a server of one's own may be asked as often as its owner likes.
        least=min(every, 3600.0) if address_problem(address) else 3600.0,
        this_month=lambda: datetime.now(settings.timezone).strftime("%Y-%m"),
        revised=services.approval.revising.with_changes,
    )


def _installed(services: Services) -> Callable[[], bool]:
    installation = services.workspace.installation
    return lambda: installation.revoked is None
