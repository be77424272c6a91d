"""Figures of a card that come from nowhere: neither the summary's text nor its study has them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from bot.corpus.figures import figures
from bot.corpus.model import Summary
from bot.corpus.warnings.warning import LibraryWarning

IN_WORDS_FROM = 11
""""One session", "two tasks" and "ten minutes" are advice, not results."""


def from_nowhere(summary: Summary) -> Iterator[LibraryWarning]:
    """Yield what was written for the card with a figure that is not in the summary: its bottom line and, in a digest, its
    implications (an original's are the blog's own words).
    """
    texts: dict[tuple[str | int, ...], str] = {("bottom_line",): summary.bottom_line or ""}
    if summary.text == "digest":
        texts |= {("implications", at): text for at, text in enumerate(summary.implications)}
    printed = {where: figures(text, in_words_from=IN_WORDS_FROM) for where, text in texts.items()}
    if not any(printed.values()):
        return
    known = {abs(each) for each in _known(summary)}
    for where, found in printed.items():
        if odd := sorted(each for each in found if abs(each) not in known):
            named = " and ".join(f"{each:g}" for each in odd)
            problem = f"{named} {'is' if len(odd) == 1 else 'are'} neither in the summary nor in its study: check the text"
            yield LibraryWarning(summary, where, problem)


def _known(summary: Summary) -> frozenset[float]:
    study = summary.study
    effects = (f"{each.value} {each.to} {each.ci} {each.p} {each.k}" for each in study.effects)
    sample = (f"{count} {who}" for who, count in study.sample)
    texts = (
        summary.title,
        summary.summary,
        summary.note or "",
        study.citation or "",
        str(study.year or ""),
        *effects,
        *sample,
    )
    return figures("\n".join(texts))
