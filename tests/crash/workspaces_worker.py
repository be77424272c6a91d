"""The real publisher for many workspaces as processes that die: each workspace has a part of the database of its own."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bot.approval.drafts import ApprovalSettings, CuratorMessages, DraftWorker
from bot.approval.kind import DRAFT
from bot.approval.shared_months import SharedMonths
from bot.blocks import draft as words
from bot.corpus.model import Corpus
from bot.outbox.delivery import Message, Series
from bot.playground.slack import LocalSlack
from bot.publishing.months import LetOut, everything
from bot.settings import Settings
from bot.slack import client
from bot.store.database import Database
from bot.store.drafts import NEW, Draft, Drafts
from tests.crash import posting_worker, workers
from tests.crash.posting_worker import TIMING, Job
from tests.crash.rehearsal import rehearse
from tests.support.features import ledger_of


@dataclass(frozen=True)
class Many(Job):
    """Post every month later than `after` in each of the `workspaces`, to the channel that goes with it: as one process of a
    bot for many does. The third part of each is a curator who is asked first ("": nobody is).
    """

    workspaces: tuple[tuple[str, str, str], ...] = ()


async def publish(job: Many) -> None:
    """Open every workspace's part, and post in all of them at once."""
    step = workers.steps_of(job)
    client.TIMEOUT = 0.6  # type: ignore[assignment]
    database = await Database.open(Settings.from_env({"PPRNET_DATABASE_URL": job.database}).database_url)
    await asyncio.gather(*(_one(job, database, step, *each) for each in job.workspaces))
    await database.close()


async def _one(job: Many, whole: Database, step: Callable[[str], None], workspace: str, channel: str, curator: str) -> None:
    step("before part")
    part = await whole.part(workspace.lower())
    step("after part")
    let_out = asking(job, part, step, workspace, curator) if curator else everything
    await posting_worker.post_all(replace(job, team=workspace, channel=channel), part, step, let_out)
    await part.close()


def asking(job: Many, part: Database, step: Callable[[str], None], workspace: str, curator: str) -> LetOut:
    """What a workspace posts whose curator is asked first: she presses *Post* once a message to her is out, oldest first."""
    drafts, ledger = Drafts(part), ledger_of(part, TIMING)
    shared = SharedMonths(drafts, ledger, workspace, job.after)
    showing = DraftWorker(
        drafts,
        ledger,
        client.SlackApi(job.token, job.api_url),
        ApprovalSettings(workspace, (curator,), True, None),
        CuratorMessages(_shown, _shown, lambda _trouble: Message({})),
        _nothing,
    )

    async def is_out(draft: Draft) -> bool:
        rows = await ledger.series(Series(DRAFT, draft.key, workspace, curator))
        return bool(rows) and rows[-1].state not in ("planned", "sending")

    async def let_out(corpus: Corpus) -> Corpus:
        step("before offer")
        await shared.offer(corpus)
        step("after offer")
        for draft in await drafts.all():
            if draft.state == NEW:
                if not await is_out(draft):
                    break
                step("before approval")
                await drafts.approve(draft.key, curator, draft.version)
                step("after approval")
        await showing.process_drafts()
        step("after telling")
        return await shared.let_out(corpus)

    return let_out


def _shown(draft: Draft) -> Message:
    return Message(words.draft_message(draft).payload(), None, hashlib.sha256(draft.content.encode()).hexdigest())


async def _nothing() -> None:
    """Do nothing."""


async def _play(slack: LocalSlack, _folder: Path, database: str) -> None:
    """Post in two workspaces, of which one asks a curator first."""
    channel, curator = slack.add_channel("team").id, slack.add_user("cleo").id
    named = (("T000000000X", channel, ""), ("T000000001X", channel, curator))
    await publish(Many(slack.token, slack.url, database, "", "", posting_worker.shipped().issues[1].month, workspaces=named))


if __name__ == "__main__":
    posting_worker.shipped()
    rehearse(_play)
    workers.main(Many, publish)
