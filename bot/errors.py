"""Failures that are expected: each carries a sentence for the person who sees it."""

from __future__ import annotations


class CommandError(Exception):
    """An expected failure: its sentence is printed, and the command ends with status 2."""
