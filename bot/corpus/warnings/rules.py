"""What in a library's summaries is probably a slip, although its files can be read and the bot runs with them. Pure.

Each kind of rule is a file: `study` (effect sizes and counts), `figures` (figures that come from nowhere),
`repeats` (what is there twice). A rule that needs the search is in `bot.asks.misplaced`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from bot.corpus.model import Corpus, Summary
from bot.corpus.warnings.figures import from_nowhere
from bot.corpus.warnings.repeats import same_asks, same_studies
from bot.corpus.warnings.study import odd_counts, odd_effects
from bot.corpus.warnings.warning import LibraryWarning


def warnings(corpus: Corpus) -> list[LibraryWarning]:
    """Return everything that makes no sense in a corpus, the newest month first."""
    of_one = (chain(odd_effects(each), odd_counts(each), from_nowhere(each), _without_asks(each)) for each in corpus)
    return [*chain.from_iterable(of_one), *same_studies(corpus), *same_asks(corpus)]


def _without_asks(summary: Summary) -> Iterator[LibraryWarning]:
    if not summary.asks:
        yield LibraryWarning(
            summary, ("asks",), "there are none, so fewer questions find it: pprnet asks --missing says more"
        )
