"""`pprnet export`: a month for people without Slack, as a feed, a page or a mail."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from bot.cli.library import library, month_in
from bot.cli.loading import with_notices
from bot.errors import CommandError
from bot.export.article import Month, month_of
from bot.export.feed import feed
from bot.export.html import page
from bot.export.mail import mail
from bot.settings import Settings

EXAMPLES = """\
  pprnet export --month 2023-12 --as html --out december.html
  pprnet export --as feed --out /var/www/pprnet.xml
  pprnet export --as mail --out month.eml"""
FORMS: dict[str, Callable[[Month], str | bytes]] = {"feed": feed, "html": page, "mail": mail}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet export`."""
    parser.add_argument("--month", metavar="MONTH", help="YYYY-MM of the library in use, or a month's file; else the newest")
    parser.add_argument("--as", dest="form", choices=[*FORMS], required=True, help="an Atom feed, a page or a mail (.eml)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write it into this file instead of to standard output")


def run(options: argparse.Namespace) -> int:
    """Write the month; the exit status is 0. Raises CommandError where there is none, or it cannot be written."""
    settings = Settings.from_env(os.environ)
    name = options.month or _newest(settings)
    found, issue = month_in(name, settings.knowledge)
    corpus = with_notices(found.sound, settings)
    made = FORMS[options.form](month_of(corpus.issue(issue.month) or issue, corpus))
    content = made if isinstance(made, bytes) else made.encode("utf-8")
    if options.out is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        return 0
    try:
        options.out.write_bytes(content)
    except OSError as error:
        raise CommandError(f"{options.out} cannot be written ({error.strerror})") from None
    print(f"Written: {options.out}")
    return 0


def _newest(settings: Settings) -> str:
    issues = library(settings.knowledge, settings.knowledge).sound.issues
    if not issues:
        raise CommandError("the library has no month yet, so there is nothing to export")
    return issues[0].month
