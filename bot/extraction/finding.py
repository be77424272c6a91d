"""The sentences of a summary that say what the study found, where they say it by themselves. Pure."""

from __future__ import annotations

import re

from bot.extraction.study_text import AUTHORS, META_ANALYSIS, StudyText
from bot.extraction.words import any_of

MAX_WORDS = 60
MAX_CHARACTERS = 480
"""What a phone shows beside the implications."""
MIN_WORDS = 9
_FOUND = any_of("found showed reported demonstrated confirmed")
_SHOWED = any_of("found showed? indicated? suggest suggested revealed? demonstrated? confirmed")
_RESULTS = any_of(rf"results findings analyses analysis data {META_ANALYSIS} review study survey trial")
_THE = any_of("[Tt]he [Tt]heir [Oo]ur [Tt]hese")
_FINDERS = rf"(?:[Tt]he (?:authors|researchers|investigators)|{AUTHORS}|[Ww]e|[Tt]hey)"
_THEIRS = rf"(?:{_THE}(?: [\w-]+){{0,3}}? {_RESULTS}(?: of (?:the|this|their) [\w-]+)?|[Rr]esults|[Ff]indings)"
_BY_THE_WAY = r"(?:(?:Overall|In general|Importantly|As expected|Most importantly|Consistent with [^,]{3,60}), )?"
_SAID = re.compile(
    rf"^{_BY_THE_WAY}(?:{_FINDERS} (?:\w+ly )?{_FOUND}|{_THEIRS} (?:\w+ly )?{_SHOWED}) (?:that )?(?P<said>.*)$"
)
_ALL_IN_ALL = any_of("Overall In_general In_summary In_sum On_average As_expected")
_MAIN = any_of("main key primary overall most_important")
_OVERALL = re.compile(rf"^(?:{_ALL_IN_ALL}|The {_MAIN} (?:finding|result) (?:was|is)),? (?P<said>.*)$")
_COMPARED = any_of("more less fewer better worse poorer higher lower greater larger")
_RELATED = any_of(
    """associated_with related_to linked_to linked_with correlated_with predictive_of predicted_by more less better worse
    superior inferior as_effective"""
)
_PLAIN = re.compile(
    rf"\b(?:was|were) (?:\w+ly )?(?:not )?(?:\w+ly )?{_RELATED}\b|\b(?:reported|had|led to) (?:\w+ly )?{_COMPARED}\b"
    r"|\b(?:predicted|outperformed|improved (?:\w+ly )?more|did not differ)\b"
)
"""How a result is stated without "found that"."""
_FIGURE = re.compile(r"\b[rgdBkp] ?[=<] ?[-−‐–]?\d*\.\d|\bOR ?=|\d ?%|\bsignificant|\bcorrelation\b|\bpercent\b")
_SHARE = re.compile(r" \([^()=]*%[^()=]*\)")
"""Who was in the sample: "(81% had a female therapist)"."""
_AIMS = any_of(
    r"""whether if hypothes\w+ examined tested looked_at assessed investigated aimed asked wondered explored evaluated sought
    wanted estimate"""
)
_AIM = re.compile(rf"\b{_AIMS}\b|\?$", re.IGNORECASE)
_BUT = any_of("No_such However But Yet In_contrast By_contrast Conversely On_the_other_hand Nevertheless Nonetheless")
_ODDLY = any_of("That_is, Interestingly Although Surprisingly Only Contrary Unexpectedly Paradoxically Still Unlike Despite")
_BUT_SOON = re.compile(
    r"(?:\S+ ){0,3}\W*(?:however|but|yet|although|though|except)\b|.*, (?:however|though)[,.]", re.IGNORECASE
)
"""A word among the first four of a sentence, or an aside, that takes back the sentence before."""
_VANISHED = re.compile(
    r"\b(?:vanished|disappeared|no longer|went away|did not hold|was lost|only (?:for|in|when|if|among))\b"
)
_RESULT = any_of("associations? effects? differences? relationships? findings? results?")
_BOUNDS = re.compile(rf"^(?:{_BUT}|{_ODDLY}|Th(?:is|ese) {_RESULT})(?!\w)")
_BOUNDS_LATER = re.compile(rf"^{_BUT}\b")
"""How a sentence begins that takes back or bounds the one before it, or the one before that."""
_OTHERS = any_of(
    """also both_(?:groups|treatments|conditions|therapies|types) former latter respectively the_other another second third
    neither"""
)
_PRONOUNS = any_of("it its they their he she there this these those such that")
_NEEDS_MORE = re.compile(
    rf"\b{_OTHERS}\b|\b(?:this|these|such) (?!study|findings|results)[a-z]+|^{_PRONOUNS}\b", re.IGNORECASE
)
"""What cannot be understood without the sentences before."""
_BACK = re.compile(
    r"(?:(?:In|For|Among|At|With|Within|Of|To|By|On|From|After|During|Under|Even|Overall,) )*"
    rf"(?:{any_of('it its they he his she her we our i this that these those such there here')})\b",
    re.IGNORECASE,
)
"""How a sentence begins that points back."""
_UNSURE = any_of(r"hypothes\w* expected_that aimed assum\w+ may might could should future for_example")
_NO_RESULT = re.compile(rf"\?$|%.*%.*%|\b{_UNSURE}\b", re.IGNORECASE)
_RELATIONS = any_of(
    r"""related associat\w+ correlat\w+ predict\w* effective\w* effects? differen\w+ differed improv\w+ reduc\w+
    increas\w+ decreas\w+ declin\w+ better worse poorer higher lower greater larger smaller more less fewer superior inferior
    outperform\w* chang\w+ link\w* equally equivalent similar as_well_as agreed likely stronger weaker explained accounted
    mediat\w+ moderat\w+ benefit\w*"""
)
_RELATION = re.compile(rf"\b{_RELATIONS}\b", re.IGNORECASE)

