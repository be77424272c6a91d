"""What is in a library twice: a study under two ids, an ask with two summaries. Pure.

They are no faults: a blog may come back to a paper, and two studies may have one title.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from bot.corpus.fields import short
from bot.corpus.model import Summary
from bot.corpus.warnings.warning import ALSO, LibraryWarning
from bot.text import normalised


def same_studies(summaries: Sequence[Summary]) -> Iterator[LibraryWarning]:
    """Yield the summaries that have the DOI of another or, failing that, its title: one warning for all that share it."""
    papers = _shared(summaries, lambda each: [each.study.doi.casefold()] if each.study.doi else [])
    for first, *others in papers:
        yield LibraryWarning(
            first, ("study", "doi"), f"this is the same as that of {ALSO}: is this paper here twice?", tuple(others)
        )
    for alike in _shared(summaries, lambda each: [normalised(each.title)]):
        if not any(all(each in paper for each in alike) for paper in papers):
            first, *others = alike
            yield LibraryWarning(
                first, ("title",), f"this is the same as that of {ALSO}: is this study here twice?", tuple(others)
            )


def same_asks(summaries: Sequence[Summary]) -> Iterator[LibraryWarning]:
    """Yield the asks that several summaries have: typed as it is, such an ask leads to neither of them for sure."""
    of: dict[str, dict[str, tuple[Summary, int]]] = {}
    for summary in summaries:
        for at, ask in enumerate(summary.asks):
            of.setdefault(normalised(ask), {}).setdefault(summary.id, (summary, at))
    for shared in of.values():
        (first, at), *rest = shared.values()
        if others := tuple(summary for summary, _ in rest):
            problem = f"“{short(first.asks[at])}” is also among those of {ALSO}: keep it with the one that answers it best"
            yield LibraryWarning(first, ("asks", at), problem, others)


def _shared(summaries: Sequence[Summary], keys_of: Callable[[Summary], Iterable[str]]) -> list[list[Summary]]:
    """Return the summaries that share a key, in groups of two or more."""
    found: dict[str, dict[str, Summary]] = {}
    for summary in summaries:
        for key in keys_of(summary):
            found.setdefault(key, {})[summary.id] = summary
    return [[*group.values()] for group in found.values() if len(group) > 1]
