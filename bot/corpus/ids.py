"""Ids of summaries: made of the title once, never changed. Pure."""

from __future__ import annotations

import hashlib
import re

from bot.text import fold, normalised

_SLUG = 80


def slug_of(title: str) -> str:
    slug = "-".join(re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", fold(title[:300]))))
    return slug if len(slug) <= _SLUG else slug[: _SLUG + 1].rpartition("-")[0] or slug[:_SLUG]


def id_for(title: str, month: str, taken: set[str]) -> str:
    """Return a stable id: the title's words, cut at a word; with the month where another summary has that id already."""
    slug = slug_of(title)
    mark = hashlib.sha256(normalised(title).encode()).hexdigest()[:8]
    candidates = (slug, f"{slug}-{month}", f"{slug}-{mark}") if slug else (f"summary-{mark}", f"summary-{month}-{mark}")
    return next((each for each in candidates if each not in taken), f"{candidates[0]}-{month}-{mark}")
