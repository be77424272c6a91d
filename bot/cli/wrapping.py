"""Lines as wide as the terminal."""

from __future__ import annotations

import shutil
import sys
import textwrap

from bot.text import clean

NARROWEST, WIDEST = 40, 100


def wrap(text: str, *, first: str | None = None, indent: str = "") -> str:
    """Break a text into lines as wide as the terminal."""
    width = min(WIDEST, max(NARROWEST, shutil.get_terminal_size((88, 24)).columns - 2))
    return textwrap.fill(
        clean(text),
        width,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def print_line(text: str, *, first: str = "", indent: str = "") -> None:
    """Print a line: as wide as the terminal, or whole where a file or a program takes it."""
    print(wrap(text, first=first, indent=indent) if sys.stdout.isatty() else f"{first}{text}")
