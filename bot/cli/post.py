"""`pprnet post`: a month posted by hand, or only printed."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import time

from sqlalchemy.exc import SQLAlchemyError

from bot import logs
from bot.cli.arguments import add_json, print_json
from bot.cli.database import make_folder
from bot.cli.preview import show
from bot.cli.wrapping import print_line
from bot.corpus.faults import CorpusError
from bot.corpus.model import Corpus, Issue, month_name
from bot.errors import CommandError
from bot.knowledge import Knowledge
from bot.outbox.delivery import OVER, Delivery, Series
from bot.outbox.worker import manual_notice
from bot.publishing.kinds import MONTH
from bot.publishing.months import UnpostableError
from bot.server.features import kinds
from bot.server.services import open_services
from bot.settings import Settings
from bot.slack.startup import SlackRefusesError, StoppedError
from bot.store.errors import StoreError, reason

GIVE_UP = 60.0
"""Seconds that `post` works at one month before it leaves the rest to the next run or to `serve`."""

REACH = 5.0
"""Seconds that `post` tries to reach Slack."""

EXAMPLES = """\
  pprnet post --dry-run
  pprnet post --month 2023-06 --channel C0123456789"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet post`."""
    parser.add_argument("--month", help="YYYY-MM (default: the newest)")
    parser.add_argument("--channel", help="a channel id (default: PPRNET_CHANNEL)")
    parser.add_argument("--dry-run", action="store_true", help="print the messages, send nothing")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Post or print a month; the exit status is 1 where it is not all posted. Raises CommandError."""
    settings = Settings.from_env(os.environ, needs=() if options.dry_run else ("slack",))
    logs.configure("warning")
    if options.dry_run:
        show(_issue(_knowledge(settings).corpus, options.month), as_json=options.json)
        return 0
    channel = options.channel or settings.channel
    if not channel:
        raise CommandError("which channel? Give --channel with its id (C...), or set PPRNET_CHANNEL")
    make_folder(settings)
    text, posted = asyncio.run(post(settings, options.month, channel))
    if options.json:
        print_json({"channel": channel, "posted": posted, "said": text})
    else:
        print_line(text)
    return 0 if posted else 1


async def post(settings: Settings, month: str | None, channel: str) -> tuple[str, bool]:
    """Post a month to a channel; return a sentence, and whether all of it is posted. Safe to repeat, and beside `serve`."""
    knowledge = _knowledge(settings)
    issue = _issue(knowledge.corpus, month)
    if not re.fullmatch(r"[CG][A-Z0-9]{2,20}", channel):
        raise CommandError(f'"{channel}" is not a channel id: open the channel\'s details in Slack and copy its id (C...)')
    stop = asyncio.Event()
    reasons = ["Slack cannot be reached"]
    asyncio.get_running_loop().call_later(REACH, stop.set)
    try:
        async with open_services(settings, knowledge, stop, tell=reasons.append) as running:
            features = running.features
            ledger, team = features.ledger, running.services.team
            series = Series(MONTH, issue.month, team, channel)
            await features.publisher.months.plan(issue, team, channel, by_hand=True)
            rows = await ledger.series(series)
            if _is_posted(rows):
                return (
                    f"{month_name(issue.month)} is already in {channel} ({len(rows)} messages); nothing was posted.",
                    True,
                )
            await ledger.retry_now(series)
            begun = time.monotonic()
            while time.monotonic() - begun < GIVE_UP:
                worked = await features.worker.work()
                rows = await ledger.series(series)
                earlier = await ledger.blocking(series)
                if _is_over(rows) or not (worked or _is_moving(rows if earlier is None else [earlier])):
                    break
                if not worked:
                    await asyncio.sleep(0.2)
            return _report(issue, channel, rows, earlier)
    except StoppedError:
        raise CommandError(f"{reasons[-1]}, so nothing was posted: try again later") from None
    except (StoreError, SlackRefusesError, UnpostableError) as error:
        raise CommandError(str(error)) from None
    except SQLAlchemyError as error:
        raise CommandError(f"the database cannot be used ({reason(error)}): nothing is posted without it") from None


def _knowledge(settings: Settings) -> Knowledge:
    try:
        return Knowledge(settings.knowledge)
    except CorpusError as error:
        raise CommandError(f"{error}, so nothing can be posted: pprnet check lists them all") from None


def _issue(corpus: Corpus, month: str | None) -> Issue:
    issue = corpus.issue(month) if month else (corpus.issues[0] if corpus.issues else None)
    if issue is None:
        found = ", ".join(each.month for each in corpus.issues[:6])
        raise CommandError(f"the library has no month {month} (it has {found} …)" if month else "the library is empty")
    return issue


def _is_over(rows: list[Delivery]) -> bool:
    return all(row.state in OVER for row in rows)


def _is_moving(rows: list[Delivery]) -> bool:
    """Whether the month waits only for its own pace or for another process that posts it; not for a person, a retry or a
    settle time.
    """
    return all(row.state in (*OVER, "planned", "sending") and not row.error for row in rows)


def _is_posted(rows: list[Delivery]) -> bool:
    return all(row.state == "sent" for row in rows)


def _report(issue: Issue, channel: str, rows: list[Delivery], earlier: Delivery | None) -> tuple[str, bool]:
    name = month_name(issue.month)
    if _is_posted(rows):
        return f"Posted {name} to {channel}: one message and {len(rows) - 1} in its thread.", True
    first = next(row for row in rows if row.state != "sent")
    if (earlier or first).state == "manual":
        return manual_notice(earlier or first, kinds()), False
    if earlier:
        return f"{name} is waiting in {channel}: {_problem(earlier)}. {_next(earlier)}", False
    sent = sum(row.state == "sent" for row in rows)
    return f"{name} in {channel}: {sent} of {len(rows)} messages posted; {_problem(first)}. {_next(first)}", False


def _next(row: Delivery) -> str:
    if row.state == "failed":
        return "Once its cause is mended, run `pprnet post` again."
    return "Run `pprnet post` again, or let `pprnet serve` finish it."


_ADVICE = {
    "not_in_channel": "type /invite @PPRNet in that channel",
    "channel_not_found": "check the channel's id, and invite the bot if it is private",
    "is_archived": "the channel is archived: choose another",
    "missing_scope": "install the app again with the scopes of app.yaml",
}


def _problem(row: Delivery) -> str:
    """Return why a message is not posted, and what can be done."""
    if row.state == "uncertain":
        what = "it is not known whether it arrived; that will be looked up in a few minutes"
    elif row.state == "failed":
        what = "Slack does not accept it, so the bot does not try it again by itself"
    else:
        what = _ADVICE.get(row.error or "", "it will be tried again")
    return f"the next one, of {month_name(row.subject)}, is {row.state} ({row.error or 'waiting'}): {what}"
