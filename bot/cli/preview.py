"""`pprnet preview`: a month as the channel will see it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from bot.cli.arguments import add_json, print_json
from bot.cli.library import month_in
from bot.cli.loading import with_notices
from bot.cli.wrapping import wrap
from bot.corpus.model import Issue
from bot.errors import CommandError
from bot.publishing.months import UnpostableError
from bot.server.messages import render
from bot.settings import Settings

EXAMPLES = """\
  pprnet preview 2023-12
  pprnet preview my-library/issues/2024-02.yaml"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet preview`."""
    parser.add_argument("month", metavar="MONTH", help="YYYY-MM of the library in use, or a month's file")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Show a month; the exit status is 0. Raises CommandError where there is none, or its file has faults."""
    settings = Settings.from_env(os.environ)
    found, issue = month_in(options.month, settings.knowledge)
    show(with_notices(found.sound, settings).issue(issue.month) or issue, as_json=options.json)
    return 0


def show(issue: Issue, *, as_json: bool) -> None:
    """Print a month's messages, as they are read in the channel or as they are sent. Raises CommandError."""
    if as_json:
        print_json({"month": issue.month, "messages": _payloads(issue)})
    else:
        print("\n\n".join(shown(issue)))


def shown(issue: Issue) -> Iterator[str]:
    """Yield a month's messages as they are read in the channel, with their buttons. Raises CommandError."""
    messages = _payloads(issue)
    for place, payload in enumerate(messages):
        where = f"in its thread, {place} of {len(messages) - 1}" if place else "in the channel"
        text = unescape(str(payload["text"])).split("\n")
        lines = [wrap(line, first="", indent="  " if line.startswith("• ") else "") for line in text]
        buttons = " ".join(f"[{label}]" for label in _buttons(payload["blocks"]))
        yield "\n".join([f"--- {where} ---", *lines, *filter(None, [buttons])])
    yield "Nothing was sent."


def _payloads(issue: Issue) -> list[Mapping[str, Any]]:
    try:
        return [message.payload for message in render(issue)]
    except UnpostableError as error:
        raise CommandError(str(error)) from None


def _buttons(value: Any) -> Iterator[str]:
    """Yield the labels of the buttons in blocks, each label once in a row."""
    found = [*_all_buttons(value)]
    yield from (label for at, label in enumerate(found) if at == 0 or found[at - 1] != label)


def _all_buttons(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _all_buttons(each)
    elif isinstance(value, dict):
        if value.get("type") == "button":
            yield str(value["text"]["text"])
        for each in value.values():
            yield from _all_buttons(each)
