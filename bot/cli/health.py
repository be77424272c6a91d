"""`pprnet health`: how the bot is that runs on this host."""

from __future__ import annotations

import argparse
import json
import os
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from bot.cli.arguments import add_json, port, print_json
from bot.cli.wrapping import print_line
from bot.settings import Settings

EXAMPLES = """\
  pprnet health
  pprnet health --ready     what a container's health check asks"""

_WAIT = 10.0
"""Seconds: /health itself waits five for the database."""
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  (what the bot listens on, not we)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet health`."""
    parser.add_argument("--port", type=port, default=3000, help="port of the running bot (default: 3000)")
    page = parser.add_mutually_exclusive_group()
    page.add_argument("--ready", action="store_true", help="ask only whether it can answer Slack (/ready)")
    page.add_argument("--live", action="store_true", help="ask only whether the process works (/live)")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print how the bot is; the exit status is 0 where all is well, else 1."""
    page = "ready" if options.ready else "live" if options.live else "health"
    host = Settings.from_env(os.environ).host
    host = _EVERYWHERE.get(host, f"[{host}]" if ":" in host else host)
    answer = _ask(f"http://{host}:{options.port}/{page}")
    if options.json:
        print_json(answer)
    else:
        for trouble in answer["troubles"] or ["all is well"]:
            print_line(trouble, indent="  ")
    return 1 if answer["troubles"] else 0


def _ask(address: str) -> dict[str, Any]:
    """Return what the page says; a trouble of our own where nobody answers as the bot does."""
    opener = build_opener(ProxyHandler({}))  # it is on this host
    try:
        try:
            with opener.open(address, timeout=_WAIT) as response:
                found = json.load(response)
        except HTTPError as error:
            found = json.load(error)
    except (URLError, HTTPException, OSError, ValueError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("troubles"), list):
        return {"status": "trouble", "troubles": [f"nothing answers at {address} as the bot does: does `pprnet serve` run?"]}
    return found
