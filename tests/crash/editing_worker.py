"""Replicas that make a curator's edits in folders of their own, and correct what was posted, as processes that die."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.approval import revising
from bot.approval.revising import Revising
from bot.corpus.load import load
from bot.corpus.model import Summary
from bot.paths import default_root
from bot.playground.slack import LocalSlack
from bot.server.features import build_features
from bot.settings import Settings
from bot.slack import client
from bot.store.database import Database
from bot.store.drafts import Drafts
from bot.store.revisions import Revisions
from tests.crash import workers
from tests.crash.posting_worker import CLUB_NOW, TEMPLATES, TIMING, stamp
from tests.crash.rehearsal import rehearse
from tests.crash.watching_worker import around
from tests.crash.workers import Mortal
from tests.support.small_corpus import LEXICON

MONTH = "2023-11"
CURATOR = "U0CURATOR01"
PLACES: tuple[tuple[Any, str, str], ...] = (
    (Revisions, "add", "row"),
    (Revising, "_write", "change"),
    (revising, "write_atomically", "file"),
    (os, "fsync", "sync"),
    (Revising, "_note_done", "note"),
)
"""Where a process may die besides the publisher's own steps: before and after these."""
PATIENT = replace(TIMING, lease=2.0, start_within=1.5, settle=3.5)
"""The times of the outbox, for machines with much else to do: here an edit's own steps are what matters."""
STEPS = (
    *(f"{side} {name}" for _, _, name in PLACES for side in ("before", "after")),
    *("before edit", "after edit", "after reply", "after sent"),
)


@dataclass(frozen=True)
class Job(Mortal):
    """Post MONTH of the library in the folder `root` to `channel`; make the `edits` of the summary `about` that are not made
    yet, one after the other; and correct what was posted.
    """

    token: str
    api_url: str
    database: str
    team: str
    channel: str
    root: str
    about: str
    edits: list[dict[str, Any]] = field(default_factory=list)


async def run(job: Job) -> None:
    """Edit and post, with a step before and after whatever is done."""
    step = workers.steps_of(job)
    for owner, name, label in PLACES:
        setattr(owner, name, around(getattr(owner, name), label, step))
    await work(job, step)


async def work(job: Job, step: Callable[[str], None]) -> None:
    """Go on until nothing is left to do."""
    client.TIMEOUT = 1.2  # type: ignore[assignment]
    database = await Database.open(Settings.from_env({"PPRNET_DATABASE_URL": job.database}).database_url)
    made = build_features(database, client.SlackApi(job.token, job.api_url), TEMPLATES, timing=PATIENT, step=step)
    ledger, worker, publisher = made.ledger, made.worker, made.publisher
    root = Path(job.root)
    edits = Revising(root, Revisions(database), Drafts(database))
    await publisher.subscriptions.ensure(job.team, job.channel, "2023-06")
    corpus, seen = None, None
    while True:
        found = await edits.find(MONTH, job.about)
        if found and found.number < len(job.edits):
            await edits.save(found, job.edits[found.number], CURATOR)
            continue
        wrote, _ = await edits.apply()
        if wrote or corpus is None:
            corpus = load(root)
        corrected = False
        # Where no file and no message has changed since the last pass, it planned all that follows from them.
        if (there := (corpus.fingerprint, await stamp(database))) != seen or not publisher.corrections.is_settled:
            seen = there
            await publisher.plan_all(corpus, job.team, job.channel)
            corrected = await publisher.corrections.sync(corpus, job.team, CLUB_NOW.date())
        if await worker.work() or corrected:
            while await worker.work():
                pass
            continue
        if not (
            not (await ledger.states()).keys().isdisjoint(("planned", "sending", "uncertain"))
            or not publisher.corrections.is_settled
            or await ledger.is_sweep_to_come()
        ):
            break
        await asyncio.sleep(0.2)
    await database.close()


def library(folder: Path) -> Path:
    """Make a library of MONTH alone in a folder; return where it is."""
    root = folder / "library"
    (root / "issues").mkdir(parents=True)
    for name in ("topics.yaml", f"issues/{MONTH}.yaml"):
        shutil.copy(default_root() / name, root / name)
    (root / "lexicon.yaml").write_text(LEXICON, "utf-8")
    return root


def edits_of(summary: Summary) -> list[dict[str, Any]]:
    """Return what curators make of a summary, one edit after the other."""
    return [
        {"bottom_line": "The first change."},
        {"asks": ["one", "two", *summary.asks[:3]], "implications": ["Do this.", *summary.implications[1:]]},
        {"bottom_line": "The last change.", "design": "survey", "caution": "Careful."},
    ]


async def _play(slack: LocalSlack, folder: Path, database: str) -> None:
    """Post the month, then make all edits of the tests; an answer of Slack is lost on the way."""
    root = library(folder)
    about = load(root).issues[0].summaries[0]
    job = Job(slack.token, slack.url, database, slack.team_id, slack.add_channel("team").id, str(root), about.id)
    for count in range(4):
        if count == 1:
            slack.faults.drop_after("chat.update")
        if count == 2:
            slack.faults.drop_after("chat.postMessage")
        await work(replace(job, edits=edits_of(about)[:count]), lambda _name: None)


if __name__ == "__main__":
    rehearse(_play)
    workers.main(Job, run)
