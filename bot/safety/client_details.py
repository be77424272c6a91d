"""Client details in a question: found by their shape, and left out before anything is searched.

A net with wide meshes, not a guarantee: it catches a name with an age, dates of birth, health and insurance numbers,
telephone numbers, e-mail and street addresses. It must leave research questions alone ("Flückiger 2018",
"306 studies", "12 year olds"), because a false alarm spoils a search and teaches people to ignore the reminder.
Nothing of what it finds is stored or shown: only that something was found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from bot.safety.given_names import NAMES, WORDS_TOO
from bot.search.english import english
from bot.search.text import tokens
from bot.search.words import LIGHT_WORDS, STOP_WORDS
from bot.text import fold

Judge = Callable[[str, str, Callable[[str], bool]], bool]
"""Whether a word is a name, given the word, the text before it, and a check for words of the library."""
MIN_NAME = 2
"""An unknown word of no more letters is not a name."""
_LAST_YEAR_OF_BIRTH = 2012
"""The blog begins in 2013: a full date before it is a birthday, not a publication."""

_WORD = r"[^\W\d_]+(?:['’-][^\W\d_]+)*"
_NAME = rf"(?P<name>{_WORD})"
_AGE = r"(?:1[01]\d|[1-9]\d?)"
# A unit that makes a number an age; "12 year olds" are a group, not a person.
_YEARS = r"[\s-]{0,2}(?:y(?:ea)?rs?[\s-]old(?!s)|years? of age|y[/.]?o\b\.?|[fm]\b)"
_AS = (
    r"(?:\s*[,(/–-]\s*|\s+)"
    r"(?:(?:is|was|aged?|now|turned|turning|who is|who's|an?|just|only|(?:she|he|they)/\w{2,5},?)\s+){0,2}"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = (
    r"(?:(?P<y1>\d{4})[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](?P<y2>\d{4}|\d\d)"
    rf"|{_DAY}(?:st|nd|rd|th)?(?: of)? {_MONTH},? (?P<y3>\d{{4}})|{_MONTH} {_DAY}(?:st|nd|rd|th)?,? (?P<y4>\d{{4}}))"
)
_BIRTH = r"(?:d\.?o\.?b\.?|date of birth|birth ?date|birthday|born)"
_STREET = (
    r"(?:Street|Avenue|Road|Drive|Lane|Boulevard|Blvd|Court|Crescent|Terrace|Square|Highway"
    r"|(?:St|Ave|Rd|Dr|Ln|Cres|Hwy)\b(?!\.?\s+(?![NESW]\b)[A-Z]))"
)
_STREETS = r"(?:street|st|avenue|ave|road|rd|drive|dr|lane|boulevard|blvd|court|crescent|terrace|square)"
_TITLES = "Mr|Mrs|Ms|Mme|Mlle|Madame|Mademoiselle|Monsieur|Herr|Frau|Señora?"
_PROFILES = "facebook|instagram|linkedin|tiktok|twitter|snapchat|threads|bsky"
# What clients do, and authors in a question do not.
_DOES = (
    r"(?:relapsed|won['’]t|keeps|drives|cries|cried|dropped|refuses|refused|feels|missed|told me|asked whether|came"
    r"|(?:says|said) (?:s?he|they)|wants|lives|hates|stopped coming)\b"
)
_NUMBERED = r"(?:mrn|nhs|ohip|ssn|ramq|medicare|medicaid|health card)"
_FILED = r"(?:hosp(?:ital)?|chart|case|file|patient|client|record|policy|insurance)"


class Shape(NamedTuple):
    """A shape that text may have, compiled on first need. `digits`: nothing without a digit has it."""

    expression: str
    flags: re.RegexFlag = re.IGNORECASE
    digits: bool = True


@cache
def _compiled(shape: Shape) -> re.Pattern[str]:
    return re.compile(shape.expression, shape.flags)


_ALWAYS = (
    # E-mail addresses.
    Shape(r"[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,24}\b", digits=False),
    # A date of birth that is called so: "DOB 3/4/85", "born on 3 April 1985".
    Shape(rf"\b{_BIRTH}(?:\s+(?:is|was|on)|\s*[:=-])?\s*{_DATE}"),
    # The same in words or in French, and a birthday with its age: "turned 41 on 17 Jan 2024".
    Shape(rf"\bborn (?:on )?(?:the )?[a-z]+(?:-[a-z]+)? of {_MONTH}", digits=False),
    Shape(rf"\bnée? le {_DAY}(?:er)? [a-zéû]{{3,10}}\.? \d{{4}}"),
    Shape(rf"\b(?:turn(?:s|ed|ing)?|(?:will|'ll|’ll) be|was|is) {_AGE} on (?:the )?{_DATE}"),
    # Telephone numbers: (613) 555-1234, +44 20 7946 0958, 07700 900123; a short one only where it is called so.
    Shape(r"(?<![\w./-])(?:\+?1[\s.-]?)?(?:\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4}(?![\w/-])"),
    Shape(r"(?<![\w./-])\+\d{1,3}[\s.-]?\(?\d{1,4}\)?(?:[\s.-]?\d{2,4}){2,4}(?![\w/-])"),
    Shape(r"(?<![\w./-])0\d{2,4}[\s-]?\d{3,4}[\s-]?\d{3,4}(?![\w/-])"),
    Shape(r"\b(?:phone|tele?phone|tel|cell|mobile|call (?:him|her|them|at))\b[^\d\n]{0,12}(?<!\d)\d{3}[\s.-]\d{4}(?!\d)"),
    Shape(r"(?<![\w./-])0[1-9](?:[ .]\d\d){4}(?![\w/-])"),
    Shape(r"(?<![\w./-])[12] \d\d \d\d \d\d \d{3} \d{3}(?: \d\d)?(?![\w/-])"),
    # Numbers of people: 123-45-6789 (US), 1234-567-890 AB (Ontario), TREM 1234 5678 (Quebec), QQ 12 34 56 C (UK).
    Shape(r"(?<![\w./-])\d{3}-\d{2}-\d{4}(?![\w/-])"),
    Shape(r"(?<![\w./-])\d{4}-\d{3}-\d{3}(?:[\s-]?[A-Z]{2}\b)?(?![\w/-])"),
    Shape(r"(?<![\w./-])\d{4} \d{3} \d{3}[\s-]?[A-Z]{2}\b", re.NOFLAG),
    Shape(r"\b(?!PMID)[A-Z]{4} ?(?!(?:19|20)\d\d)\d{4} ?\d{4}\b", re.NOFLAG),
    Shape(r"\b[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]\b", re.NOFLAG),
    # Nine to twelve digits in a row: an identity, health or telephone number. Nothing in research is counted that far.
    Shape(r"(?<![\w./,-])(?<!pmid )(?<!pmid: )(?<!pmid:)\d{9,12}(?![\w/-]|[.,]\d)"),
    # A number with its kind: "MRN 448812", "SIN 646 454 286", "chart no. 5521", "health card number 1234 567".
    Shape(rf"\b{_NUMBERED}\b\s*[:#]?\s*(?=(?:[a-z-]{{0,3}}\d){{6}})[\w-]{{6,20}}"),
    Shape(r"\bSIN\b(?: number| no\.?)?(?: is)?[:#]? *\d{3}[ -]?\d{3}[ -]?\d{3}\b", re.NOFLAG),
    Shape(rf"\b(?:{_NUMBERED}|{_FILED})\s*(?:number|no\.?|num|id|#)\s*(?:is\s*)?[:#]?\s*\d[\d -]{{2,14}}\d\b"),
    # Street addresses: "12 Elm Street", "lives at 4 north road"; postcodes of Canada, the UK and the US.
    Shape(rf"\b\d{{1,5}}[A-Za-z]?,? (?:[A-Z][\w'’.-]{{0,20}} ){{1,3}}{_STREET}\b\.?", re.NOFLAG),
    Shape(
        r"\b(?:lives?|living|address|resides?|stay(?:s|ing))\b\W{1,3}(?:(?:at|is|on|in)\W{1,3}){0,2}"
        rf"\d{{1,5}}[a-z]? (?:[\w'’.-]{{2,20}} ){{1,3}}{_STREETS}\b"
    ),
    Shape(r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z][ -]?\d[A-Z]\d\b", re.NOFLAG),
    Shape(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b", re.NOFLAG),
    Shape(r"(?<=[a-z], )[A-Z]{2} \d{5}(?:-\d{4})?\b", re.NOFLAG),
    Shape(rf"\b[Ll]ives? (?:on|at|in) (?:[A-Z][\w'’.-]{{1,20}} ){{1,3}}{_STREET}\b", re.NOFLAG, digits=False),
    # Mr, Mrs or Ms with a name; an author would be Dr or nothing.
    Shape(rf"\b(?:{_TITLES})\.? [A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?", re.NOFLAG, digits=False),
    # A page of someone's own, a name on such a page: "facebook.com/pat.doe", "@pat_doe".
    Shape(rf"\b(?:{_PROFILES})\.[a-z]{{2,10}}/[\w./%-]{{3,80}}", digits=False),
    Shape(r"(?<![\w@.<])@[a-z](?=\w{0,30}[\d_.]\w)[\w.]{2,30}", digits=False),
    # A British number plate.
    Shape(r"\b[A-Z]{2}\d\d ?[A-Z]{3}\b", re.NOFLAG),
    # Initials with an age: "J.S., 34,", "client JD, 45M".
    Shape(rf"\b(?:[Cc]lient|[Pp]atient|[Pp]t) [A-Z]{{2,3}},? \(?{_AGE}(?:{_YEARS}|[MF]\b)", re.NOFLAG),
    Shape(rf"\b[A-Z]\. ?[A-Z]\.(?:\s*,\s*|\s*\(|\s+){_AGE}(?:{_YEARS}|\s*[,)](?!\s*\d))", re.NOFLAG),
)
"""Shapes that are client details wherever they occur."""
_FOLLOWED = (
    r"(?=\s*(?:[,;:.!?)\]](?!\s*\d)|[–—/]|$)|\s+(?:and|but|who|with|has|had|is|was|keeps?|came|comes|lives|feels|says|said"
    r"|refuses|wants|does|doesn't|told|just|still|never|always)\b)"
)
"""What follows a person's age; a thing that is counted does not."""
_WITH_AGE = (
    # "Sarah, 34, ...", "Sarah (34)", "Tom is 15 and ...", "Tom, 15yo", "Sarah, a 34-year-old".
    Shape(rf"\b{_NAME}\.?{_AS}{_AGE}(?:{_YEARS}\)?|{_FOLLOWED}\)?)"),
    # "Tom 3/4/85".
    Shape(rf"\b{_NAME}[\s,(–-]{{1,3}}{_DATE}"),
)
"""Shapes that are client details where `name` is a person's, or a capitalised word within a sentence."""
_WITH_NAME = (
    # "34-year-old Sarah".
    Shape(rf"\b{_AGE}[\s-]{{0,2}}(?:y(?:ea)?rs?[\s-]old|y[/.]?o\b\.?)(?: (?:client|patient|named|called)){{0,2}},? {_NAME}"),
    # "client Tom", "patient, Priya", "a woman Sarah".
    Shape(rf"\b(?:client|patient|pt|supervisee|boy|girl|man|woman|lady|teen|teenager|student),? {_NAME}", digits=False),
)
"""Shapes that are client details where `name` is surely a person's."""
_WITH_GIVEN_NAME = (
    # "a boy named Emil"; but "a therapy called Focusing".
    Shape(rf"\b(?:named|called) {_NAME}", digits=False),
)
"""Shapes that are client details where `name` is a given name."""
_WITH_SURNAME = (
    # "Hope Miller relapsed", "Will Miller won't": after a given name, and of no author.
    Shape(rf"\b{_NAME} (?=[A-Z]\w)(?:{_WORD}) {_DOES}", re.NOFLAG, digits=False),
)
"""Shapes that are client details where `name` is a given name, also one that is an English word, and capitalised."""
_WITH_CAPITAL = (
    # "Wilhelmina, my client".
    Shape(rf"\b{_NAME}, (?:my|our|a) (?:client|patient|pt|supervisee)\b", digits=False),
    # "my client Wilhelmina", "a patient called Hope".
    Shape(rf"\b(?:my|our|this|new) (?:client|patient|pt),? {_NAME}", digits=False),
    Shape(rf"\b(?:client|patient|pt)(?:'s name is| is called| is named| named| called) {_NAME}", digits=False),
    # "Wilhelmina (DOB 3/4/1985)", "Hope, born 3 April 1985": the date itself is found above.
    Shape(rf"\b{_NAME}[\s,(–-]{{1,3}}(?={_BIRTH}\b)", digits=False),
)
"""Shapes that are client details where `name` is capitalised and no word of the library."""
_CAPITALISED = re.compile(r"(?:Mc|Mac|[OD]['’])?[A-ZÀ-ÖØ-Þ][^\W\dA-Z_]*(?:['’-][^\W\d_][^\W\dA-Z_]*)*")
_SCOTTISH_OR_IRISH = re.compile(r"(?:Mc|Mac|O['’])[A-Z]")
_AFTER_SMALL_WORD = re.compile(r"(?:^|[\s(])[a-z]+ $")
_NAME_BEFORE = re.compile(rf"{_NAME}(?: (?:and|&))? $", re.IGNORECASE)
_CALENDAR = frozenset(
    """
    january february march april may june july august september october november december monday tuesday wednesday thursday
    friday saturday sunday
    """.split()
)
_OF_A_PERIOD = re.compile(r"\b(?:between|since|until|before|after|published on|through)\s$", re.IGNORECASE)
"""In front of a date that is no birthday."""
_FULL_DATE = Shape(rf"(?<![\w./-]){_DATE}(?![\w/-])")


