"""Who took part in a study, or what it pooled: counts where a sentence says so plainly. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.corpus.figures import NUMBER_WORD, in_words
from bot.extraction.study_text import AUTHORS, FEW_WORDS, STUDY, StudyText
from bot.extraction.words import any_of

Count = int | str
_KEYS = {
    "patients": "patients",
    "outpatients": "patients",
    "inpatients": "patients",
    "clients": "clients",
    "participants": "participants",
    "therapists": "therapists",
    "psychotherapists": "therapists",
    "adults": "adults",
    "adolescents": "adolescents",
    "veterans": "veterans",
    "couples": "couples",
    "meta-analyses": "meta-analyses",
    "meta analyses": "meta-analyses",
    "studies": "studies",
    "trials": "studies",
    "rcts": "studies",
    "women": "women",
    "men": "men",
    "people": "people",
    "children": "children",
    "callers": "callers",
}
"""The nouns that are counted, and what the library calls them."""
_OF_POOLS = ("studies", "meta-analyses")
"""What only a study of studies counts."""
_PLAIN_PEOPLE = ("women", "men", "people", "children", "callers")
"""Who is counted as the sample only where no others are, except therapists: women may be the women among the patients."""
_POOLS = ("meta-analysis", "review of meta-analyses", "systematic review", "review", "qualitative synthesis")
_ABOUT = ("over", "more than", "almost", "nearly", "about", "approximately", "around")
_VAGUE = any_of("some at_least up_to fewer_than less_than between of average_of mean_of")
_NUMBER = rf"(?P<number>\d{{1,3}}(?:,\d{{3}})+|\d{{1,7}}|{NUMBER_WORD})(?![\d.,%–/])"
_NO_ADJECTIVE = any_of(
    """of and or the an? were was are is had have has who which that in with from to by for on at as than per each sessions?
    weeks? months? years? hours? minutes? other more different additional these those percent times treated followed reported
    hundred thousand million billion treatment control -"""
)
_COUNT = re.compile(
    rf"(?<![\w.,%–-])(?:(?P<about>{'|'.join(_ABOUT)}|{_VAGUE}) )?{_NUMBER}"
    rf"(?: (?!{_NO_ADJECTIVE}\b)[\w“”\"’'‐‑-]+){{0,6}}? [“\"]?(?P<noun>{'|'.join(_KEYS)})\b(?![’'](?! ))[”\"]?"
    r"(?P<after> (?:and|or|/) (?:their )?[a-z-]+)?",
    re.IGNORECASE,
)
_PAIR = re.compile(r" and (?P<other>trainees|students|interns|counsell?ors|supervisors)")
_PEOPLE = any_of("[Pp]atients [Cc]lients [Pp]articipants [Tt]herapists [Pp]sychotherapists")
_WERE = re.compile(
    rf"^(?:The )?(?P<noun>{_PEOPLE}) were (?:(?P<about>{'|'.join(_ABOUT)}) )?{_NUMBER} "
    rf"(?!{any_of('of percent to years? weeks? sessions? times? hours? or and')}\b)"
)
"""The patients were 117 adults."""
_IN_BRACKETS = re.compile(
    r"(?P<before>[^,;:.()]*)\((?:with )?N ?= ?(?P<number>\d{1,3}(?:,\d{3})+|\d{1,7})(?![\d.,%]\d)(?P<noun> [a-z-]+)?"
)
"""The whole sample as a paper prints it: (N = 140). A small n is a part of it."""
_WHO = re.compile(rf"\b(?P<noun>{'|'.join(who for who in _KEYS if _KEYS[who] not in _OF_POOLS)})\b(?![’'])", re.IGNORECASE)
_INCLUDED = any_of(
    """included includes had has consisted_of comprised involved recruited followed enrolled surveyed was_based_on
    were_based_on covered combined pooled represented analy[sz]ed examined looked_at collected gathered identified reviewed
    found"""
)
_DID = any_of(
    """selected recruited collected surveyed interviewed studied followed enrolled gathered sampled analy[sz]ed reviewed
    identified found conducted provided? included examined looked_at assessed asked pooled combined randomi[sz]ed
    randomly_assigned"""
)
_THE = any_of("[Tt]he [Tt]his [Tt]heir [Oo]ur [Tt]he_final [Tt]he_total")
_WORK = rf"(?:{STUDY}|sample|data ?set|authors|researchers)"
_WHOLE = tuple(
    re.compile(frame)
    for frame in (
        rf"\b{_THE} (?:[\w’'-]+ ){{0,3}}?{_WORK}(?: sample)? (?:\w+ly )?{_INCLUDED}\b",
        rf"\b(?:[Ii]n|[Ff]or) (?:this|the (?:present|current)|their) {FEW_WORDS}{STUDY} (?:of|with|in|among) ",
        rf"(?:{AUTHORS}|\b[Tt]hey|\b[Ww]e),? (?:\w+ly )?{_DID}\b",
        rf"^In (?:this|the (?:present|current)) {FEW_WORDS}{STUDY}, (?:\d[\d,]*|{NUMBER_WORD}) ",
        rf"^(?:The )?{_PEOPLE} were ",
        rf"^There were (?:{'|'.join(_ABOUT)} )?\d(?!.*\b{any_of('group groups arm arms condition conditions each')}\b)",
        rf"^(?:The )?\d[\d,]* |^(?:A total of|In total,|Overall,|All) (?:\d[\d,]*|(?i:{NUMBER_WORD})) ",
    )
)
"""How a sentence begins or goes that tells the whole sample."""
_SHARES = re.compile(rf"\b{any_of('each per respectively every on_average averaged')}\b", re.IGNORECASE)
_FEW = re.compile(
    rf"\bsmall (?:number|sample)\b"
    rf"|\b{any_of('only just merely no_more_than further another additional')} (?:\d|(?:{NUMBER_WORD})\b)",
    re.IGNORECASE,
)
"""That a number is said to be small, or is not of all."""
_GONE = any_of("declin refus turned left leav drop withdr quit exclu lost discontinu not only")
_LEFT = re.compile(rf"\b{_GONE}\w*\b[^,;:.]*$", re.IGNORECASE)
_WHO_LEFT = re.compile(rf"[^,;:.]{{0,60}}?(?:\b{_GONE}|n['’]t\b)", re.IGNORECASE)
"""Who was not in the study to its end, or only in a part of it."""
_OTHER_PEOPLE = any_of(
    """persons individuals students mothers fathers parents families soldiers girls boys youths? volunteers users members
    caregivers infants pupils employees survivors prisoners nurses callers respondents"""
)
_ANYONE_ELSE = re.compile(rf"\b{_OTHER_PEOPLE}\b", re.IGNORECASE)
_ANYONE = re.compile(
    rf"(?<![\w.,-])(?P<number>\d{{1,3}}(?:,\d{{3}})+|\d{{1,7}})(?![\d.,%])"
    rf"(?: (?!{_NO_ADJECTIVE}\b)[\w’'-]+){{0,6}}? {_OTHER_PEOPLE}\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Counted:
    """A count as printed, its size, and its sentence. `whole`: the sentence speaks of the whole sample."""

    who: str
    count: Count
    size: int
    sentence: str
    whole: bool


def read_sample(text: StudyText, design: str | None) -> tuple[tuple[tuple[str, Count], ...], tuple[str, ...]]:
    """Return who or what was counted and how many, and the sentences that say so. Of whom two counts of the whole sample or
    a larger number are printed, none is returned; nor therapists alone beside a larger number of other people.
    """
    counted = [*_in_brackets(text), *(each for sentence in text.own for each in _counted(sentence))]
    found: dict[str, _Counted] = {}
    for who in dict.fromkeys(each.who for each in counted):
        if who in _OF_POOLS and design not in _POOLS:
            continue
        whole = [each for each in counted if each.who == who and each.whole]
        most = max(each.size for each in counted if each.who == who)
        if whole and {each.size for each in whole} == {most}:
            found[who] = whole[0]
    if design in _POOLS and not any(who in found for who in _OF_POOLS):
        return (), ()
    people = {each.who for each in counted} - {"therapists", *_OF_POOLS}
    if len(people) > 1:
        found = {who: each for who, each in found.items() if who not in _PLAIN_PEOPLE}
    if found.keys() == {"therapists"} and _most_others(text, counted) > found["therapists"].size:
        return (), ()
    said = tuple(dict.fromkeys(each.sentence for each in found.values()))
    return tuple((who, each.count) for who, each in found.items()), said


def _most_others(text: StudyText, counted: list[_Counted]) -> int:
    """Return the largest number of people who are not therapists that the text prints."""
    others = (each.size for each in counted if each.who not in ("therapists", *_OF_POOLS))
    anyone = (_size(match["number"]) for sentence in text.own for match in _ANYONE.finditer(sentence))
    return max((*others, *anyone), default=0)


def _counted(sentence: str) -> Iterator[_Counted]:
    whole = any(frame.search(sentence) for frame in _WHOLE) and not (_SHARES.search(sentence) or _FEW.search(sentence))
    were = _WERE.match(sentence)
    others = (match for match in _COUNT.finditer(sentence) if not were or match.start("number") != were.start("number"))
    for match in filter(None, (were, *others)):
        about = (match["about"] or "").lower()
        who, after = _KEYS[match["noun"].lower()], match.groupdict().get("after") or ""
        if pair := _PAIR.fullmatch(after):
            who = f"{who} and {pair['other']}"
        elif after.endswith("s"):
            continue  # "81 patients and therapists": no one knows how many of each
        size = _size(match["number"])
        exact = about in ("", "of", *_ABOUT)
        left = _LEFT.search(sentence[: match.start()]) or _WHO_LEFT.match(sentence, match.end())
        if size > 1:
            yield _Counted(
                who, f"{about} {match['number']}" if about in _ABOUT else size, size, sentence, whole and exact and not left
            )


def _in_brackets(text: StudyText) -> Iterator[_Counted]:
    """Yield the count of each "(N = 140)" where the words before it, up to a comma, name one kind of people. It is the whole
    sample if it is the only one.
    """
    printed = [(sentence, match) for sentence in text.own for match in _IN_BRACKETS.finditer(sentence)]
    for sentence, match in printed:
        words = match["noun"] or match["before"]
        named = {_KEYS[who["noun"].lower()] for who in _WHO.finditer(words)}
        if len(named) == 1 and not _ANYONE_ELSE.search(words):
            size, left = _size(match["number"]), _LEFT.search(match["before"])
            yield _Counted(named.pop(), size, size, sentence, len(printed) == 1 and not left)


def _size(printed: str) -> int:
    return int(printed.replace(",", "")) if printed[0].isdigit() else in_words(printed)
