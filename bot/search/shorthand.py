"""What people type for whole words on a phone and in notes: "pts w/ dep sx b4 tx" is about patients."""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.search.compounds import TIMES

SHORTHAND = {
    "abt": "about",
    "abut": "about",
    "adol": "adolescent",
    "adols": "adolescents",
    "alot": "a lot",
    "anx": "anxiety",
    "approx": "about",
    "appt": "appointment",
    "appts": "appointments",
    "assoc": "association",
    "avg": "average",
    "b4": "before",
    "bc": "because",
    "bcs": "because",
    "bf": "boyfriend",
    "bn": "been",
    "btw": "between",
    "cld": "could",
    "clin": "clinical",
    "clint": "client",
    "clnt": "client",
    "clnts": "clients",
    "clt": "client",
    "clts": "clients",
    "cn": "can",
    "cont ed": "continuing education",
    "coud": "could",
    "cts": "clients",
    "cuz": "because",
    "dep": "depression",
    "depr": "depression",
    "diff": "different",
    "dr": "doctor",
    "dx": "diagnosis",
    "drp": "drop",
    "emo": "emotional",
    "eval": "evaluation",
    "evry": "every",
    "f2f": "face to face",
    "gd": "good",
    "gf": "girlfriend",
    "gonna": "going to",
    "grp": "group",
    "hav": "have",
    "hosp": "hospital",
    "hr": "hour",
    "hrs": "hours",
    "hw": "homework",
    "hx": "history",
    "indiv": "individual",
    "inpt": "inpatient",
    "jus": "just",
    "meds": "medication",
    "mgmt": "management",
    "mgr": "manager",
    "mh": "mental health",
    "mins": "minutes",
    "mos": "months",
    "msg": "message",
    "mth": "month",
    "mths": "months",
    "neg": "negative",
    "nxt": "next",
    "outpt": "outpatient",
    "pct": "percent",
    "ppl": "people",
    "prob": "problem",
    "probs": "problems",
    "psych": "psychology",
    "psychs": "psychologists",
    "pt": "patient",
    "pts": "patients",
    "qs": "questions",
    "realy": "really",
    "rx": "prescription",
    "sesh": "session",
    "sess": "session",
    "shd": "should",
    "shld": "should",
    "shoud": "should",
    "smn": "someone",
    "smth": "something",
    "srsly": "seriously",
    "sth": "something",
    "sups": "supervisors",
    "supv": "supervision",
    "sx": "symptoms",
    "sympt": "symptom",
    "sympts": "symptoms",
    "teh": "the",
    "th": "the",
    "tho": "though",
    "thpy": "therapy",
    "thru": "through",
    "tht": "that",
    "thx": "thanks",
    "tmr": "tomorrow",
    "tmrw": "tomorrow",
    "tx": "therapy",
    "txs": "therapies",
    "u": "you",
    "ur": "your",
    "w": "with",
    "w/": "with",
    "w/o": "without",
    "wanna": "want to",
    "wat": "what",
    "wd": "would",
    "whn": "when",
    "wht": "what",
    "wk": "week",
    "wknd": "weekend",
    "wks": "weeks",
    "wld": "would",
    "wmn": "women",
    "wrk": "work",
    "wo": "without",
    "woud": "would",
    "wth": "with",
    "yng": "young",
    "yo": "year old",
    "yr": "year",
    "yrs": "years",
}
"""Shorthand of notes and phones. Terms of the field ("CBT", "PTSD") are abbreviations of the lexicon instead."""
_SLASHED = re.compile(r"(?<![\w.])w/o?(?!\w)", re.IGNORECASE)
_WORD = re.compile(r"(?<![\w.])(?:cont ed|w/o?|[a-z0-9]+)(?![\w])")
# "alliance in cbt 4 depression", "waited 2 long": not before a plural, which would be counted ("2 sessions").
_NUMBER = re.compile(r"\b([a-z]+) ([24])(?= (?!\w+s\b)[a-z])")
_SAID = {"2": "to", "4": "for"}
_CONTRACTED = re.compile(r"\b(s?he)'?s\b")
_EMPHASIS = re.compile(r"\b(every|each|any) single\b")
"""Not a term that begins with "single": "every single session" is every session, not single session therapy."""


def spelled_out(folded: str, but: Collection[str] = ()) -> str:
    """Return a folded text with its shorthand written out, `but` for these words."""
    if "hes" in folded or "he's" in folded:  # plain words are found much faster
        folded = _CONTRACTED.sub(r"\1 is", folded)
    if " single" in folded:
        folded = _EMPHASIS.sub(r"\1", folded)
    folded = _WORD.sub(lambda match: match[0] if match[0] in but else SHORTHAND.get(match[0], match[0]), folded)
    return _NUMBER.sub(_said, folded) if " 2 " in folded or " 4 " in folded else folded


def unslashed(text: str) -> str:
    """Return a text with "w/" and "w/o" as words: nothing else is left of them once it is split into words."""
    return _SLASHED.sub(lambda match: SHORTHAND[match[0].lower()], text) if "/" in text else text


def _said(match: re.Match[str]) -> str:
    """Return a word and the number after it as said: "cbt for", but "session 4"."""
    return match[0] if match[1] in TIMES else f"{match[1]} {_SAID[match[2]]}"
