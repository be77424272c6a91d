"""Inputs made to be slow: what a search must take within 50 ms and in the same memory, however long they are."""

from __future__ import annotations

import random
import string


def _unknown(count: int, length: int) -> str:
    """Words that nobody knows, each of its own."""
    chance = random.Random(5)
    return " ".join("".join(chance.choices(string.ascii_lowercase, k=length)) for _ in range(count))


WORST = {
    "nothing": "",
    "one word of 10,000 characters": "a" * 10_000,
    "10,000 characters of one word": "alliance " * 1_111,
    "5,000 unknown words": _unknown(5_000, 9),
    "5,000 unknown words of 14 letters": _unknown(5_000, 14),
    "5,000 unknown words of 4 letters": _unknown(5_000, 4),
    "a sentence a word": "alliance. rupture. therapist. client. " * 300,
    "U+FDFA 10,000 times": "\ufdfa" * 10_000,
    "10,000 combining marks": "e" + "\u0301" * 10_000,
    "combining marks between letters": "a\u0301\u0327l\u0301\u0327" * 2_500,
    "lone surrogates": "\ud800 alliance \udfff" * 1_000,
    "NUL": "\0alliance\0" * 1_000,
    "full-width letters": "\uff41\uff4c\uff4c\uff49\uff41\uff4e\uff43\uff45 " * 1_200,
    "emoji": "\U0001f642" * 10_000,
    "10,000 spaces": " " * 10_000 + "alliance",
    "10,000 apostrophes": "'" * 10_000,
    "letters and apostrophes": "a'" * 5_000,
    "numbers with commas": "1,234," * 1_700,
    "one endless number": "9" * 10_000,
    "decimal points": ".1" * 5_000,
    "hyphens": "self-" * 2_000,
    "months": "september 2022 " * 700,
    "years": "2022/ " * 1_700,
    "capitals": "ACT CBT CI ES " * 700,
    "every second word a phrase": "working alliance drop out premature termination " * 200,
    "a million characters": "alliance rupture " * 60_000,
}
"""By what they are."""
