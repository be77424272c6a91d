"""Patterns made of lists of words, so that the lists can be read."""

from __future__ import annotations

HYPHEN = r"[-‐‑\s]?"
"""What may part "meta" and "analysis"."""


def any_of(words: str) -> str:
    """Return a pattern for any of these words or patterns, which spaces part; an underscore is a space within one."""
    return f"(?:{'|'.join(word.replace('_', ' ') for word in words.split())})"
