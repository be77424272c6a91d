"""What of a summary is searched: its fields as index terms, its passages as units, its words for the spelling repair."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bot.corpus.model import Corpus, Summary, Topic, month_name
from bot.search.concepts import Concepts, capitals_in
from bot.search.question import Unit, units_of
from bot.search.spelling import NO_SPELLER
from bot.search.text import is_number, stems, tokens
from bot.search.words import STOP_WORDS

PASSAGE = 0.69
"""What fitting a bottom line or an implication is worth beside fitting an ask or the title."""


@dataclass(frozen=True, slots=True)
class Document:
    """A summary as the search sees it. `passages` may meet a question whole, each with what that is worth; `words` counts
    its words; `names` are the words of its authors' names.
    """

    fields: dict[str, list[str]]
    passages: list[tuple[list[Unit], float]]
    words: Counter[str]
    names: frozenset[str]


def document(summary: Summary, corpus: Corpus, concepts: Concepts) -> Document:
    """Take a summary apart; every text is split into words once."""
    study = summary.study
    topics = [topic for topic_id in summary.topics if (topic := corpus.topic(topic_id))]
    texts = {
        "title": [summary.title],
        "asks": summary.asks,
        "bottom_line": [summary.bottom_line or ""],
        "implications": summary.implications,
        "summary": [summary.summary],
        "paper": [study.citation or "", study.design],
        "topics": [name for topic in topics for name in (topic.name, *topic.aliases)],
        "authors": [*study.authors, *study.also],
        "when": [month_name(summary.issue), str(study.year or "")],
    }
    worth = {"title": 1.0, "asks": 1.0, "bottom_line": PASSAGE, "implications": PASSAGE}
    fields: dict[str, list[str]] = {}
    passages: list[tuple[list[Unit], float]] = []
    words: Counter[str] = Counter()
    for name, parts in texts.items():
        terms = fields.setdefault(name, [])
        for part in parts:
            found = tokens(part)
            words.update(found)
            terms += stems(found)
            if name in ("authors", "when"):
                continue
            terms += concepts.terms(found, part)
            if name in worth and (units := units_of(found, concepts, capitals_in(part), NO_SPELLER)):
                passages.append((units, worth[name]))
    fields["figures"] = [token for token in tokens(_figures(summary)) if is_number(token)]
    names = frozenset(word for name in texts["authors"] for word in tokens(name))
    return Document(fields, passages, words, names)


def vocabulary(documents: list[Document], topics: tuple[Topic, ...], concepts: Concepts) -> dict[str, int]:
    """The words that the corpus, its topics or the lexicon use, with how often: what a misspelt word may have meant."""
    counts: Counter[str] = Counter()
    for found in documents:
        counts.update(found.words)
    for topic in topics:
        counts.update(word for name in (topic.name, *topic.aliases) for word in tokens(name))
    counts.update(dict.fromkeys(concepts.words - counts.keys(), 1))
    return {word: count for word, count in counts.items() if word not in STOP_WORDS and not is_number(word)}


def _figures(summary: Summary) -> str:
    """The numbers that a searcher may remember: those of the summary, the sample and the effect sizes."""
    study = summary.study
    sample = " ; ".join(f"{count} {who}" for who, count in study.sample)
    effects = " ; ".join(f"{effect.value} {effect.to or ''} {effect.ci or ''} {effect.k or ''}" for effect in study.effects)
    return f"{summary.summary} ; {sample} ; {effects}"