def without_details(text: str, known: Callable[[str], bool] = lambda _: False) -> tuple[str, bool]:
    """Return a question (already clipped) without what looks like client details, and whether there was any.

    `known` returns whether the library uses a folded word: then an unusual one may be an author's name.
    """
    spans: list[tuple[int, int]] = []
    digits = any(map(str.isdigit, text))
    for pattern in _possible(_ALWAYS, digits=digits):
        spans += [match.span() for match in pattern.finditer(text)]
    for pattern in _possible((_FULL_DATE,), digits=digits):
        spans += [match.span() for match in pattern.finditer(text) if _is_birthday(match)]
    for shapes, is_one in _JUDGED:
        for match in (match for pattern in _possible(shapes, digits=digits) for match in _overlapping(pattern, text)):
            if is_one(match["name"], text[: match.start("name")], known):
                spans.append((_start_of_name(text, match.start()), match.end()))
    if not spans:
        return text, False
    parts, place = [], 0
    for start, end in sorted(spans):
        parts.append(text[place : max(place, start)])
        place = max(place, end)
    return " ".join(" ".join([*parts, text[place:]]).split()), True


def _possible(shapes: tuple[Shape, ...], *, digits: bool) -> Iterator[re.Pattern[str]]:
    """Return the shapes that a text can have at all."""
    return (_compiled(shape) for shape in shapes if digits or not shape.digits)


