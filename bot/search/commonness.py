"""How common words are in everyday English: a word that everyone says all day shows little of what a question is about.

The counts are those of pyspellchecker's list, mostly of film subtitles: people talking.
"""

from __future__ import annotations

import math

from bot.search.english import english

RARE = 3.5
"""Decimal logarithm of the count up to which a word is rare ("rupture" 3.3, "empathy" 3.3; "alliance" 4.1, "person" 5.6)."""


def commonness(word: str) -> float:
    """Return how common a folded word is: 0 for a rare or unknown one, 1 for one ten times as common, up to about 4
    ("the").
    """
    return max(0.0, math.log10(max(english().count(word), 1)) - RARE)
