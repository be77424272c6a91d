"""Effect sizes and counts that can hardly be right. Pure.

They are no faults: a page may have printed them so, and an imported summary says what its page says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.corpus.model import Summary
from bot.corpus.warnings.warning import LibraryWarning

_NUMBER = re.compile(r"[0-9]{1,3}(?:,?[0-9]{3})*|[0-9]+")


def odd_effects(summary: Summary) -> Iterator[LibraryWarning]:
    """Yield the effect sizes outside their own interval, and the intervals of an r that go beyond 1."""
    for at, effect in enumerate(summary.study.effects):
        if effect.ci is None:
            continue
        low, high = effect.ci
        printed = f"[{low:g}, {high:g}]"
        if effect.to is None and not low <= effect.value <= high:
            problem = f"{effect.value:g} is outside its interval {printed}: check the signs and decimal points"
            yield LibraryWarning(summary, ("study", "effects", at, "value"), problem)
        elif effect.measure == "r" and max(abs(low), abs(high)) > 1:
            problem = f"{printed} goes beyond 1, which an r does not: check the decimal points"
            yield LibraryWarning(summary, ("study", "effects", at, "ci"), problem)


def odd_counts(summary: Summary) -> Iterator[LibraryWarning]:
    """Yield the counts that are in quotes although they are plain numbers."""
    for who, count in summary.study.sample:
        if isinstance(count, str) and _NUMBER.fullmatch(count):
            bare = count.replace(",", "")
            problem = f'"{count}" is in quotes, so it is words and no number: write {bare}'
            yield LibraryWarning(summary, ("study", "sample", who), problem)