def _overlapping(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield every match, each looked for from the next word on: one that turns out to be none may hide one that is."""
    match = pattern.search(text)
    while match:
        yield match
        match = pattern.search(text, match.end("name") if match.start("name") == match.start() else match.end())


def _is_name(word: str, before: str, known: Callable[[str], bool]) -> bool:
    """Return whether a word is a person's name: a given name, or after one, or a capitalised word that neither English nor
    the library knows.
    """
    plain = "".join(tokens(word))
    if plain in NAMES:
        return True
    if len(word) == 1 or not _CAPITALISED.fullmatch(word):
        return len(word) == 1 and _ends_in_given_name(before)  # "Sarah M., 34"
    if plain in WORDS_TOO or _ends_in_given_name(before) or (_SCOTTISH_OR_IRISH.match(word) and not known(plain)):
        return True
    if len(word) <= MIN_NAME or known(plain) or plain in _CALENDAR or plain in STOP_WORDS | LIGHT_WORDS:
        return False
    return plain not in english()


def _is_name_with_age(word: str, before: str, known: Callable[[str], bool]) -> bool:
    """Also a capitalised word within a sentence: "with Nguyen, 22,", but not "Clinical Review, 28," or "in May, 12,"."""
    small = _AFTER_SMALL_WORD.search(before) and fold(word) not in _CALENDAR
    return _is_name(word, before, known) or (bool(small) and _may_be_name(word, before, known))


def _is_given_name(word: str, before: str, known: Callable[[str], bool]) -> bool:  # noqa: ARG001
    return "".join(tokens(word)) in NAMES


def _is_given_and_capital(word: str, before: str, known: Callable[[str], bool]) -> bool:  # noqa: ARG001
    return bool(_CAPITALISED.fullmatch(word)) and "".join(tokens(word)) in NAMES | WORDS_TOO


def _may_be_name(word: str, before: str, known: Callable[[str], bool]) -> bool:
    """Return whether a word can be a name where one is expected: also one that is an English word."""
    plain = "".join(tokens(word))
    plausible = _CAPITALISED.fullmatch(word) and not known(plain) and plain not in STOP_WORDS | LIGHT_WORDS
    return _is_name(word, before, known) or bool(plausible)


def _ends_in_given_name(before: str) -> bool:
    return _start_of_name(before, len(before)) < len(before)


def _start_of_name(text: str, start: int) -> int:
    """Return where a name begins whose last part is at `start`: "Sarah" of "Sarah Miller, 34", "Tom" of "Tom and
    Anna, 40".
    """
    before = _NAME_BEFORE.search(text[:start])
    return before.start("name") if before and fold(before["name"]) in NAMES else start


def _is_birthday(match: re.Match[str]) -> bool:
    year = next((int(match[name]) for name in ("y1", "y2", "y3", "y4") if match[name]), 9999)
    return 1900 <= year <= _LAST_YEAR_OF_BIRTH and not _OF_A_PERIOD.search(match.string[: match.start()])


_JUDGED: tuple[tuple[tuple[Shape, ...], Judge], ...] = (
    (_WITH_AGE, _is_name_with_age),
    (_WITH_NAME, _is_name),
    (_WITH_GIVEN_NAME, _is_given_name),
    (_WITH_SURNAME, _is_given_and_capital),
    (_WITH_CAPITAL, _may_be_name),
)
"""The shapes that contain a name, each with the check whether it is one."""
