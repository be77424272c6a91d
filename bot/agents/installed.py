"""Whether the extra that agents need is there."""

from __future__ import annotations

import importlib.util

from bot.errors import CommandError, how_to_install

PACKAGE = "mcp"


def check_installed() -> None:
    """Raises CommandError where the extra is not installed."""
    if importlib.util.find_spec(PACKAGE) is None:
        raise CommandError(f"agents need the package mcp: {how_to_install('mcp')}")
