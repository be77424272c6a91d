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
from typing import TYPE_CHECKING, Any

from bot.asks.checks import lines_of, problem
from bot.asks.findable import lookalike
from bot.asks.model import ModelError, complete, request_for
from bot.asks.writing import Change, ChangedError, UnwritableError, accepted, change_asks, check_writable, refused
from bot.blog.public_address import address_problem
from bot.cli.arguments import add_json, print_json
from bot.cli.database import existing
from bot.cli.loading import load_engine
from bot.cli.wrapping import print_line
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
    add_json(parser)
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
        return asyncio.run(_collect(engine, settings, as_json=options.json))
    if options.show:
        return _show(_summary(engine, options.show), as_json=options.json)
    if options.accept or options.discard:
        return _decide(engine, settings.knowledge, options)
    listed = _hardest_first(engine, missing=options.missing, limit=options.limit)
    if options.model:
        return asyncio.run(_draft_all(engine, settings, listed, options))
    _list(engine, listed, as_json=options.json)
    return 0


def _hardest_first(engine: Engine, *, missing: bool, limit: int | None) -> list[tuple[float, Summary, Summary | None]]:
    found = [(*lookalike(engine, summary), summary) for summary in engine.corpus if not (missing and summary.asks)]
    found.sort(key=lambda each: (-each[0], each[2].id))
    return [(share, summary, near) for share, near, summary in found[:limit]]


def _list(engine: Engine, listed: Sequence[tuple[float, Summary, Summary | None]], *, as_json: bool) -> None:
    without = sum(1 for summary in engine.corpus if not summary.asks)
    if as_json:
        rows = [{**_counts(summary), "share": share, "near": near and near.id} for share, summary, near in listed]
        print_json({"summaries": rows, "in_library": len(engine.corpus.summaries), "without_asks": without})
        return
    for share, summary, near in listed:
        drafts = f", {plural(len(summary.draft_asks), 'draft')}" if summary.draft_asks else ""
        beside = f"  (near {near.id})" if near and share >= 0.5 else ""
        lead = f"{share:.2f}  {summary.issue}  {summary.id}  "
        print_line(f"{plural(len(summary.asks), 'ask')}{drafts}{beside}", first=lead, indent=" " * 6)
    print_line(f"{plural(len(engine.corpus.summaries), 'summary')}, {without} without asks.")


def _counts(summary: Summary) -> dict[str, Any]:
    return {"id": summary.id, "month": summary.issue, "asks": len(summary.asks), "drafts": len(summary.draft_asks)}


def _show(summary: Summary, *, as_json: bool) -> int:
    if as_json:
        print_json({"id": summary.id, "title": summary.title, "asks": summary.asks, "drafts": summary.draft_asks})
        return 0
    print_line(summary.title)
    print(f"{plural(len(summary.asks), 'ask')}:")
    for ask in summary.asks:
        print_line(ask, first=" " * 5, indent=" " * 5)
    print(f"{plural(len(summary.draft_asks), 'draft')}:")
    for number, ask in enumerate(summary.draft_asks, 1):
        print_line(ask, first=f"  {number:2} ", indent=" " * 5)
    return 0


def _decide(engine: Engine, root: Path, options: argparse.Namespace) -> int:
    accept = bool(options.accept)
    words: Sequence[str] = options.accept or options.discard
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
    done = "accepted" if accept else "discarded"
    if options.json:
        print_json({"id": summary.id, done: words})
    else:
        print_line(f"{summary.id}: {plural(len(chosen), 'draft')} {done}.")
    return 0


async def _draft_all(
    engine: Engine,
    settings: Settings,
    listed: Sequence[tuple[float, Summary, Summary | None]],
    options: argparse.Namespace,
) -> int:
    if trouble := address_problem(options.model, allow_private=True):
        raise CommandError(f"--model: {trouble}")
    _writable(settings.knowledge)
    done: list[dict[str, Any]] = []
    failed = False
    for _, summary, _ in listed:
        try:
            found = await _draft(engine, settings, summary, options)
        except ModelError as error:
            print(f"pprnet: {summary.id}: {error}.", file=sys.stderr)
            failed = True
            break
        done.append(found)
        if not options.json:
            _print_drafted(**found)
    if options.json:
        print_json({"drafted": done})
    elif not failed:
        print_line("Search does not use a draft before someone accepts it: pprnet asks --show ID, then --accept ID.")
    return 1 if failed or not all(each["drafts"] or each["waiting"] for each in done) else 0


async def _draft(engine: Engine, settings: Settings, summary: Summary, options: argparse.Namespace) -> dict[str, Any]:
    """Return what a model drafted for a summary, as the documented object; nothing where drafts wait. Raises ModelError."""
    drafts: list[str] = []
    refused: list[dict[str, str]] = []
    if not summary.draft_asks:
        reply = await complete(options.model, request_for(summary, options.model_name), key=settings.model_key)
        for ask in lines_of(reply)[:60]:
            if why := problem(engine, summary, ask, drafts):
                refused.append({"reason": why, "ask": ask})
            else:
                drafts.append(ask)
    if drafts:
        _write(engine, settings.knowledge, summary, partial(_with_drafts, drafts))
    return {"id": summary.id, "waiting": len(summary.draft_asks), "drafts": drafts, "left_out": refused}


def _print_drafted(id: str, waiting: int, drafts: Sequence[str], left_out: Sequence[dict[str, str]]) -> None:
    if waiting:
        print_line(f"{id}: has {plural(waiting, 'draft')} already, which wait for a curator.")
        return
    print_line(f"{id}: {plural(len(drafts), 'draft')}.")
    for each in left_out:
        print_line(f"left out, {each['reason']}: {fit(each['ask'], 80)}", first="  ", indent="    ")


async def _collect(engine: Engine, settings: Settings, *, as_json: bool) -> int:
    """Move suggestions from the database to the files, each when it is safe there; those without a summary are removed."""
    from bot.store.suggestions import Suggestions

    async with existing(settings) as database:
        suggestions = Suggestions(database)
        by_summary: dict[str, list[Suggestion]] = {}
        for each in await suggestions.all():
            by_summary.setdefault(each.summary_id, []).append(each)
        collected: dict[str, list[str]] = {}
        for summary_id, found in sorted(by_summary.items()):
            if summary := engine.corpus.get(summary_id):
                known = {ask.casefold() for ask in (*summary.asks, *summary.draft_asks)}
                by_key = {each.words.casefold(): each.words for each in reversed(found)}
                new = [words for key, words in reversed(by_key.items()) if key not in known]
                if new:
                    _write(engine, settings.knowledge, summary, partial(_with_drafts, [*summary.draft_asks, *new]))
                    collected[summary_id] = new
                    if not as_json:
                        print_line(f"{summary.id}: {plural(len(new), 'draft')}.")
            for each in found:
                await suggestions.remove(each)
    count = sum(map(len, collected.values()))
    if as_json:
        print_json({"collected": collected, "database": database.place})
    else:
        print_line(f"{plural(count, 'suggestion')} collected." if count else f"No new suggestions in {database.place}.")
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
