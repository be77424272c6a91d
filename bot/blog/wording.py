"""Wordings as a recipe writes them: "I [blog|write] about" is two. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product

MAX_WORDINGS = 500
"""Wordings that one line of a recipe may mean."""
_CHOICE = re.compile(r"\[([^\[\]]*)\]")


def wordings(text: str) -> tuple[str, ...]:
    """Return every wording of a text whose brackets list alternatives; one of them may be nothing. Raises ValueError where
    a bracket is not closed, or where there are too many.
    """
    pieces = _CHOICE.split(text)
    if any("[" in piece or "]" in piece for piece in pieces):
        raise ValueError("has a bracket without its other half: write alternatives like [blog|write]")
    choices = [piece.split("|") if at % 2 else [piece] for at, piece in enumerate(pieces)]
    count = 1
    for each in choices:
        count *= len(each)
    if count > MAX_WORDINGS:
        raise ValueError(f"means {count:,} wordings, at most {MAX_WORDINGS} are read")
    return tuple(dict.fromkeys(" ".join("".join(chosen).split()) for chosen in product(*choices)))


@lru_cache(maxsize=64)
def phrase(texts: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds any of these wordings in a line, as whole words in small or large letters."""
    alternatives = "|".join(" ".join(map(re.escape, text.split())) for text in texts)
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE)
