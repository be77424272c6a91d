"""`pprnet new`: a month's file with every key, to be filled in."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path

from bot.corpus.described import skeleton
from bot.corpus.months import latest_month
from bot.errors import CommandError
from bot.paths import default_root
from bot.settings import Settings

EXAMPLES = """\
  pprnet new 2024-02 --into my-library"""
_BESIDE = ("topics.yaml", "lexicon.yaml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet new`."""
    parser.add_argument("month", type=_month, metavar="YYYY-MM", help="the month")
    parser.add_argument(
        "--into", type=Path, metavar="DIR", help="the library (default: PPRNET_KNOWLEDGE); created if it does not exist"
    )


def run(options: argparse.Namespace) -> int:
    """Write the file and say what comes next; the exit status is 0. Raises CommandError where there is one already."""
    in_use = Settings.from_env(os.environ).knowledge
    root: Path = options.into or in_use
    if root.resolve() == default_root().resolve():
        raise CommandError(
            "the library that comes with the bot is not changed: name a folder of your own with --into DIR or "
            "PPRNET_KNOWLEDGE"
        )
    path = root / "issues" / f"{options.month}.yaml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _create(path, skeleton(options.month).encode())
        for name in _BESIDE:
            if not (root / name).exists():
                _create(root / name, (default_root() / name).read_bytes())
    except FileExistsError as error:
        raise CommandError(f"{error.filename} already exists and was left as it is") from None
    except OSError as error:
        raise CommandError(f"{error.filename or path} cannot be written ({error.strerror})") from None
    print(f"{path} is ready. Fill it in, then run: pprnet check {path}")
    if root.resolve() == in_use.resolve():
        print("A running bot keeps the library as it was until the file has no fault, but it does not start before that.")
    return 0


def _create(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)


def _month(text: str) -> str:
    if not re.fullmatch(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a month: write it as 2024-02")
    if text > latest_month():
        raise argparse.ArgumentTypeError(f"{text} is in the future: the latest that can be is {latest_month()}")
    return text
