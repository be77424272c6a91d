"""`pprnet asks`: the summaries that are hard to find; drafts of what people would type for them, to be accepted by a
curator.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.asks.checks import lines_of, problem
from bot.asks.findable import lookalike
from bot.asks.model import ModelError, complete, request_for
from bot.asks.writing import Change, ChangedError, UnwritableError, accepted, change_asks, check_writable, refused
from bot.blog.public_address import address_problem
from bot.cli.database import existing
from bot.cli.loading import load_engine
from bot.corpus.faults import CorpusError
from bot.corpus.files import WriteError
from bot.corpus.model import Summary
from bot.errors import CommandError
from bot.search.engine import Engine
from bot.settings import Settings
from bot.text import fit, plural

if TYPE_CHECKING:
    from bot.store.suggestions import Suggestion  # the database comes with it

EXAMPLES = """\
  pprnet asks --missing
  pprnet asks --missing --model http://127.0.0.1:8080/v1 --limit 5
  pprnet asks --show alliance-rupture-next-session
  pprnet asks --accept alliance-rupture-next-session 1 3 4
  pprnet asks --collect
  pprnet asks --discard alliance-rupture-next-session"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet asks`."""
    parser.add_argument("--missing", action="store_true", help="only summaries without asks")
    parser.add_argument("--limit", type=_count, metavar="N", help="only the first N, the hardest to find first")
    parser.add_argument("--knowledge", type=Path, metavar="DIR", help="the library (default: the one in use)")
    parser.add_argument(
        "--model",
        metavar="URL",
        help="draft asks with the model at this address (OpenAI's interface), which gets the summary's text and no question",
    )
    parser.add_argument("--model-name", default="default", metavar="NAME", help="which of its models, where it has several")
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--collect", action="store_true", help="turn what readers suggested in Slack into drafts")
    one.add_argument("--show", metavar="ID", help="print the asks and drafts of a summary")
    one.add_argument(
        "--accept", nargs="+", metavar=("ID", "N"), help="accept drafts as asks of a summary: all, or these numbers"
    )
    one.add_argument("--discard", nargs="+", metavar=("ID", "N"), help="delete drafts of a summary: all, or these numbers")


def run(options: argparse.Namespace) -> int:
    """List, draft, accept or discard; the exit status is 1 where something could not be drafted. Raises CommandError."""
    settings = Settings.from_env(os.environ)
    if options.knowledge:
        settings = replace(settings, knowledge=options.knowledge)
    engine = load_engine(settings)
    if options.collect:
        return asyncio.run(_collect(engine, settings))
    if options.show:
        return _show(_summary(engine, options.show))
    if options.accept or options.discard:
        return _decide(engine, settings.knowledge, options.accept or options.discard, accept=bool(options.accept))
    listed = _hardest_first(engine, missing=options.missing, limit=options.limit)
    if options.model:
        return asyncio.run(_draft_all(engine, settings, listed, options.model, options.model_name))
    for share, summary, near in listed:
        print(_row(share, summary, near))
    without = sum(1 for summary in engine.corpus if not summary.asks)
    print(f"{plural(len(engine.corpus.summaries), 'summary')}, {without} without asks.")
    return 0


def _hardest_first(engine: Engine, *, missing: bool, limit: int | None) -> list[tuple[float, Summary, Summary | None]]:
    found = [(*lookalike(engine, summary), summary) for summary in engine.corpus if not (missing and summary.asks)]
    found.sort(key=lambda each: (-each[0], each[2].id))
    return [(share, summary, near) for share, near, summary in found[:limit]]


def _row(share: float, summary: Summary, near: Summary | None) -> str:
    drafts = f", {plural(len(summary.draft_asks), 'draft')}" if summary.draft_asks else ""
    beside = f"  (near {near.id})" if near and share >= 0.5 else ""
    return f"{share:.2f}  {summary.issue}  {summary.id}  {plural(len(summary.asks), 'ask')}{drafts}{beside}"


def _show(summary: Summary) -> int:
    print(f"{summary.title}\n{plural(len(summary.asks), 'ask')}:")
    for ask in summary.asks:
        print(f"     {ask}")
    print(f"{plural(len(summary.draft_asks), 'draft')}:")
    for number, ask in enumerate(summary.draft_asks, 1):
        print(f"  {number:2} {ask}")
    return 0


