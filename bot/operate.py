"""What an operator does by hand: preview and post a month, and settle a message that only a person can see."""

from __future__ import annotations

import asyncio
import re
import time
from html import unescape

from bot.cli import CommandError
from bot.corpus.faults import CorpusError
from bot.corpus.model import Corpus, Issue, month_name
from bot.knowledge import Knowledge
from bot.publishing.ledger import Delivery, Ledger
from bot.publishing.publisher import Publisher, manual_notice
from bot.serve import SlackRefusesError, open_services, render
from bot.settings import Settings
from bot.store.database import Database, StoreError

GIVE_UP = 60.0
"""Seconds that `post` works at one month before it leaves the rest to the next run or to `serve`."""

_LINK_TS = re.compile(r"/p(\d{10})(\d{6})(?:\?|$)")
_TS = re.compile(r"\d{10}\.\d{6}")


def preview(settings: Settings, month: str | None) -> str:
    """The messages of a month as text. Raises CommandError."""
    corpus = _knowledge(settings).corpus
    issue = _issue(corpus, month)
    texts = [unescape(str(message.payload["text"])) for message in render(corpus, issue)]
    thread = "".join(f"\n\n--- in its thread, {place} of {len(texts) - 1} ---\n{text}" for place, text in enumerate(texts[1:], 1))
    return f"--- message ---\n{texts[0]}{thread}\n\nNothing was sent."


async def post(settings: Settings, month: str | None, channel: str) -> tuple[str, bool]:
    """Post a month to a channel; a sentence, and whether all of it stands there now. Safe to repeat, and beside `serve`."""
    knowledge = _knowledge(settings)
    issue = _issue(knowledge.corpus, month)
    if not re.fullmatch(r"[CG][A-Z0-9]{2,20}", channel):
        raise CommandError(f'"{channel}" is not a channel id: open the channel\'s details in Slack and copy its id (C...)')
    try:
        async with open_services(settings, knowledge) as (services, _database):
            publisher = Publisher(services.ledger, services.slack, render)
            team = services.identity.team_id
            planned = await publisher.plan(knowledge.corpus, issue, team, channel)
            begun = time.monotonic()
            while time.monotonic() - begun < GIVE_UP:
                worked = await publisher.work()
                rows = await services.ledger.month(issue.month, team, channel)
                if _is_over(rows) or (not worked and not _is_moving(rows)):
                    break
                if not worked:
                    await asyncio.sleep(0.2)
            return _report(issue, channel, rows, planned)
    except (StoreError, SlackRefusesError) as error:
        raise CommandError(str(error)) from None


async def settle(settings: Settings, delivery_id: str, there: str | None) -> tuple[str, bool]:
    """Record what a person saw in the channel: the message's link or ts, or None when it is not there."""
    ts = None
    if there:
        match = _LINK_TS.search(there)
        ts = f"{match[1]}.{match[2]}" if match else there
        if not _TS.fullmatch(ts):
            raise CommandError('give the message\'s link (in Slack: "Copy link"), or its ts like 1700000000.123456')
    try:
        database = await Database.open(settings.database_url)
    except StoreError as error:
        raise CommandError(str(error)) from None
    try:
        settled = await Ledger(database).resolve(delivery_id, ts)
    finally:
        await database.close()
    if not settled:
        return f"{delivery_id} is not waiting for a decision.", False
    return ("Noted: the message stands. " if ts else "Noted: it will be posted. ") + "`pprnet serve` or `pprnet post` goes on.", True


def _knowledge(settings: Settings) -> Knowledge:
    try:
        return Knowledge(settings.knowledge)
    except CorpusError as error:
        raise CommandError(f"{error}, so nothing can be posted: pprnet check lists them all") from None


def _issue(corpus: Corpus, month: str | None) -> Issue:
    issue = corpus.issue(month) if month else (corpus.issues[0] if corpus.issues else None)
    if issue is None:
        held = ", ".join(found.month for found in corpus.issues[:6])
        raise CommandError(f"the corpus holds no month {month} (it holds {held} …)" if month else "the corpus is empty")
    return issue


def _is_over(rows: list[Delivery]) -> bool:
    return all(row.state in ("sent", "failed") for row in rows)


def _is_moving(rows: list[Delivery]) -> bool:
    """Whether the month waits only for its own pace; not for a person, a retry or a settle time."""
    return all(row.state in ("sent", "planned", "failed") and not row.error for row in rows)


def _report(issue: Issue, channel: str, rows: list[Delivery], planned: bool) -> tuple[str, bool]:
    name = month_name(issue.month)
    if all(row.state == "sent" for row in rows):
        if not planned:
            return f"{name} stands in {channel} already ({len(rows)} messages); nothing was posted.", True
        return f"Posted {name} to {channel}: one message and {len(rows) - 1} in its thread.", True
    waiting = [row for row in rows if row.state == "manual"]
    if waiting:
        return manual_notice(waiting[0]), False
    first = next(row for row in rows if row.state != "sent")
    sent = sum(row.state == "sent" for row in rows)
    advice = {
        "not_in_channel": "type /invite @PPRNet in that channel",
        "channel_not_found": "check the channel's id, and invite the bot if it is private",
        "is_archived": "the channel is archived: choose another",
        "missing_scope": "install the app again with the scopes of app.yaml",
    }.get(first.error or "", "it is tried again")
    state = "it is not known whether it arrived, which is looked up in a few minutes" if first.state == "uncertain" else advice
    return (
        f"{name} in {channel}: {sent} of {len(rows)} messages posted; the next one is {first.state} ({first.error or 'waiting'}): {state}. "
        f"Run `pprnet post` again, or leave it to `pprnet serve`.",
        False,
    )
