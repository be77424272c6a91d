"""Arguments that several subcommands take."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence


def port(value: str) -> int:
    """Read a port. Raises argparse.ArgumentTypeError."""
    if not value.isdigit() or not 0 <= int(value) <= 65535:
        raise argparse.ArgumentTypeError(f"{value!r} is not a port (0 to 65535)")
    return int(value)


def joined(words: Sequence[str]) -> str:
    """Join words as they were typed; bytes that are not UTF-8 become "\N{REPLACEMENT CHARACTER}"."""
    return os.fsencode(" ".join(words)).decode("utf-8", "replace")
