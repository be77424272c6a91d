"""`pprnet candidates`: what feeds brought and no curator has decided on yet."""

from __future__ import annotations

import argparse
import os
from dataclasses import asdict
from pathlib import Path

from bot.cli.arguments import add_json, print_json
from bot.cli.wrapping import print_line, wrap
from bot.corpus.candidates import CANDIDATES, Candidate, read_candidates, reject, undecided
from bot.corpus.faults import CorpusError
from bot.corpus.files import WriteError
from bot.corpus.load import examine
from bot.errors import CommandError
from bot.settings import Settings
from bot.text import fit, plural

EXAMPLES = """\
  pprnet candidates
  pprnet candidates --reject 2 5 --into my-library"""
_EXCERPT = 300


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet candidates`."""
    parser.add_argument("--into", type=Path, metavar="DIR", help="the library (default: PPRNET_KNOWLEDGE)")
    add_json(parser)
    parser.add_argument(
        "--reject",
        type=int,
        nargs="+",
        metavar="N",
        help="say no to these, by their numbers in the list: they do not come back",
    )


def run(options: argparse.Namespace) -> int:
    """List what is undecided, or reject some of it; the exit status is 0. Raises CommandError."""
    root = options.into or Settings.from_env(os.environ).knowledge
    try:
        listed = undecided(read_candidates(root), examine(root)[0])
        if options.reject:
            _reject(root, listed, options.reject, as_json=options.json)
            return 0
    except CorpusError as error:
        raise CommandError(f"{root}: {error}: {error.faults[0]}") from None
    except WriteError as error:
        raise CommandError(str(error)) from None
    if options.json:
        print_json({"candidates": [{"number": number, **asdict(each)} for number, each in enumerate(listed, 1)]})
        return 0
    for number, each in enumerate(listed, 1):
        print(_shown(number, each))
    if listed:
        how = "Write a summary of your own with /pprnet add, or: pprnet candidates --reject N"
        print(f"{plural(len(listed), 'candidate')}. {how}")
    else:
        print(f"Nothing waits in {root / CANDIDATES}. pprnet import FEED brings candidates.")
    return 0


def _reject(root: Path, listed: tuple[Candidate, ...], numbers: list[int], *, as_json: bool) -> None:
    if unknown := [number for number in numbers if not 1 <= number <= len(listed)]:
        raise CommandError(f"there is no candidate {unknown[0]}: pprnet candidates lists {len(listed)}")
    chosen = [listed[number - 1] for number in dict.fromkeys(numbers)]
    reject(root, chosen)
    if as_json:
        print_json({"rejected": [each.title for each in chosen]})
        return
    for each in chosen:
        print_line(f"Rejected: {each.title}")


def _shown(number: int, candidate: Candidate) -> str:
    where = " · ".join(filter(None, (candidate.date, candidate.feed, candidate.link)))
    below = filter(None, (where, fit(" ".join(candidate.excerpt.split()), _EXCERPT)))
    title = wrap(candidate.title, first=f"{number}. ", indent="   ")
    return "\n".join([title, *(wrap(each, indent="   ", first="   ") for each in below)])
