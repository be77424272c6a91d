"""What people type for whole words on a phone and in notes: "pts w/ dep sx b4 tx" is about patients."""

from __future__ import annotations

import re

from bot.search.compounds import TIMES

SHORTHAND = {
    "abt": "about",
    "appt": "appointment",
    "appts": "appointments",
    "b4": "before",
    "bc": "because",
    "bcs": "because",
    "btw": "between",
    "cld": "could",
    "clt": "client",
    "clts": "clients",
    "cont ed": "continuing education",
    "cuz": "because",
    "diff": "different",
    "dr": "doctor",
    "dx": "diagnosis",
    "f2f": "face to face",
    "gd": "good",
    "gonna": "going to",
    "hrs": "hours",
    "hx": "history",
    "meds": "medication",
    "mh": "mental health",
    "mins": "minutes",
    "pct": "percent",
    "ppl": "people",
    "prob": "problem",
    "probs": "problems",
    "pt": "patient",
    "pts": "patients",
    "rx": "prescription",
    "sess": "session",
    "shld": "should",
    "sx": "symptoms",
    "tho": "though",
    "teh": "the",
    "th": "the",
    "thru": "through",
    "tht": "that",
    "tx": "therapy",
    "txs": "therapies",
    "u": "you",
    "ur": "your",
    "w/": "with",
    "w/o": "without",
    "wanna": "want to",
    "wat": "what",
    "wht": "what",
    "wk": "week",
    "wks": "weeks",
    "wld": "would",
    "wo": "without",
    "wth": "with",
    "yr": "year",
    "yrs": "years",
}
"""Shorthand of notes and phones. Terms of the field ("CBT", "PTSD") are abbreviations of the lexicon instead."""
_WORD = re.compile(r"(?<![\w.])(?:cont ed|w/o?|[a-z0-9]+)(?![\w])")
# "alliance in cbt 4 depression", "waited 2 long": not before a plural, which would be counted ("2 sessions").
_NUMBER = re.compile(r"\b([a-z]+) ([24])(?= (?!\w+s\b)[a-z])")
_SAID = {"2": "to", "4": "for"}


def spelled_out(folded: str) -> str:
    """Return a folded text with its shorthand written out."""
    folded = _WORD.sub(lambda match: SHORTHAND.get(match[0], match[0]), folded)
    return _NUMBER.sub(_said, folded)


def _said(match: re.Match[str]) -> str:
    """Return a word and the number after it as said: "cbt for", but "session 4"."""
    return match[0] if match[1] in TIMES else f"{match[1]} {_SAID[match[2]]}"
