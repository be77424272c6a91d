"""Effect sizes as a text prints them, each with the words before it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.corpus.figures import MINUS, number
from bot.corpus.model import Effect
from bot.extraction.study_text import StudyText
from bot.extraction.words import any_of

MAX_WHAT = 200
LARGEST = 10.0
CLEARLY = 1.25
"""How many times as large an effect must be that was not read for the others to be left out."""
_DIGITS = r"(?:\d*\.\d+|\d+)"
_NUMBER = rf"[{MINUS}]?{_DIGITS}(?![\d%]|\.\d)"
_MEASURE = r"(?:(?:Cohen|Hedges)(?:['’]s|s['’]|['’])? )?(?P<measure>[rgdB]|SMD)(?: ?adjusted| adj\.?)?"
_SIZE = re.compile(rf"(?<![\w/’'-]){_MEASURE} ?= ?(?P<value>{_NUMBER})(?: ?(?:to|[–—]) ?(?P<to>{_NUMBER}))?", re.ASCII)
_INDIRECT = re.compile(rf"\((?P<value>{_NUMBER})(?=[,;] ?95 ?% ?(?:CI|confidence|\[)|,? \[{_NUMBER}, ?{_NUMBER}\])")
_INTERVAL = re.compile(
    r"[ ,;]*(?P<outer>[\[(] ?)?(?:95 ?% ?)?(?:CIs?|[Cc]onfidence [Ii]ntervals?)[ :=,]*(?P<inner>[\[(])?"
    rf"(?P<low>{_NUMBER})(?: ?(?:,|to|[–—]) ?)(?P<high>{_NUMBER})(?(inner)[\])])(?(outer)[\])]?)"
)
_BARE_INTERVAL = re.compile(
    rf"[ ,;]*(?=95 ?%|\[)(?:95 ?%[ :=]*)?(?P<inner>\[ ?)?(?P<low>{_NUMBER})(?: ?(?:[,;]|to|[–—]) ?)(?P<high>{_NUMBER})"
    r"(?(inner) ?\])"
)
"""An interval without the letters CI: in square brackets, as APA style prints it, or after "95%"."""
_CHANCE = re.compile(rf"[ ,;]*p ?(?P<sign>[<=]) ?(?P<p>{_DIGITS})", re.IGNORECASE)
_STUDIES_BEFORE = re.compile(
    r"\((?P<k>\d[\d,]*) (?:studies|trials|samples|comparisons|RCTs),? ?$|\(k ?= ?(?P<letter>\d+)[,;] ?$"
)
_STUDIES_AFTER = re.compile(r"[ ,;(]*(?:k ?= ?(?P<letter>\d+)|(?P<k>\d[\d,]*) studies)\b")
_MORE = re.compile(rf"[ ,;]*(?:(?:and|or|to|versus|vs\.?|v\.?) )?{_NUMBER}")
"""A second value of the same figure: "d = 0.9, 0.5, and 0.4"."""
_NO_LABEL = re.compile(
    r"(?:\d[\d,]* (?:studies|trials|samples|comparisons|RCTs)[,;]? ?|[kKnN] ?= ?\d[\d,]*[,;] ?|e\.g\.,? ?|i\.e\.,? ?)*"
)
"""What may be in a bracket before its value; any other word says what the value is of, and is not in the words before."""
_VALUE = re.compile(r"\.\d|(?<!\b[kKnN] )(?<!\b[kKnN])=")
"""What is left of a bracket with a second value."""
_ASIDE = re.compile(r" \([^()]*\)")
_OPEN = re.compile(r"[ ,;:(\[]*(?:\([^()]*)?$")
"""What leads up to a figure: its bracket, with what is in it before."""
_FOUND = re.compile(
    rf"^.{{0,120}}?\b{any_of('found showed shows indicated suggested revealed reported demonstrated concluded')} that ",
    re.IGNORECASE,
)
_CLOSED = re.compile(r" ?(?:[)\].,;(]|$)")
"""What follows a figure to which nothing more is said: "(d = 0.74 by video)" is about the video."""
_ENDS_EARLY = re.compile(rf"\b{any_of('was were is are of at with than by to for from the an? average')}$", re.IGNORECASE)
_BACKWARDS = any_of("it its they their he she this these that those such both what")
_AT = any_of("in for among at with within of to by on from after during under even between")
_POINTS_BACK = re.compile(rf"(?:{_AT} )*{_BACKWARDS}\b|.*\bit\b", re.IGNORECASE)
_JOINED = re.compile(rf"^(?:{any_of('and but or that with while whereas also')}[: ,]+)+", re.IGNORECASE)
_RELATIONS = any_of(
    r"""related associat\w+ correlat\w+ predict\w* effective effects? differen\w+ differ\w* improv\w+ reduc\w+ increas\w+
    decreas\w+ better worse poorer higher lower greater larger smaller more less fewer superior inferior outperform\w*
    chang\w+ link\w* benefit\w* advantages?"""
)
_RELATION = re.compile(rf"\b{_RELATIONS}\b", re.IGNORECASE)
"""What a figure can be of. An item of a list ("couple therapy (g = .62)") does not say it."""
_VERBS = any_of(
    r"""was were is are had has have did do does show\w* predicted predicts reported improved reduced experienced became
    outperformed differed decreased increased changed"""
)
_FINITE = re.compile(rf"\w \w.* {_VERBS}\b", re.IGNORECASE)
"""A subject and its verb: then the words since the last figure are a clause of their own."""


def read_effects(text: StudyText) -> tuple[tuple[Effect, ...], tuple[str, ...]]:
    """Return the effect sizes of the study itself, as printed, and their sentences. One whose words need those before the
    figure before it is left out; so are all of a measure of which a clearly larger one is printed that could not be read,
    lest the study seem weaker than it was.
    """
    found: dict[tuple[object, ...], tuple[Effect, str]] = {}
    for sentence in text.own:
        for effect in _effects(sentence):
            found.setdefault((effect.measure, effect.value, effect.ci, effect.k), (effect, sentence))
    printed = [(match["measure"], abs(_signed(match["value"]))) for each in text.own for match in _SIZE.finditer(each)]
    largest = {measure: max(size for other, size in printed if other == measure) for measure, _ in printed}
    read = [(effect, sentence) for effect, sentence in found.values()]
    whole = {effect.measure for effect, _ in read if CLEARLY * abs(effect.value) >= largest.get(effect.measure, 0)}
    read = [(effect, sentence) for effect, sentence in read if effect.measure in whole]
    return tuple(effect for effect, _ in read), tuple(dict.fromkeys(sentence for _, sentence in read))


def _effects(sentence: str) -> Iterator[Effect]:
    matches = [*_SIZE.finditer(sentence)]
    if re.search(r"\bindirect effects?\b", sentence):
        matches += _INDIRECT.finditer(sentence)
    end = 0
    for match in sorted(matches, key=lambda each: each.start()):
        before, after = sentence[: match.start()], sentence[match.end() :]
        interval = _INTERVAL.match(after) or _BARE_INTERVAL.match(after)
        rest = after[interval.end() :] if interval else after
        chance = _CHANCE.match(rest)
        rest = rest[chance.end() :] if chance else rest
        studies = _STUDIES_BEFORE.search(before) or _STUDIES_AFTER.match(rest)
        alone = _CLOSED.match(rest) and not _MORE.match(rest) and _has_bracket_to_itself(before, rest)
        what = _what(before[end:], first=end == 0) if alone else ""
        end = len(sentence) - len(rest)
        value, to = _signed(match["value"]), match.groupdict().get("to")
        bounds = (_signed(interval["low"]), _signed(interval["high"])) if interval else None
        measure = match.groupdict().get("measure") or "indirect effect"
        largest = max(abs(value), abs(_signed(to)) if to else 0.0)
        if what and largest <= (1 if measure == "r" else LARGEST) and (not bounds or bounds[0] <= value <= bounds[1]):
            yield Effect(
                what=what,
                measure=measure,
                value=value,
                to=_signed(to) if to else None,
                ci=bounds,
                p=f"{'< ' if chance['sign'] == '<' else ''}{chance['p']}" if chance else None,
                k=int((studies["k"] or studies["letter"]).replace(",", "")) if studies else None,
            )


def _has_bracket_to_itself(before: str, rest: str) -> bool:
    """Return whether no label is before a value in its bracket, and no other value after it or before."""
    opened = before.rpartition("(")
    if not opened[1] or ")" in opened[2]:
        return True
    inside = _CHANCE.sub("", rest.partition(")")[0])
    return bool(_NO_LABEL.fullmatch(opened[2])) and not _VALUE.search(inside)


def _what(before: str, *, first: bool) -> str:
    """Return the words that say what a figure is about: those since the last figure of the sentence; "" where they do not
    say it alone.
    """
    text = _ASIDE.sub("", _OPEN.sub("", before)).strip(" ,;:.()[]–—")
    text = _JOINED.sub("", _FOUND.sub("", text.rpartition("; ")[2]))
    tells = _RELATION.search(text) and (first or _FINITE.search(text)) and not _POINTS_BACK.match(text)
    return text if tells and not _ENDS_EARLY.search(text) and len(text) <= MAX_WHAT else ""


def _signed(printed: str) -> float:
    return number(printed.lstrip(MINUS), negative=printed[0] in MINUS)
