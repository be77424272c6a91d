"""`pprnet invite`: an operator invites a workspace to an installation for many."""

from __future__ import annotations

import argparse
import asyncio

from bot.cli.arguments import add_json, print_json
from bot.cli.directory import opened, settings_for_many
from bot.cli.wrapping import print_line
from bot.errors import CommandError
from bot.settings import Settings
from bot.text import clean
from bot.workspaces.invitations import invite

EXAMPLES = """\
  pprnet invite --for "Riverside Clinic\""""

LONGEST = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet invite`."""
    parser.add_argument("--for", dest="name", metavar="NAME", required=True, help="whom it is for, as `workspaces` lists it")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print the link; the exit status is 0. Raises CommandError."""
    name = clean(options.name)
    address = asyncio.run(link(settings_for_many(), name))
    if options.json:
        print_json({"for": name, "link": address})
        return 0
    print(f"{address}\n")
    print_line(
        f"For {name}: whoever may install apps there opens it, within seven days. It is good once. Send it as you would "
        "send a password."
    )
    return 0


async def link(settings: Settings, name: str) -> str:
    """Store an invitation and return its link. Raises CommandError."""
    if not 1 <= len(name) <= LONGEST:
        raise CommandError(f"the name has {len(name)} characters: give 1 to {LONGEST}")
    async with opened(settings) as directory:
        return await invite(directory.workspaces, name, settings.public_url or "")
