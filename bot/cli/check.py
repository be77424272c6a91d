"""`pprnet check`: every fault of a corpus, with file and line."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from bot.corpus.load import examine
from bot.settings import Settings
from bot.text import plural

EXAMPLES = """\
  pprnet check
  pprnet check /srv/pprnet/knowledge"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet check`."""
    parser.add_argument("folder", nargs="?", type=Path, help="the corpus (default: the one in use)")


def run(options: argparse.Namespace) -> int:
    """Print every fault and a line of totals; the exit status is 1 where there are faults."""
    root = options.folder or Settings.from_env(os.environ).knowledge
    corpus, faults = examine(root)
    for fault in faults:
        print(fault)
    asks = sum(1 for summary in corpus.summaries if summary.asks)
    lexicon = corpus.lexicon
    print(
        f"{root}: {len(corpus.issues)} months, {len(corpus.summaries)} summaries ({asks} with asks), "
        f"{len(corpus.topics)} topics, {len(lexicon.abbreviations)} abbreviations, {len(lexicon.synonyms)} synonym groups, "
        f"{len(lexicon.units)} terms of several words, {len(lexicon.elsewhere)} terms of other fields; "
        f"{plural(len(faults), 'fault')}"
    )
    return 1 if faults else 0
