"""Whether the extra that agents need is there."""

from __future__ import annotations

import importlib.util

from bot.errors import CommandError

PACKAGE = "mcp"


def check_installed() -> None:
    """Raises CommandError where the extra is not installed."""
    if importlib.util.find_spec(PACKAGE) is None:
        raise CommandError("agents need the package mcp: pip install 'pprnet-bot[mcp]', or '.[mcp]' in a checkout")
