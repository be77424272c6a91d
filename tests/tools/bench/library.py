"""Libraries of any size that look like the shipped one: seeded, and the same in every run.

A made-up summary takes its sentences from three real ones. Of the words that few real summaries use, seven in ten are
replaced, the same word always by the same one within a summary, by a word drawn from a long tail of made-up ones after
Zipf's law: so the vocabulary grows with the library as Heaps' law has it (about 60,000 words at 50,000 summaries), while
everyday words, phrases of the lexicon and the lengths of all fields stay as they are.
"""

from __future__ import annotations

import random
import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate

from bot.corpus.model import Corpus, Issue, Study, Summary
from tests.tools.evaluation.sets import beside_the_tests, read_sets

SEED = 20220901
TAIL = 60_000
"""Made-up words that there are to draw from."""
PARENTS = 3
REPLACED = 0.7
RARE = 2
"""A word that no more real summaries use than this may be replaced."""
_WORD = re.compile(r"[a-z]{4,}")
_PIECE = re.compile(r"[a-z]+|[^a-z]+")

Sentence = list[tuple[str, bool]]


class Writer:
    """Writes summaries after the real ones."""

    def __init__(self, real: Corpus) -> None:
        self._real = real.summaries
        self._topics = real
        self._random = random.Random(SEED)
        holders = Counter(word for summary in self._real for word in set(_WORD.findall(_words(summary).lower())))
        self._rare = {word for word, count in holders.items() if count <= RARE}
        self._tail = self._made_up(sorted(holders))
        self._weights = list(accumulate(1 / (rank + 30) for rank in range(len(self._tail))))
        self._sentences = {
            summary.id: {name: [self._taken_apart(text) for text in texts] for name, texts in _fields(summary).items()}
            for summary in self._real
        }

    def write(self, count: int) -> Corpus:
        """A library of `count` summaries, the real ones first, forty a month."""
        made = [*self._real[:count], *(self._summary(number) for number in range(len(self._real), count))]
        months = []
        for place in range(0, len(made), 40):
            month = f"{1950 + place // 40 // 12 % 150:04d}-{place // 40 % 12 + 1:02d}"
            months.append(Issue(month, False, (), tuple(replace(each, issue=month) for each in made[place : place + 40])))
        return Corpus(tuple(reversed(months)), self._topics.topics, self._topics.lexicon)

    def _summary(self, number: int) -> Summary:
        chance = self._random
        parents = chance.sample(self._real, PARENTS)
        swaps: dict[str, str] = {}

        def text(name: str) -> str:
            sentences = self._sentences[chance.choice(parents).id][name]
            return self._spoken(chance.choice(sentences), swaps) if sentences else ""

        likeness = parents[0]
        asks = tuple({ask.casefold(): ask for ask in (text("asks") for _ in likeness.asks)}.values())
        return Summary(
            id=f"{likeness.id}-{number}",
            issue="",
            title=text("title"),
            text="digest",
            summary=" ".join(text("summary") for _ in self._sentences[likeness.id]["summary"]),
            implications=tuple(
                {item.casefold(): item for item in (text("implications") for _ in likeness.implications)}.values()
            ),
            topics=likeness.topics,
            bottom_line=text("bottom_line") or None,
            asks=tuple(ask for ask in asks if ask),
            study=Study(
                citation=text("citation") or None,
                authors=tuple(dict.fromkeys(self._draw().title() for _ in range(chance.randint(1, 5)))),
                year=chance.randint(1980, 2024),
                design=likeness.study.design,
                sample=likeness.study.sample,
            ),
        )

    def _spoken(self, sentence: Sentence, swaps: dict[str, str]) -> str:
        """A sentence with this summary's own words in it."""
        words = []
        for piece, rare in sentence:
            if rare:
                word = swaps.get(piece)
                if word is None:
                    word = swaps[piece] = self._draw() if self._random.random() < REPLACED else piece
                words.append(word)
            else:
                words.append(piece)
        return "".join(words)

    def _draw(self) -> str:
        return self._tail[bisect(self._weights, self._random.random() * self._weights[-1])]

    def _taken_apart(self, text: str) -> Sentence:
        """A text as stretches that stay and words that may be replaced."""
        pieces: Sentence = []
        for piece in _PIECE.findall(text):
            rare = piece in self._rare
            if pieces and not rare and not pieces[-1][1]:
                pieces[-1] = (pieces[-1][0] + piece, False)
            else:
                pieces.append((piece, rare))
        return pieces

    def _made_up(self, words: list[str]) -> list[str]:
        """Words that could be English: the head of one and the rest of another."""
        known, made = set(words), []
        while len(made) < TAIL:
            head, rest = self._random.choice(words), self._random.choice(words)
            word = head[: self._random.randint(2, 5)] + rest[-self._random.randint(2, 6) :]
            if len(word) >= 4 and word not in known:
                known.add(word)
                made.append(word)
        return made


def asked(real: Corpus) -> list[str]:
    """The questions of tests/relevance."""
    sets = read_sets(beside_the_tests(), {summary.id for summary in real})
    return [judged.q for each in sets for judged in each.questions]


def misspelt(question: str, chance: random.Random) -> str:
    """A question with one slip in one of its longer words: a letter lost, doubled, swapped or replaced."""
    words = question.split()
    long = [place for place, word in enumerate(words) if word.isalpha() and len(word) >= 6]
    if not long:
        return question
    place = chance.choice(long)
    word = words[place]
    at = chance.randint(1, len(word) - 3)
    words[place] = chance.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + chance.choice("aeionrst") + word[at + 1 :],
        )
    )
    return " ".join(words)


def _fields(summary: Summary) -> dict[str, list[str]]:
    """The sentences of each field."""
    return {
        "title": [summary.title],
        "asks": list(summary.asks),
        "bottom_line": [summary.bottom_line or ""],
        "implications": list(summary.implications),
        "summary": re.split(r"(?<=[.;]) ", summary.summary),
        "citation": [summary.study.citation or ""],
    }


def _words(summary: Summary) -> str:
    return " ".join(text for texts in _fields(summary).values() for text in texts)


def plain_text(summary: Summary) -> str:
    """All that is searched of a summary, as one text for libraries that know no fields."""
    return "\n".join(_parts(summary))


def _parts(summary: Summary) -> Iterator[str]:
    study = summary.study
    yield summary.title
    yield from summary.asks
    yield summary.bottom_line or ""
    yield from summary.implications
    yield summary.summary
    yield " ".join(topic.replace("-", " ") for topic in summary.topics)
    yield f"{study.citation or ''} {study.design} {' '.join(study.authors)} {study.year or ''}"
