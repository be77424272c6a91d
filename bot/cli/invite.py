"""`pprnet invite`: an operator invites a workspace to an installation for many."""

from __future__ import annotations

import argparse
import asyncio

from bot.cli.directory import opened, settings_for_many
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


def run(options: argparse.Namespace) -> int:
    """Print the link; the exit status is 0. Raises CommandError."""
    print(asyncio.run(link(settings_for_many(), options.name)))
    return 0


async def link(settings: Settings, name: str) -> str:
    """Store an invitation and return what to print. Raises CommandError."""
    name = clean(name)
    if not 1 <= len(name) <= LONGEST:
        raise CommandError(f"the name has {len(name)} characters: give 1 to {LONGEST}")
    async with opened(settings) as directory:
        address = await invite(directory.workspaces, name, settings.public_url or "")
    return (
        f"{address}\n\nFor {name}: whoever may install apps there opens it, within seven days. It is good once. Send it "
        "as you would send a password."
    )
