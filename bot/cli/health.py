"""`pprnet health`: how the bot is that runs on this host."""

from __future__ import annotations

import argparse
import os

from bot.cli.arguments import add_json, port, print_json
from bot.cli.running import address_of, answer_at
from bot.cli.wrapping import print_line
from bot.settings import Settings

EXAMPLES = """\
  pprnet health
  pprnet health --ready     what a container's health check asks"""


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
    address = address_of(Settings.from_env(os.environ).host, options.port, page)
    answer = answer_at(address) or {"status": "trouble", "troubles": [_silent(address)]}
    if options.json:
        print_json(answer)
    else:
        for trouble in answer["troubles"] or ["all is well"]:
            print_line(trouble, indent="  ")
    return 1 if answer["troubles"] else 0


def _silent(address: str) -> str:
    """Return the trouble where nobody answers."""
    return (
        f"nothing answers at {address} as the bot does: does `pprnet serve` run, and on this port? Its log says why it "
        "ended (with systemd: journalctl -u pprnet -n 20)"
    )
