"""Whether a month is whole: the blog's line "This month I blog about a, b, and c" held against the entries found. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.blog.pages import Entry
from bot.search.text import stem, tokens

_AND = re.compile(r",? and (?!colleagues\b)")
# Words that stand in any entry of this blog and so tell none from another.
_COMMON = frozenset(
    """a about after among an and are as at be between by can do does effect effects for from has have how impact in into is
    it its new of on or over patient patients client clients psychological psychotherapeutic psychotherapies psychotherapy
    psychotherapist psychotherapists research role some studies study that the their them therapeutic therapies therapist
    therapists therapy these this to treatment treatments use using versus vs way ways what when which who why with work
    working""".split()
)
_ENOUGH = 0.5
"""The share of a subject's telling words that an entry must hold."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """`subjects` as the line names them. `reason` says why the month is not whole, in a sentence; None: it is whole."""

    subjects: tuple[str, ...]
    reason: str | None

    @property
    def whole(self) -> bool:
        """Whether every subject has its own entry, and every entry its own subject."""
        return self.reason is None


def judge(about: str, entries: Sequence[Entry]) -> Judgement:
    """Hold the line against the entries of the newest month."""
    readings = subjects_of(about)
    fullest = max(readings, key=len, default=())
    if not fullest:
        return Judgement((), "The page does not say what the month is about.")
    best = _assigned(fullest, entries)
    if len(fullest) != len(entries):
        named = f"{len(fullest)} subject{'s' if len(fullest) != 1 else ''} named, {len(entries)} found"
        doubt = " (the line can be read in two ways)" if len(entries) in map(len, readings) else ""
        return Judgement(fullest, f"{named}{doubt}.")
    if best < len(fullest):
        return Judgement(fullest, f"Only {best} of the {len(fullest)} subjects named can be told among the entries.")
    return Judgement(fullest, None)


def subjects_of(about: str) -> tuple[tuple[str, ...], ...]:
    """The ways to read a list like "a, b, and c": one, or two where an "and" may join two subjects or stand inside one."""
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
    """How many subjects can each have an entry of their own (augmenting paths; a month has a handful)."""
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
    """Whether an entry holds half of a subject's telling words, or more."""
    words = [word for word in tokens(subject[:500]) if len(word) > 1]
    wanted = {stem(word) for word in words if word not in _COMMON} or {stem(word) for word in words}
    said = {stem(word) for word in tokens(" ".join((entry.title, *entry.paragraphs, entry.citation or "")))}
    found = sum(any(_alike(word, other) for other in said) for word in wanted)
    return bool(wanted) and found >= _ENOUGH * len(wanted)


def _alike(word: str, other: str) -> bool:
    """Equal, or one stem in another form: empathi(c) and empathy."""
    return word == other or (min(len(word), len(other)) >= 5 and word[:5] == other[:5] and abs(len(word) - len(other)) <= 3)