_THEMES = re.compile(
    r"\b(?:gave|yielded|revealed|identified|described|produced|found)\b.*\b(?:themes|categories)\b"
    r"|\b(?:themes|categories)\b.*\b(?:emerged|identified)\b",
    re.IGNORECASE,
)
"""How a qualitative study says what it found."""


def read_finding(text: StudyText) -> str | None:
    """Return what was found in one to three sentences of the text, word for word and in one piece, or None where none names
    its subject, or the next one bounds it and there is no room for both.
    """
    own = text.own
    found = next((at for at, sentence in enumerate(own) if _RELATION.search(_said(sentence) or "")), None)
    if found is None:
        first = next((at for at, sentence in enumerate(own) if at and _is_result(sentence)), 0)
        found = first if first and _PLAIN.search(own[first]) else None
    if found is None or not _is_clear(own[found]):
        return None
    quoted, last = own[found], found
    while last + 1 < len(own) and _goes_on(own[last + 1]):
        longer = f"{quoted} {own[last + 1]}"
        if len(longer.split()) > MAX_WORDS or not text.has(longer):
            break
        quoted, last = longer, last + 1
    after = own[last + 1 : last + 3]
    follows = text.sentences[text.sentences.index(own[last]) + 1 :][:1]
    if any(map(_BUT_SOON.match, follows)):
        return None
    if any(map(_VANISHED.search, after)) or any(map(_BOUNDS.match, after[:1])) or any(map(_BOUNDS_LATER.match, after[1:])):
        return None
    return quoted if MIN_WORDS <= len(quoted.split()) <= MAX_WORDS and len(quoted) <= MAX_CHARACTERS else None


def may_be_findings(text: StudyText, most: int, max_words: int) -> list[str]:
    """Return the first sentences about the study that may say what was found, for a person to choose from: those that can be
    read alone before those that point back.
    """
    found = [
        sentence for sentence in text.own if _may_be_finding(sentence) and MIN_WORDS <= len(sentence.split()) <= max_words
    ]
    return sorted(found, key=lambda sentence: bool(_BACK.match(sentence)))[:most]


def _may_be_finding(sentence: str) -> bool:
    said = _said(sentence)
    if said or _is_result(sentence):
        return bool(_RELATION.search(said or sentence))
    return bool(_THEMES.search(sentence)) and not _AIM.search(sentence)


def _said(sentence: str) -> str | None:
    """Return what a sentence says that was found; None where it does not say "found"."""
    match = _SAID.match(sentence) or _OVERALL.match(sentence)
    return match["said"] if match else None


def _is_result(sentence: str) -> bool:
    """Return whether a sentence may tell a result, if only with a figure."""
    return bool(_PLAIN.search(sentence) or _FIGURE.search(_SHARE.sub("", sentence))) and not _AIM.search(sentence)


def _is_clear(sentence: str) -> bool:
    said = _said(sentence) or sentence
    open_ended = _BACK.match(sentence) or _NEEDS_MORE.search(said) or _NO_RESULT.search(sentence)
    return bool(_RELATION.search(said)) and not open_ended


def _goes_on(sentence: str) -> bool:
    """Return whether a sentence goes on telling what was found."""
    return (
        bool(_BOUNDS.match(sentence))
        or _said(sentence) is not None
        or (bool(_PLAIN.search(sentence)) and not _AIM.search(sentence))
    )
