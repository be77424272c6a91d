"""What a running bot does beside its answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from bot.approval.drafts import ApprovalSettings, CuratorMessages, DraftWorker
from bot.blocks import draft, library
from bot.blog.public_address import address_problem
from bot.outbox.delivery import Message
from bot.papers.asking import ask
from bot.papers.check import PAUSE, PaperCheck, PaperMessages
from bot.publishing.scheduler import OnPass, Scheduler
from bot.server.jobs import build_jobs
from bot.server.services import Running
from bot.settings import Settings
from bot.slack.channel_check import ChannelCheck
from bot.store.drafts import Draft
from bot.store.papers import Papers
from bot.store.sources import Sources


@dataclass(frozen=True, slots=True)
class Background:
    """What works beside the answers, and what `/health` says of it."""

    scheduler: Scheduler
    drafts: DraftWorker
    papers: PaperCheck | None
    channel: ChannelCheck | None


def build_background(
    settings: Settings,
    running: Running,
    tick: float,
    now: Callable[[], datetime],
    is_stopping: Callable[[], bool],
    on_pass: OnPass,
) -> Background:
    """Return the background jobs. `tick` are the seconds between two passes, `now` returns the time by which months are due;
    `on_pass` is called after each pass.
    """
    drafts = draft_worker(settings, running)
    papers = _paper_check(settings, running)
    channel = ChannelCheck(running.services.slack, settings.channel) if settings.channel else None
    jobs = build_jobs(settings, running, tick, now, is_stopping, drafts, papers, channel)
    return Background(Scheduler(jobs, on_pass), drafts, papers, channel)


def draft_worker(settings: Settings, running: Running) -> DraftWorker:
    """Return what processes drafts in this process."""
    services = running.services
    root = settings.knowledge if services.owns_library else None

    async def written() -> None:
        await services.knowledge.refresh()
        services.posts.woken.set()

    def render_draft(found: Draft) -> Message:
        source = hashlib.sha256(found.content.encode()).hexdigest()
        return Message(draft.draft_message(found).payload(), None, source)

    return DraftWorker(
        services.approval.drafts,
        running.features.ledger,
        services.slack,
        ApprovalSettings(services.team, settings.curators, settings.approval, root),
        CuratorMessages(
            render_draft,
            lambda found: Message(draft.preview_after(found).payload()),
            lambda trouble: Message(draft.alarm(trouble).payload()),
        ),
        written,
    )


def _paper_check(settings: Settings, running: Running) -> PaperCheck | None:
    """Return what checks the papers for retractions and corrections; None where the operator has not turned it on."""
    services, source = running.services, settings.retractions_url
    if source is None:
        return None
    host = urlsplit(source).hostname or ""

    return PaperCheck(
        Papers(running.database),
        Sources(running.database, source),
        running.features.ledger,
        (services.team, settings.curators),
        lambda doi: ask(source, doi, contact=settings.contact, allow_private=settings.allow_private_source),
        PaperMessages(
            lambda papers, came, went: Message(library.notices_message(papers, came, went, host).payload()),
            lambda trouble: Message(library.notices_alarm(trouble).payload()),
        ),
        # A server of one's own may be asked as often as its owner likes.
        pause=0.0 if address_problem(source) else PAUSE,
    )
