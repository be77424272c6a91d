"""A short question that only names a subject: the summaries that are about it, and those that mention it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import dropwhile

from bot.corpus.model import Corpus
from bot.search.aboutness import ABOUT, Aboutness, wanted
from bot.search.confidence import ANSWER_FROM, confidence_in_subject
from bot.search.question import LIGHT, Question, Unit
from bot.search.ranking import Ranker
from bot.search.result import Hit, Mention, Result, Subject
from bot.search.spelling import Speller
from bot.search.text import base, is_number
from bot.search.words import LIGHT_WORDS, STOP_WORDS

SHORT = 4
"""Words of the longest question that may be only the name of a subject."""
ASKING = frozenset(
    "how what why when which who where does do is are was can should did will i my me we our you your he she they it".split()
)
"""A question with one of these asks or tells something; it does not only name a subject."""
YES_OR_NO = frozenset("is are does do can will".split())
VERDICTS = frozenset(
    base(word) for word in "good help helpful work worth useful important matter effective do all really actually".split()
)
"""With these a question only asks whether something is any good ("is zoom as good", "does empathy really help"). What was
found about it is the answer, so it names a subject.
"""
SAY_NOTHING = VERDICTS | frozenset(map(base, LIGHT_WORDS))
"""Bases of words of which a phrase names no subject ("does therapy work")."""
_AROUND = STOP_WORDS - ASKING
_AFTER = {word for word in STOP_WORDS if base(word) not in VERDICTS}
_UNNAMED = VERDICTS | STOP_WORDS
LONGEST_VERDICT = 6
"""Words of the longest question that only asks for a verdict."""
MOST = 40
"""Hits of one subject that are ordered among themselves."""


class SubjectFinder:
    """Finds the summaries of one corpus that are about a subject."""

    def __init__(self, corpus: Corpus, aboutness: Aboutness, ranker: Ranker, speller: Speller) -> None:
        self._corpus = corpus
        self._aboutness = aboutness
        self._ranker = ranker
        self._speller = speller

    def named_in(self, words: list[str], question: Question) -> tuple[Unit, ...]:
        """Return the words or the phrase that a short question names as its subject, by its words as typed; () where it says
        more than that, or looks for an author or a figure.
        """
        telling = tuple(unit for unit in question.units if unit.weight > LIGHT)
        if _asks_for_a_verdict(words):
            judged = tuple(unit for unit in telling if not SAY_NOTHING.issuperset(unit.bases))
            return judged if len(judged) == 1 else ()
        if not telling or len(words) > SHORT or not ASKING.isdisjoint(words):
            return ()
        one = len(telling) == 1 or (len(telling) == 2 and all(len(unit.bases) == 1 for unit in telling))
        named = any(unit.names for unit in telling) or any(
            self._speller.is_author(word) or is_number(word) for word in question.words
        )
        return telling if one and not named else ()

    def find(self, subject: tuple[Unit, ...], topic: str | None, question: Question) -> tuple[list[Hit], dict[str, str]]:
        """Return the summaries that are about a subject (those of the topic of that name are) or mention it, and for each,
        by its id, the sentence that does.
        """
        levels: dict[int, float] = {}
        sentences: dict[str, str] = {}
        tagged = {number for number, summary in enumerate(self._corpus) if topic in summary.topics} if topic else set()
        asked = wanted(subject)
        for number in sorted(tagged.union(self._aboutness.holders(asked))):
            level, sentence = self._aboutness.together(number, asked)
            if number in tagged:
                level = max(level, ABOUT)
            if level and self._ranker.lacks(number, question):
                level = min(level, ABOUT - 0.1)
            if level:
                levels[number] = level
                sentences[self._corpus.summaries[number].id] = sentence
        best = sorted(levels, key=lambda number: -levels[number])[:MOST]
        matching = {hit.summary.id: hit.score for hit in self._ranker.rank(question, MOST, sorted(best))}
        found = [
            Hit(self._corpus.summaries[number], level, confidence_in_subject(level)) for number, level in levels.items()
        ]
        found.sort(key=lambda hit: (-hit.score, -matching.get(hit.summary.id, 0.0)))
        return found, sentences


def of_subject(found: Result, words: str, sentences: Mapping[str, str], topic: str | None, limit: int) -> Result:
    """Return a result for a subject: its hits are about it or, where there are none, mention it."""
    about = [hit for hit in found.hits if hit.confidence >= ANSWER_FROM]
    mentions = [hit for hit in found.hits if hit.confidence < ANSWER_FROM]
    mentioning = tuple(Mention(hit.summary, sentences[hit.summary.id]) for hit in mentions)
    subject = Subject(_named(words), len(about), mentioning, topic)
    return replace(found, hits=tuple((about or mentions)[:limit]), subject=subject)


def _asks_for_a_verdict(words: Sequence[str]) -> bool:
    """Return whether words only ask if something is any good, whatever small words are around them ("pls ... tbh")."""
    begin, end = 0, len(words)
    while begin < end and words[begin] in _AROUND:
        begin += 1
    while end > begin and words[end - 1] in _AFTER:
        end -= 1
    asked = words[begin:end]
    return 0 < len(asked) <= LONGEST_VERDICT and asked[0] in YES_OR_NO and base(asked[-1]) in VERDICTS


def _named(words: str) -> str:
    """Return the words of a subject without those that only lead to it ("on the alliance") or ask for a verdict on it."""
    named = words.split()
    if not YES_OR_NO.isdisjoint(map(str.lower, named)):
        while named and base(named[-1].lower().strip("?!.,")) in _UNNAMED:
            named.pop()
    return " ".join(dropwhile(lambda word: word.lower() in STOP_WORDS, named)) or words
