"""What `pprnet doctor` finds: one line for each check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check, with what to do about it where it is not ok."""

    check: str
    state: State
    said: str
    advice: str = ""


def ok(check: str, said: str) -> Finding:
    """Return that all is well."""
    return Finding(check, "ok", said)


def warning(check: str, said: str, advice: str = "") -> Finding:
    """Return that the bot runs, though something may be wrong."""
    return Finding(check, "warning", said, advice)


def error(check: str, said: str, advice: str = "") -> Finding:
    """Return that the bot, or a part of it, cannot work."""
    return Finding(check, "error", said, advice)
