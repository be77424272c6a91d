"""What in a library's summaries is probably a slip, although its files can be read and the bot runs with them. Pure.

Each kind of rule is a file: `study` (effect sizes and counts), `figures` (figures that come from nowhere),
`repeats` (what is there twice). A rule that needs the search is in `bot.asks.misplaced`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from bot.corpus.model import Corpus, Summary
from bot.corpus.warnings.figures import from_nowhere
from bot.corpus.warnings.repeats import same_asks, same_studies
from bot.corpus.warnings.study import odd_counts, odd_effects
from bot.corpus.warnings.warning import LibraryWarning


def warnings(corpus: Corpus) -> list[LibraryWarning]:
    """Return everything that makes no sense in a corpus, the newest month first."""
    summaries = tuple(corpus)
    return [*chain.from_iterable(map(_of_one, summaries)), *same_studies(summaries), *same_asks(summaries)]


def about(summary: Summary, others: Iterable[Summary]) -> list[LibraryWarning]:
    """Return everything that makes no sense in one summary beside these others."""
    summaries = (summary, *(each for each in others if each.id != summary.id))
    repeats = (each for each in chain(same_studies(summaries), same_asks(summaries)) if each.summary is summary)
    return [*_of_one(summary), *repeats]


def _of_one(summary: Summary) -> Iterator[LibraryWarning]:
    return chain(odd_effects(summary), odd_counts(summary), from_nowhere(summary), _without_asks(summary))


def _without_asks(summary: Summary) -> Iterator[LibraryWarning]:
    if not summary.asks:
        problem = "there are none, so fewer questions find it"
        yield LibraryWarning(summary, ("asks",), problem, command="pprnet asks --missing")
