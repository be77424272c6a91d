"""Paths of a command's line that its user may not look at: the service's user, where root runs a command as the service."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.access import AccessProblem, access_problem


def closed_path(words: Sequence[str], error: PermissionError) -> AccessProblem | None:
    """Return which path that was named, or in one that was named, cannot be looked at; None where the error has another
    cause, which is a fault of this program.
    """
    named = [Path(word.rpartition("=")[2]).expanduser().absolute() for word in words if word]
    within = Path(error.filename).absolute() if isinstance(error.filename, str) else None
    inside = [within] if within and any(within.is_relative_to(each) for each in named) else []
    return next(filter(None, map(access_problem, [*named, *inside])), None)
