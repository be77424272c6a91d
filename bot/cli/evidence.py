"""`pprnet evidence`: the printed effect sizes on a topic, and a picture of them."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from bot.cli.arguments import add_json, joined, print_json
from bot.cli.loading import load_engine
from bot.cli.text import effect_sizes
from bot.cli.wrapping import wrap
from bot.errors import CommandError, how_to_install
from bot.evidence import words
from bot.evidence.choose import choose
from bot.evidence.pictures import drawable
from bot.evidence.table import Evidence
from bot.safety.crisis import NO_EMERGENCY, speaks_of_danger
from bot.settings import Settings

EXAMPLES = """\
  pprnet evidence empathy
  pprnet evidence video therapy -o video.png
  pprnet evidence --json empathy"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet evidence`."""
    parser.add_argument("words", nargs="+", help="a topic, or words to search")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="draw them into this file (.png)")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print the effect sizes; the exit status is 1 where none is about the words. Raises CommandError."""
    if options.output:
        _check(options.output)
    settings, asked = Settings.from_env(os.environ), joined(options.words)
    found = choose(asked, load_engine(settings)) or Evidence(None, ())
    if danger := speaks_of_danger(asked) and not options.json:
        print(wrap(settings.crisis_line or NO_EMERGENCY) + "\n" * bool(found.count))
    if options.output and found.count:
        _draw(found, options.output)  # First, so that a failure is not below fifty lines of text.
    if options.json:
        print_json(words.as_json(found))
    elif found.count or (found.others and not danger):
        print(effect_sizes(words.plain(found)))
    elif not danger:
        reason = "that fits states an effect size" if found.unstated else "fits"
        print(f"No summary in the library {reason}. pprnet ask searches everything in it.")
    if options.output and found.count and not options.json:
        print(f"\nDrawn: {options.output}")
    return 0 if found.count else 1


def _check(output: Path) -> None:
    if output.suffix.lower() != ".png":
        raise CommandError(f"{output} does not end in .png: the picture is a PNG file")
    if not drawable():
        raise CommandError(f"pictures need matplotlib: {how_to_install('pictures')}")


def _draw(found: Evidence, output: Path) -> None:
    os.environ.pop("MPLBACKEND", None)  # a notebook's, which matplotlib outside of it refuses to start with
    from bot.evidence.drawing import png  # matplotlib is optional and slow to import
    from bot.evidence.sheet import sheet

    try:
        output.write_bytes(png(sheet(found)))
    except OSError as error:
        raise CommandError(f"{output} cannot be written ({error.strerror})") from None
