"""`pprnet playground`: the bot in a local Slack, in the browser."""

from __future__ import annotations

import argparse
import asyncio
import errno
import os
from pathlib import Path

from bot import logs
from bot.cli.arguments import port
from bot.cli.library import month_in
from bot.corpus.load import examine
from bot.errors import CommandError
from bot.paths import default_root
from bot.playground.desktop import has_desktop
from bot.playground.months import Preview
from bot.playground.run import play
from bot.text import plural

EXAMPLES = """\
  pprnet playground
  pprnet playground --knowledge my-library
  pprnet playground --preview my-library/issues/2024-02.yaml
  pprnet playground --port 8080 --no-browser"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet playground`."""
    parser.add_argument("--port", type=port, default=3100, help="port of the page on this machine (default: 3100)")
    parser.add_argument("--knowledge", type=Path, metavar="DIR", help="a library of your own (default: PPRNet's)")
    parser.add_argument(
        "--preview",
        metavar="MONTH",
        help="see this month arrive (YYYY-MM of the library, or a month's file) after those before it",
    )
    parser.add_argument("--no-browser", action="store_true", help="print the address and open nothing")


def checked(folder: Path) -> Path:
    """Return a corpus's folder that the bot can start with. Raises CommandError with its faults."""
    _, faults = examine(folder)
    if faults:
        first = "".join(f"\n  {fault}" for fault in faults[:5])
        raise CommandError(f"{folder}: the library has {plural(len(faults), 'fault')} (pprnet check lists them all):{first}")
    return folder


def previewed(name: str, in_use: Path) -> tuple[Path, Preview]:
    """Return the corpus and the month that is to come after those before it. Raises CommandError."""
    found, issue = month_in(name, in_use)
    checked(found.root)
    if issue.month <= min(each.month for each in found.corpus.issues):
        raise CommandError(f"{found.root} has no month before {issue.month}: the playground needs one to begin with")
    return found.root, Preview(issue.month, found.content(issue.month))


def run(options: argparse.Namespace) -> int:
    """Run the playground until it is stopped; the exit status is 0. Raises CommandError."""
    logs.configure("warning")
    open_browser = not options.no_browser and has_desktop(os.environ)
    ready = "The playground is at {} (open it in your browser; Ctrl-C ends it)"
    source = checked(options.knowledge) if options.knowledge else None
    preview = None
    if options.preview:
        source, preview = previewed(options.preview, source or default_root())
    try:
        asyncio.run(
            play(
                options.port,
                lambda address: print(ready.format(address), flush=True),
                open_browser=open_browser,
                source=source,
                preview=preview,
            )
        )
    except OSError as error:
        reason = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise CommandError(f"port {options.port} {reason}: choose another with --port") from None
    return 0
