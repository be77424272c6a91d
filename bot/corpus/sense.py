"""What in a library's summaries is probably a slip, although its files can be read and the bot runs with them. Pure.

Each kind of rule is a file: `sense_study` (effect sizes and counts), `sense_figures` (figures that come from nowhere),
`sense_twice` (what is there twice). A rule that needs the search is in `bot.asks.misplaced`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from bot.corpus.doubts import Doubt
from bot.corpus.model import Corpus, Summary
from bot.corpus.sense_figures import from_nowhere
from bot.corpus.sense_study import odd_counts, odd_effects
from bot.corpus.sense_twice import same_asks, same_studies


def doubts(corpus: Corpus) -> list[Doubt]:
    """Return everything that makes no sense in a corpus, the newest month first."""
    of_one = (chain(odd_effects(each), odd_counts(each), from_nowhere(each), _without_asks(each)) for each in corpus)
    return [*chain.from_iterable(of_one), *same_studies(corpus), *same_asks(corpus)]


def _without_asks(summary: Summary) -> Iterator[Doubt]:
    if not summary.asks:
        yield Doubt(summary, ("asks",), "there are none, so fewer questions find it: pprnet asks --missing says more")
