"""The sentences of a summary, and which of them are about the study itself. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.corpus.sentences import sentences
from bot.extraction.words import HYPHEN, any_of

META_ANALYSIS = rf"meta{HYPHEN}analys[ie]s"
STUDY = any_of(
    rf"""stud(?:y|ies) survey trial {META_ANALYSIS} meta{HYPHEN}synthes[ie]s review article paper project experiment
    analys[ie]s investigation overview synthesis"""
)
"""What a summary calls the work that it reports."""
FEW_WORDS = r"(?:[\w“”’'-]+,? ){0,6}?"
_PARTICLE = any_of("van von de del der den di da la le ten ter")
NAME = rf"(?:[A-ZÀ-Þ][a-zà-þ]{{1,30}}-)?(?:{_PARTICLE}[ -]|{_PARTICLE.title()} ){{0,2}}[A-ZÀ-Þ][\w'’.-]{{0,40}}\w"
COLLEAGUES = rf"(?:(?:her|his|their) )?{any_of('colleagues? co-?workers co-?authors associates team group')}"
AUTHORS = rf"(?:{NAME}(?: [A-ZÀ-Þ][\w'’-]+)? (?:and|&) (?:{COLLEAGUES}|{NAME})|{NAME} et al\.)"
THIS = rf"(?:[Tt]his|[Tt]he (?:present|current)|[Tt]heir) {FEW_WORDS}{STUDY}\b"
_DID = any_of(
    """[a-z]+ed set sought did wrote found shows? reports? provides? presents? argues? describes? looks? took ran"""
)
_WHO = rf"\b{AUTHORS},? (?:\(\d{{4}}\),? )?(?:\w+ly )?{_DID}\b"
_DONE = rf"\b{any_of('complet conduct perform carri undert publish')}\w+ (?:out )?(?:an?|the) {FEW_WORDS}{STUDY}\b"
_OWN = re.compile(rf"\b{THIS}|{_WHO}|{_DONE}")
_OPENS = re.compile(rf"(?:(?:In|For|With|Using) )?{THIS}")
_OTHER_WORK = any_of(
    rf"""research stud(?:y|ies) surveys? trials? {META_ANALYSIS} reviews? work findings literature evidence authors
    researchers"""
)
_EARLIER = re.compile(
    rf"\b{any_of('previous prior earlier past other older existing most many several some numerous recent')} "
    rf"(?:[\w-]+ ){{0,3}}?{_OTHER_WORK}\b"
    rf"|\b(?:another|in a {any_of('previous prior separate different classic related')}) (?:[\w-]+ ){{0,3}}?{STUDY}\b"
    r"|\bpreviously (?:published|reported|found|shown)\b|\bin the past\b(?! (?:[\w-]+ )?(?:years?|months?|weeks?)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class StudyText:
    """The sentences of a summary, word for word. `own` are those about the study itself: from its first mention on, without
    those that speak of other work.
    """

    sentences: tuple[str, ...]
    own: tuple[str, ...]
    lines: tuple[str, ...] = ()

    @property
    def aim(self) -> str | None:
        """Return the sentence that introduces the study."""
        return next(iter(self.own), None)

    def has(self, quoted: str) -> bool:
        """Return whether these words are in one paragraph of the summary, in one piece."""
        return any(quoted in line for line in self.lines)


def read_text(summary: str) -> StudyText:
    """Return the sentences of a summary. A line break ends a sentence too."""
    lines = tuple(" ".join(line.split()) for line in summary.split("\n"))
    found = tuple(sentence for line in lines for sentence in sentences(line))
    start = next((at for at, sentence in enumerate(found) if introduces(sentence)), len(found))
    own = (sentence for at, sentence in enumerate(found) if at >= start)
    return StudyText(
        found, tuple(sentence for sentence in own if introduces(sentence) or not _EARLIER.search(sentence)), lines
    )


def introduces(sentence: str) -> bool:
    """Return whether a sentence introduces the study that the summary reports."""
    return bool(_OPENS.match(sentence) or (_OWN.search(sentence) and not _EARLIER.search(sentence)))
