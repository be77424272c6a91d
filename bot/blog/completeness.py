"""Whether a month is complete: the blog's line "This month I blog about a, b, and c" compared with the entries. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.blog.page import Entry
from bot.search.text import stem, tokens
from bot.text import plural

_AND = re.compile(r",? and (?!colleagues\b)")
# Words that occur in any entry of this blog, so they distinguish none.
_COMMON = frozenset(
    """a about after among an and are as at be between by can do does effect effects for from has have how impact in into is
    it its new of on or over patient patients client clients psychological psychotherapeutic psychotherapies psychotherapy
    psychotherapist psychotherapists research role some studies study that the their them therapeutic therapies therapist
    therapists therapy these this to treatment treatments use using versus vs way ways what when which who why with work
    working""".split()
)
_ENOUGH = 0.5
"""The share of a subject's distinguishing words that an entry must contain."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """`subjects` as the line names them. `reason` is a sentence on why the month is not complete; None: it is complete."""

    subjects: tuple[str, ...]
    reason: str | None

    @property
    def whole(self) -> bool:
        """Return whether every subject has its own entry, and every entry its own subject."""
        return self.reason is None


def check_completeness(about: str, entries: Sequence[Entry]) -> Completeness:
    """Compare the line `about` with the entries of the newest month."""
    readings = subjects_of(about)
    fullest = max(readings, key=len, default=())
    if not fullest:
        return Completeness((), "The page does not say what the month is about.")
    best = _assigned(fullest, entries)
    if len(fullest) != len(entries):
        has = f"The blog announces {plural(len(fullest), 'subject')} but shows {plural(len(entries), 'summary')}."
        doubt = " Its announcement can be read in two ways." if len(entries) in map(len, readings) else ""
        return Completeness(fullest, f"{has}{doubt}")
    if best < len(fullest):
        matched = f"Only {best}" if best else "None"
        reason = f"{matched} of the {len(fullest)} subjects that the blog announces fits a summary on its page."
        one = "The subject that the blog announces does not fit the summary on its page."
        return Completeness(fullest, reason if len(fullest) > 1 else one)
    return Completeness(fullest, None)


def subjects_of(about: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways to read a list like "a, b, and c": one, or two where an "and" may join two subjects or be part of
    one.
    """
    parts = [part.strip(" .;…") for part in re.split(r"[,;] ", about)]
    parts = [part.removeprefix("and ").strip() for part in parts if part]
    if not parts:
        return ()
    if re.search(r"[,;] and ", about):
        return (tuple(parts),)
    found = list(_AND.finditer(parts[-1]))
    if not found:
        return (tuple(parts),)
    match = found[-1]
    split = (*parts[:-1], parts[-1][: match.start()].strip(), parts[-1][match.end() :].strip())
    return (tuple(parts), tuple(part for part in split if part))


def _assigned(subjects: Sequence[str], entries: Sequence[Entry]) -> int:
    """Return how many subjects can each have an entry of their own (augmenting paths; a month has a handful)."""
    fits = [[_fits(subject, entry) for entry in entries] for subject in subjects]
    taken: dict[int, int] = {}

    def place(subject: int, tried: set[int]) -> bool:
        for entry, fit in enumerate(fits[subject]):
            if fit and entry not in tried:
                tried.add(entry)
                if entry not in taken or place(taken[entry], tried):
                    taken[entry] = subject
                    return True
        return False

    return sum(place(subject, set()) for subject in range(len(subjects)))


def _fits(subject: str, entry: Entry) -> bool:
    """Return whether an entry contains at least half of a subject's distinguishing words."""
    words = [word for word in tokens(subject[:500]) if len(word) > 1]
    wanted = {stem(word) for word in words if word not in _COMMON} or {stem(word) for word in words}
    said = {stem(word) for word in tokens(" ".join((entry.title, *entry.paragraphs, entry.citation or "")))}
    found = sum(any(_alike(word, other) for other in said) for word in wanted)
    return bool(wanted) and found >= _ENOUGH * len(wanted)


def _alike(word: str, other: str) -> bool:
    """Return whether two stems are equal or forms of one word: empathi(c) and empathy."""
    return word == other or (min(len(word), len(other)) >= 5 and word[:5] == other[:5] and abs(len(word) - len(other)) <= 3)
