"""The authors whom a text names where it prints no citation: "Roe and colleagues", "Roe and Doe". Pure."""

from __future__ import annotations

import re

from bot.extraction.study_text import COLLEAGUES, NAME, StudyText, introduces

_NAMED = re.compile(rf"\b(?P<first>{NAME}) (?:(?:and|&) (?:{COLLEAGUES}|(?P<second>{NAME}))|et al\.)")
_NO_NAMES = frozenset(
    """alliance american anxiety australia body canada canadian clients cognitive depression distress europe feedback group
    in interpersonal parents patients psychotherapy research sadness students supportive teachers the therapists therapy this
    trainees treatment united women men""".split()
)
"""What may be joined by "and" with a capital letter."""


def read_authors(text: StudyText) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the surnames in the sentence that introduces the study, and that sentence; nothing where it names others too,
    or another sentence about the study does.
    """
    for sentence in filter(introduces, text.own[:3]):
        named = [*_NAMED.finditer(sentence)]
        if not named:
            continue
        names = tuple(name for name in (named[0]["first"], named[0]["second"]) if name)
        all_named = {match["first"] for own in text.own for match in _NAMED.finditer(own)}
        sure = len(named) == 1 and all_named == {names[0]}
        odd = any(name.lower() in _NO_NAMES or name.isupper() for name in names)
        return (names, (sentence,)) if sure and not odd else ((), ())
    return (), ()