def _decide(engine: Engine, root: Path, words: Sequence[str], *, accept: bool) -> int:
    summary = _summary(engine, words[0])
    drafts = summary.draft_asks
    if not drafts:
        raise CommandError(f"{summary.id} has no drafts")
    chosen = [*range(len(drafts))]
    if words[1:]:
        if not all(word.isdigit() and 0 < int(word) <= len(drafts) for word in words[1:]):
            raise CommandError(f"{summary.id} has drafts 1 to {len(drafts)}: pprnet asks --show {summary.id}")
        chosen = sorted({int(word) - 1 for word in words[1:]})
    words = [drafts[at] for at in chosen]
    _write(engine, root, summary, lambda now: accepted(now, words) if accept else refused(now, words))
    print(f"{summary.id}: {plural(len(chosen), 'draft')} {'accepted' if accept else 'discarded'}.")
    return 0


async def _draft_all(
    engine: Engine,
    settings: Settings,
    listed: Sequence[tuple[float, Summary, Summary | None]],
    address: str,
    name: str,
) -> int:
    if trouble := address_problem(address, allow_private=True):
        raise CommandError(f"--model: {trouble}")
    _writable(settings.knowledge)
    status = 0
    for _, summary, _ in listed:
        if summary.draft_asks:
            print(f"{summary.id}: has {plural(len(summary.draft_asks), 'draft')} already, which wait for a curator.")
            continue
        try:
            reply = await complete(address, request_for(summary, name), key=settings.model_key)
        except ModelError as error:
            print(f"pprnet: {summary.id}: {error}.", file=sys.stderr)
            return 1
        drafts: list[str] = []
        refused: list[tuple[str, str]] = []
        for ask in lines_of(reply)[:60]:
            if why := problem(engine, summary, ask, drafts):
                refused.append((why, ask))
            else:
                drafts.append(ask)
        if drafts:
            _write(engine, settings.knowledge, summary, partial(_with_drafts, drafts))
        print(f"{summary.id}: {plural(len(drafts), 'draft')}.")
        for why, ask in refused:
            print(f"  left out, {why}: {fit(ask, 80)}")
        status = status if drafts else 1
    print("Search does not use a draft before someone accepts it: pprnet asks --show ID, then --accept ID.")
    return status


async def _collect(engine: Engine, settings: Settings) -> int:
    """Move suggestions from the database to the files, each when it is safe there; those without a summary are removed."""
    from bot.store.suggestions import Suggestions

    async with existing(settings) as database:
        suggestions = Suggestions(database)
        by_summary: dict[str, list[Suggestion]] = {}
        for each in await suggestions.all():
            by_summary.setdefault(each.summary_id, []).append(each)
        count = 0
        for summary_id, found in sorted(by_summary.items()):
            if summary := engine.corpus.get(summary_id):
                known = {ask.casefold() for ask in (*summary.asks, *summary.draft_asks)}
                by_key = {each.words.casefold(): each.words for each in reversed(found)}
                new = [words for key, words in reversed(by_key.items()) if key not in known]
                if new:
                    _write(engine, settings.knowledge, summary, partial(_with_drafts, [*summary.draft_asks, *new]))
                    print(f"{summary.id}: {plural(len(new), 'draft')}.")
                count += len(new)
            for each in found:
                await suggestions.remove(each)
    print(f"{plural(count, 'suggestion')} collected." if count else f"No new suggestions in {database.place}.")
    return 0


def _with_drafts(drafts: list[str], _now: Summary) -> dict[str, list[str]]:
    return {"draft_asks": drafts}


def _write(engine: Engine, root: Path, summary: Summary, change: Change) -> None:
    _writable(root)
    path = root / "issues" / f"{summary.issue}.yaml"

    def change_unchanged(now: Summary) -> dict[str, list[str]]:
        if (now.asks, now.draft_asks) != (summary.asks, summary.draft_asks):
            raise ChangedError
        return change(now)

    try:
        change_asks(root, engine.corpus, summary, change_unchanged)
    except ChangedError:
        raise CommandError(
            f"the asks of {summary.id} were changed in the meantime and were left alone: run the command again"
        ) from None
    except WriteError as error:
        raise CommandError(str(error)) from None
    except CorpusError as error:
        raise CommandError(f"{path} was left as it is, since it would have a fault: {error.faults[0]}") from None
    except OSError as error:
        raise CommandError(f"{path} cannot be written ({error.strerror})") from None


def _writable(root: Path) -> None:
    try:
        check_writable(root)
    except UnwritableError as error:
        raise CommandError(f"{error}: name a folder of your own with --knowledge DIR or PPRNET_KNOWLEDGE") from None


def _summary(engine: Engine, summary_id: str) -> Summary:
    summary = engine.corpus.get(summary_id)
    if summary is None:
        raise CommandError(f"there is no summary {summary_id!r}: pprnet asks lists their ids")
    return summary


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return value
