"""What of a summary is searched: its fields as index terms, its passages as units, its words for the spelling repair."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from bot.corpus.model import Corpus, Summary, Topic, month_name
from bot.search.aboutness import SAYS, Passage
from bot.search.compounds import Compounds
from bot.search.concepts import Concepts, Match
from bot.search.names import PARTICLES, Names
from bot.search.narrowing import LONGEST, Narrowing
from bot.search.question import Unit, units_of
from bot.search.spelling import NO_SPELLER
from bot.search.text import WordsOf, is_number, learn, learn_bases, split, tokens
from bot.search.words import STOP_WORDS

PASSAGE = 0.69
"""What fitting a bottom line or an implication is worth beside fitting an ask or the title."""
SENTENCE = 0.5
"""What fitting a sentence of the summary is worth: with no asks, there is little else to fit."""
WORTH = {"title": 1.0, "asks": 1.0, "bottom_line": PASSAGE, "implications": PASSAGE, "summary": SENTENCE}
"""The fields whose texts are passages, and what fitting one is worth."""
_SENTENCE_END = re.compile(r"(?<=[.?!;])\s+")


@dataclass(frozen=True, slots=True)
class Document:
    """A summary as it is indexed. `passages` are compared with a question as a whole, each with what a fit is worth; `said`
    are what shows what it is about (see `Aboutness.add`); `words` are all its words; `concepts` are those of the lexicon in
    its own texts, not only in its asks; `narrows` are the narrowing terms in any of them.
    """

    fields: dict[str, list[str]]
    passages: list[tuple[list[Unit], float]]
    said: list[tuple[Passage, frozenset[str]]]
    words: list[str]
    concepts: frozenset[str]
    narrows: frozenset[str] = frozenset()


class DocumentReader:
    """Turns the summaries of one corpus into documents; every text is split into words once."""

    def __init__(self, corpus: Corpus, concepts: Concepts, names: Names, narrowing: Narrowing, words_of: WordsOf) -> None:
        self._corpus = corpus
        self._narrowing = narrowing
        self._names = names
        self._concepts = concepts
        self._words_of = words_of
        self._memory: dict[str | tuple[str, ...], Unit | None] = {}

    def read(self, summary: Summary) -> Document:
        """Return a summary's fields, passages and words."""
        study = summary.study
        topics = [topic for topic_id in summary.topics if (topic := self._corpus.topic(topic_id))]
        texts = {
            "title": [summary.title],
            "asks": summary.asks,
            "bottom_line": [summary.bottom_line or ""],
            "implications": summary.implications,
            "summary": _SENTENCE_END.split(summary.summary),
            "paper": [study.citation or "", study.design],
            "topics": [topic.name for topic in topics],
            "authors": [*study.authors, *study.also],
            "when": [month_name(summary.issue), str(study.year or "")],
        }
        fields: dict[str, list[str]] = {}
        passages: list[tuple[list[Unit], float]] = []
        said: list[tuple[Passage, frozenset[str]]] = []
        words: list[str] = []
        numbers: list[str] = []
        used: set[str] = set()
        narrows = self._narrowing.from_sample(summary)
        own_names = {term.lower() for name in texts["authors"] for term in self._names.terms(name)}
        for name, parts in texts.items():
            terms = fields.setdefault(name, [])
            for part in parts:
                found = self._names.terms(part) if name == "authors" else self._names.read(self._words_of(part), part)
                if name == "paper":  # its authors are in a field of their own
                    found = [word for word in found if word not in PARTICLES and word.lower() not in own_names]
                if not found:
                    continue
                words += found
                found_bases = learn_bases(found)
                terms += learn([word for word in found if word not in STOP_WORDS])
                if name == "authors":
                    said.append((Passage(name, part), frozenset(found_bases)))
                if name in ("authors", "when"):
                    continue
                matches = [*self._concepts.find(found, self._concepts.capitals_in(part), found_bases)]
                meant = [match.concept for match in matches]
                terms += meant
                if name != "asks" or len(found) <= LONGEST:  # in a longer one words only tell a story
                    narrows |= self._narrowing.within(found, found_bases)
                if name != "asks":
                    used.update(meant)
                if name in SAYS:
                    phrases = [_phrase(found, found_bases, match) for match in matches if match.end - match.start > 1]
                    said.append((Passage(name, part), frozenset((*found_bases, *filter(None, phrases), *meant))))
                if name in WORTH and (units := self._units(found, found_bases, matches)):
                    passages.append((units, WORTH[name]))
                if name == "summary":
                    numbers += filter(is_number, found)
        fields["figures"] = [*numbers, *filter(is_number, tokens(_figures(summary)))]
        return Document(fields, passages, said, words, frozenset(used), narrows)

    def _units(self, words: list[str], bases: list[str], matches: list[Match]) -> list[Unit]:
        return units_of(words, self._concepts, frozenset(), NO_SPELLER, bases=bases, matches=matches, memory=self._memory)


def spellings(corpus: Corpus, split: WordsOf = split) -> tuple[Compounds, Names]:
    """Return how a corpus and its lexicon spell words of several parts, and the names of its authors."""
    lexicon = corpus.lexicon
    phrases = [phrase for group in (*lexicon.synonyms, *lexicon.abbreviations.values()) for phrase in group]
    phrases += [*lexicon.abbreviations, *lexicon.units]
    phrases += [term for term in lexicon.elsewhere if "-" in term]  # "a cross word" is no crossword
    split_phrases = [*map(split, phrases)]
    words: set[str] = set()
    cited: set[str] = set()
    for summary in corpus:
        texts = (summary.title, *summary.asks, summary.bottom_line or "", *summary.implications, summary.summary)
        words.update(*map(split, texts))
        cited.update(split(summary.study.citation or ""))
    for topic in corpus.topics:
        words.update(split(" ".join((topic.name, *topic.aliases))))
    used = words.union(*split_phrases, *map(split, lexicon.elsewhere))
    names = Names((name for summary in corpus for name in (*summary.study.authors, *summary.study.also)), used)
    return Compounds.of(words | cited | names.surnames.keys(), split_phrases), names


def _phrase(words: list[str], bases: list[str], match: Match) -> str:
    """Return a phrase as `Aboutness` looks it up: its words without their endings and without stop words."""
    return " ".join([bases[at] for at in range(match.start, match.end) if words[at] not in STOP_WORDS])


def vocabulary(counts: Counter[str], topics: tuple[Topic, ...], concepts: Concepts) -> dict[str, int]:
    """Return the words that the corpus (`counts`), its topics or the lexicon use, with how often: what a misspelt word may
    have meant. Words of other fields are known, but never meant: 0.
    """
    counts = counts.copy()
    for topic in topics:
        counts.update(word for name in (topic.name, *topic.aliases) for word in tokens(name, concepts.compounds))
    counts.update(dict.fromkeys(concepts.words - counts.keys(), 1))
    known = dict.fromkeys(concepts.out_of_domain_words, 0) | counts
    return {word: count for word, count in known.items() if word not in STOP_WORDS and not is_number(word)}


def _figures(summary: Summary) -> str:
    """Return the numbers of the sample and the effect sizes, which a reader may remember beside those of the summary."""
    study = summary.study
    sample = " ; ".join(f"{count} {who}" for who, count in study.sample)
    effects = " ; ".join(f"{effect.value} {effect.to or ''} {effect.ci or ''} {effect.k or ''}" for effect in study.effects)
    return f"{sample} ; {effects}"
