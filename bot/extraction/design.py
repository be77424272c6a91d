"""The design of a study, where its text or its citation names one and no other. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.extraction.study_text import AUTHORS, StudyText
from bot.extraction.words import HYPHEN, any_of

_META = rf"meta{HYPHEN}analy(?:s[ie]s|tic\s(?:review|study|synthesis|investigation|project|update))"
_KINDS_OF_TRIAL = any_of("controlled control clinical comparative effectiveness pilot superiority non-?inferiority")
_TRIAL = rf"randomi[sz]ed(?:[- ]{_KINDS_OF_TRIAL})* (?:trial|study)"
_AND_MORE = any_of("systematic_(?:literature_)?review_and individual_(?:participant|patient)[-_](?:level_)?data")
NAMES = {
    "review of meta-analyses": any_of(
        rf"(?:review|overview|summary|synthesis)_of_(?:the_)?(?:\w+_)?{_META} umbrella_review second[-_]order_{_META}"
    ),
    "qualitative synthesis": any_of(
        rf"""(?:qualitative_)?meta{HYPHEN}synthesis qualitative_(?:meta{HYPHEN}analysis|evidence_synthesis|synthesis)
        meta{HYPHEN}ethnography"""
    ),
    "meta-analysis": rf"(?:{_AND_MORE} )?{_META}",
    "systematic review": r"systematic (?:literature |research |scoping )?review",
    "secondary analysis of a trial": r"(?:secondary |re-?)analys[ie]s of (?:data from )?(?:an?|the) (?:[\w-]+ ){0,3}?trial",
    "randomised trial": rf"{_TRIAL}|\bRCT\b",
    "naturalistic study": r"naturalistic (?:[\w-]+ )?(?:study|trial|investigation)",
    "longitudinal study": r"longitudinal (?:[\w-]+ )?(?:study|investigation|analysis)",
    "process study": r"process(?:[- ]outcome)?(?: research)? study",
    "cross-sectional study": r"cross[- ]sectional (?:[\w-]+ )?study",
    "expert consensus": any_of("Delphi_(?:study|survey|poll|method) (?:study_of_)?expert_consensus(?:_study)?"),
    "qualitative study": any_of("qualitative_(?:interview_)?(?:study|analysis|investigation) interview_study"),
    "case study": r"(?:single[- ])?case (?:study|series)",
    "survey": "survey",
    "review": r"(?:narrative |literature |scoping |critical |integrative )?review(?: article)?",
}
"""For each design the words that name it, the narrower one first: a qualitative meta-analysis is no meta-analysis."""
_ALSO_CALLED = {
    "review of meta-analyses": {"meta-analysis", "systematic review", "review"},
    "qualitative synthesis": {"meta-analysis", "systematic review", "review", "qualitative study"},
    "meta-analysis": {"systematic review", "review"},
    "systematic review": {"review"},
    "secondary analysis of a trial": {"randomised trial"},
    "expert consensus": {"survey"},
}
"""What else such a study may be called without a contradiction."""
_NAMED = "|".join(f"(?P<d{at}>{words})" for at, words in enumerate(NAMES.values()))
_ADJECTIVES = rf"(?:(?!{any_of('of and or to in that which data an? the what why how')}\b)[\w“”’'-]+,? ){{0,5}}?"
_INCLUDED = any_of("included had found consisted comprised showed covered involved combined pooled surveyed")
_THIS = rf"\b(?:this|the (?:present|current)) {_ADJECTIVES}(?:{_NAMED})\b"
_BEGINS = rf"^the {_ADJECTIVES}(?:{_NAMED}) {_INCLUDED}\b"
_CONDUCTED = any_of(
    """conducted did performed completed undertook carried_out provided? presents? presented reports? reported published ran
    wrote"""
)
_DID = rf"\b{_CONDUCTED} (?:an?|their) {_ADJECTIVES}(?:{_NAMED})\b"
_SOMEONE = re.compile(rf"{AUTHORS}|\b[Tt]he (?:authors|researchers|investigators)\b|\b[Ww]e\b")
_DATA = any_of("data patients clients therapies treatments recordings sessions videotapes transcripts")
_FROM_TRIAL = re.compile(
    rf"\b{_DATA}\b[^.;:]{{0,80}}? (?:from|of) an? (?:[\w-]+ ){{0,3}}?(?:randomi[sz]ed (?:[\w-]+ ){{0,2}}?trial|RCT)\b",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(
    r"\brandomly (?:assigned|allocated|divided)\b|\b(?:were|was|had been) randomi[sz]ed\b"
    rf"|\brandomi[sz]ed (?:{any_of('them patients clients therapists participants')} )?(?:to|into)\b"
    r"|\ba random half\b|\bby random assignment\b",
    re.IGNORECASE,
)
_THEY_ASSIGNED = re.compile(rf"(?:{AUTHORS}|\b[Tt]hey|\b[Ww]e),? (?:\w+ly )?randomi[sz]ed (?:\d[\d,]*|the|all|their) ")
_NOT_ASSIGNED = re.compile(
    rf"(?:\b{any_of('not cannot never nobody no no-one none neither nor without rather_than instead_of hardly non')}\b"
    r"|n['’]t\b)[^.;:]{0,40}\brandom|\brandomi[sz]ation [^.;:]{0,30}?\b(?:not|impossible|refused|failed|never)\b",
    re.IGNORECASE,
)
"""That someone, or someone's treatment, was not left to chance: then it takes a name like "randomised trial" to be sure."""
_OTHER_DATA = re.compile(
    rf"\b{_DATA}\b[^.]{{0,60}} (?:from|in|of) (?:an?|the|two|three|several|one|this) (?:[\w-]+ ){{0,4}}?(?:trials?|RCTs?)\b"
    r"|\bsecondary\b|\bre-?analy[sz]|\barchiv|\b(?:original|larger|parent) (?:trial|study|RCT)|\bpart of an?\b"
    r"|\bfrom an? (?:[\w-]+ ){0,3}?(?:trial|RCT)\b",
    re.IGNORECASE,
)
PAPER_TITLE = re.compile(r"\((?:19|20)\d{2}[^()]{0,40}\)[.,:]? (?P<title>.{10,400}?)\.(?= |$)")
"""The title in a citation, up to its full stop: what follows may be a journal called Review."""
_IN_TITLE = rf"(?:^|[:?–—] )(?:an? |the )?{_ADJECTIVES}(?:{_NAMED})\b"
"""A design that a title, or its second part, begins with."""
_OF_ANOTHER = re.compile(
    rf"\bprotocol\b|\b{any_of('data results findings evidence lessons')} from\b|\bsecondary analysis|\breply\b|\bcomment",
    re.IGNORECASE,
)


