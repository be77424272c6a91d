"""Measures the search on relevance sets:  python -m tests.tools.evaluation [FILE...] [--json] [--misses N]"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from bot.corpus.faults import CorpusError
from bot.corpus.load import load
from bot.corpus.model import Corpus
from bot.meaning.service import PACKAGE
from bot.search.engine import Engine
from bot.search.nearness import Nearness
from bot.settings import Settings
from tests.support.libraries import imported_library, questions_on
from tests.tools.evaluation import recorded, report, sets
from tests.tools.evaluation.figures import evaluate, without_asks
from tests.tools.evaluation.sets import RelevanceSet


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures; the exit status is 1 when one is worse than recorded, 2 for a wrong call or a faulty set."""
    parser = _parser()
    options = parser.parse_args(argv)
    if (options.without_asks or options.meaning) and (options.record or options.against):
        parser.error("recorded figures are those with asks and without the extra: leave out --record and --against")
    if options.library and options.files:
        parser.error("a library has questions of its own: leave out the files")
    try:
        if options.library:
            sources = [(imported_library(folder), [questions_on(folder)]) for folder in options.library]
        else:
            corpus = load(Settings.from_env(os.environ).knowledge)
            sources = [(corpus, options.files or sets.beside_the_tests())]
        judged = [(corpus, sets.read_sets(files, {summary.id for summary in corpus})) for corpus, files in sources]
        before = recorded.read_recorded(options.against) if options.against else None
    except (sets.SetError, CorpusError) as error:
        parser.error(f"{error}:" + "".join(f"\n  {fault}" for fault in error.faults[:20]))
    found = [
        (each, evaluate(engine, each.questions, nearness))
        for corpus, read in judged
        for engine in [Engine(without_asks(corpus) if options.without_asks else corpus)]
        for nearness in [_nearness(parser, engine.corpus) if options.meaning else None]
        for each in read
    ]
    if options.json:
        objects = [report.as_json(each, evaluation, _misses(options, each)) for each, evaluation in found]
        print(json.dumps({"corpus": sources[0][0].fingerprint[:16], "without_asks": options.without_asks, "sets": objects}))
    else:
        print("\n\n".join(report.as_text(each, evaluation, _misses(options, each)) for each, evaluation in found))
    if options.record:
        try:
            options.record.write_text(recorded.as_yaml(str(datetime.date.today()), found), "utf-8")
        except OSError as error:
            parser.error(f"{options.record} cannot be written ({error.strerror})")
    losses = recorded.losses(found, before) if before is not None else []
    for loss in losses:
        print(f"evaluation: {loss}", file=sys.stderr)
    return 1 if losses else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.evaluation", description="Measures the search.")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="a relevance set (default: tests/relevance)")
    parser.add_argument(
        "--library", type=Path, nargs="+", metavar="DIR", help="made-up libraries (tests/libraries/...) with their questions"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--misses", type=_count, metavar="N", help="show the N worst misses (default: 5; of a held-out set none)"
    )
    parser.add_argument("--without-asks", action="store_true", help="as if no summary had asks, like imported ones")
    parser.add_argument("--meaning", action="store_true", help="with the extra `meaning`, which must be installed")
    parser.add_argument("--record", type=Path, metavar="FILE", help="write the figures to a file")
    parser.add_argument("--against", type=Path, metavar="FILE", help="status 1 when a figure is worse than in this file")
    return parser


def _nearness(parser: argparse.ArgumentParser, corpus: Corpus) -> Callable[[str], Nearness]:
    """What the extra `meaning` finds in a corpus."""
    if find_spec(PACKAGE) is None:
        parser.error("the extra is not installed: .venv/bin/pip install '.[meaning]'")
    from tests.tools.evaluation.meaning import nearness_in  # numpy is optional

    return nearness_in(corpus)


def _count(value: str) -> int:
    if not value.isdigit() or len(value) > 6:
        raise argparse.ArgumentTypeError(f"{value!r} is not a number (0 or more)")
    return int(value)


def _misses(options: argparse.Namespace, judged: RelevanceSet) -> int:
    """How many misses to show. A held-out set stays unseen unless someone asks for them."""
    if options.misses is None:
        return 0 if judged.held_out else 5
    return int(options.misses)


if __name__ == "__main__":
    sys.exit(main())
