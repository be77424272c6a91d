"""The facts of one original, read from its text, beside the sentences that say them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.corpus.model import Effect, Topic
from bot.extraction.authors import read_authors
from bot.extraction.design import PAPER_TITLE, read_design
from bot.extraction.effects import read_effects
from bot.extraction.finding import read_finding
from bot.extraction.sample import Count, read_sample
from bot.extraction.study_text import read_text
from bot.extraction.topics import read_topics


@dataclass(frozen=True, slots=True)
class Facts:
    """What could be read, and nothing else. `read_from` has the sentences of each field that is not empty."""

    authors: tuple[str, ...] = ()
    design: str | None = None
    sample: tuple[tuple[str, Count], ...] = ()
    effects: tuple[Effect, ...] = ()
    finding: str | None = None
    topics: tuple[str, ...] = ()
    read_from: dict[str, tuple[str, ...]] = field(default_factory=dict)


def read_facts(title: str, summary: str, citation: str | None, topics: Sequence[Topic] = ()) -> Facts:
    """Return the facts of a summary that are stated plainly; a field that is not stays empty. `summary` has a line for each
    paragraph.
    """
    text = read_text(summary)
    authors, named = ((), ()) if citation else read_authors(text)
    design, designed = read_design(text, citation) or (None, ())
    sample, counted = read_sample(text, design)
    effects, printed = read_effects(text)
    paper = PAPER_TITLE.search(citation or "")
    topic_ids = read_topics(title, paper["title"] if paper else "", text, topics)
    said = {"authors": named, "design": designed, "sample": counted, "effects": printed}
    return Facts(
        authors=authors,
        design=design,
        sample=sample,
        effects=effects,
        finding=read_finding(text),
        topics=topic_ids,
        read_from={name: sentences for name, sentences in said.items() if sentences},
    )