def read_design(text: StudyText, citation: str | None) -> tuple[str, tuple[str, ...]] | None:
    """Return a design with the sentence that names it, or None where none or more than one is named."""
    found: dict[str, str] = {}
    for design, sentence in [*_named(text.own), *_cited(citation), *_assigned(text.own)]:
        found.setdefault(design, sentence)
    for design in NAMES:
        if design in found:
            for other in _ALSO_CALLED.get(design, ()):
                found.pop(other, None)
    if len(found) != 1:
        return None
    ((design, sentence),) = found.items()
    return design, (sentence,)


def _named(own: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield each design that a sentence gives to the study itself."""
    for sentence in own:
        matches = [*_each(_THIS, sentence), *_each(_BEGINS, sentence)]
        if _SOMEONE.search(sentence):
            matches += _each(_DID, sentence)
        yield from ((_design(match), sentence) for match in matches)
        if _FROM_TRIAL.search(sentence):
            yield "secondary analysis of a trial", sentence


def _cited(citation: str | None) -> Iterator[tuple[str, str]]:
    """Yield the designs that parts of the paper's title begin with, with the title."""
    paper = PAPER_TITLE.search(citation or "")
    if paper and not _OF_ANOTHER.search(paper["title"]):
        yield from ((_design(match), paper["title"]) for match in _each(_IN_TITLE, paper["title"]))


def _assigned(own: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield a randomised trial where people were assigned at random, and nothing hints at another study's data, or says that
    chance did not decide.
    """
    if not any(_OTHER_DATA.search(sentence) or _NOT_ASSIGNED.search(sentence) for sentence in own):
        at_random = (each for each in own if _ASSIGNED.search(each) or _THEY_ASSIGNED.search(each))
        yield from (("randomised trial", sentence) for sentence in at_random)


def _each(words: str, text: str) -> Iterator[re.Match[str]]:
    # Compiled when a text is first read, and kept by `re`: a tenth of a second that a start of the bot need not take.
    return re.finditer(words, text, re.IGNORECASE)


def _design(match: re.Match[str]) -> str:
    return next(name for at, name in enumerate(NAMES) if match[f"d{at}"])
