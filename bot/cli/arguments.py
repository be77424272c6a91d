"""Arguments that several subcommands take."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from typing import Any, Protocol


def port(value: str) -> int:
    """Read a port. Raises argparse.ArgumentTypeError."""
    if not value.isdigit() or not 0 <= int(value) <= 65535:
        raise argparse.ArgumentTypeError(f"{value!r} is not a port (0 to 65535)")
    return int(value)


class TakesArguments(Protocol):
    """A parser, or a group of arguments that exclude each other."""

    def add_argument(self, *names: str, action: str, help: str) -> argparse.Action:
        """Declare an argument."""


def add_json(parser: TakesArguments) -> None:
    """Declare `--json`."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def print_json(found: Any) -> None:
    """Print an object for another program, in one line and at once."""
    print(json.dumps(found), flush=True)


def joined(words: Sequence[str]) -> str:
    """Join words as they were typed; bytes that are not UTF-8 become "\N{REPLACEMENT CHARACTER}"."""
    return os.fsencode(" ".join(words)).decode("utf-8", "replace")
