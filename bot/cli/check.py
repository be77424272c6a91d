"""`pprnet check`: the faults of a corpus, which keep a bot from using it, and warnings of what is probably a slip."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.cli.arguments import add_json, print_json
from bot.cli.library import Library, library
from bot.cli.text import text_of
from bot.commands.reply import Answer, Reply
from bot.corpus.faults import Fault
from bot.corpus.load import OWN, file_of
from bot.corpus.warnings.rules import warnings
from bot.corpus.warnings.warning import LibraryWarning, lines
from bot.errors import CommandError
from bot.settings import Settings
from bot.text import plural

EXAMPLES = """\
  pprnet check
  pprnet check /srv/pprnet/knowledge
  pprnet check my-library/issues/2024-02.yaml
  pprnet check my-library --card alliance-rupture-next-session"""


COMPARED = 5_000
"""Asks that are compared with the other summaries: some seconds. A month's file never has so many."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet check`."""
    parser.add_argument(
        "path", nargs="?", type=Path, metavar="PATH", help="the library, or one file of it (default: the library in use)"
    )
    parser.add_argument("--card", metavar="ID", help="print the card of a summary, with its faults and warnings")
    add_json(parser)
    parser.add_argument("--strict", action="store_true", help="end with status 1 where there are warnings, too")


def run(options: argparse.Namespace) -> int:
    """Print faults, warnings and a line of totals; the exit status is 1 where there are faults. Raises CommandError."""
    settings = Settings.from_env(os.environ)
    if options.card and options.json:
        raise CommandError("--card prints a card for people: leave out --json")
    in_use = settings.knowledge
    found = library(options.path or in_use, in_use)
    faults, months = found.faults, found.months
    if options.card:
        months = frozenset(each.place for each in found.sound if each.id == options.card)
    asks = 0 if found.all_faults else sum(len(each.asks) for each in found.corpus if each.place in months)
    warned = _warnings(found, months, search=0 < asks <= COMPARED)
    if options.card:
        faults = [fault for fault in faults if fault.entry == options.card]
        warned = [each for each in warned if options.card in (each.summary.id, *(other.id for other in each.also))]
        _print_card(found, options.card, settings)
    if options.json:
        print_json(_as_json(found, faults, warned))
        return _status(faults, warned, options)
    for fault in faults:
        print(fault)
    if warned:
        print("Warnings (the bot runs with these):")
        for line in lines(warned, found.content):
            print(line)
    if not options.card:
        if asks > COMPARED:
            print(f"Its {asks:,} asks were not compared with other summaries: check the months' files one by one.")
        print(_totals(found, len(warned)))
    return _status(faults, warned, options)


def _status(faults: Sequence[Fault], warned: Sequence[LibraryWarning], options: argparse.Namespace) -> int:
    return 1 if faults or (options.strict and warned) else 0


def _as_json(found: Library, faults: Sequence[Fault], warned: Sequence[LibraryWarning]) -> dict[str, Any]:
    return {
        "library": str(found.root),
        "file": str(found.elsewhere or found.file) or None,
        "months": len(found.corpus.issues),
        "summaries": len(found.corpus.summaries),
        "faults": [asdict(fault) for fault in faults],
        "warnings": [*lines(warned, found.content)],
    }


def _warnings(found: Library, months: frozenset[str], *, search: bool) -> list[LibraryWarning]:
    """Return the warnings about some months; with `search` those that need one, too."""
    about = [warning for warning in warnings(found.sound) if warning.is_about(months)]
    if not search:
        return about
    from bot.asks.misplaced import misplaced  # the search comes with it, and only asks need it

    return [*about, *misplaced(found.sound, months)]


def _print_card(found: Library, summary_id: str, settings: Settings) -> None:
    from bot.cli.loading import with_notices  # the search comes with it

    summary = with_notices(found.sound, settings).get(summary_id)
    if summary is not None:
        print(text_of(Reply(Answer(summary, later=found.sound.later(summary))), None), end="\n\n")
    elif found.corpus.get(summary_id) is None:
        raise CommandError(f"{found.root} has no summary {summary_id!r}")
    else:
        print("No card, because its file has faults.")


def _totals(found: Library, warnings: int) -> str:
    corpus = found.corpus
    counted = f"{plural(len(found.faults), 'fault')}, {plural(warnings, 'warning')}"
    if found.file:
        summaries = [each for each in corpus if file_of(each.place) == found.file]
        asks = sum(1 for summary in summaries if summary.asks)
        has_some = found.file == OWN or found.file.startswith("issues/")
        of_month = f"{plural(len(summaries), 'summary')} ({asks} with asks); " if has_some else ""
        others = len(found.all_faults) - len(found.faults)
        beside = f"; {plural(others, 'fault')} in other files of {found.root}" if others else ""
        return f"{found.elsewhere or found.root / found.file}: {of_month}{counted}{beside}"
    asks = sum(1 for summary in corpus.summaries if summary.asks)
    lexicon = corpus.lexicon
    return (
        f"{found.root}: {plural(len(corpus.issues), 'month')}, {plural(len(corpus.summaries), 'summary')} "
        f"({asks} with asks), {len(corpus.topics)} topics, {len(lexicon.abbreviations)} abbreviations, "
        f"{len(lexicon.synonyms)} synonym groups, {len(lexicon.units)} terms of several words, "
        f"{len(lexicon.elsewhere)} terms of other fields; {counted}"
    )
