"""`pprnet completion`: the script with which a shell completes commands, options and files on the Tab key."""

from __future__ import annotations

import argparse
from pathlib import Path

import shtab

EXAMPLES = """\
  pprnet completion bash > ~/.local/share/bash-completion/completions/pprnet
  pprnet completion zsh > ~/.zfunc/_pprnet"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet completion`."""
    parser.add_argument("shell", choices=shtab.SUPPORTED_SHELLS, help="the shell that is to run the script")


def run(options: argparse.Namespace) -> int:
    """Print the script; the exit status is 0."""
    from bot.cli.main import SUBCOMMANDS, parser_of  # it imports this file where the command is this one

    whole = parser_of(SUBCOMMANDS)
    _describe(whole)
    print(shtab.complete(whole, options.shell))
    return 0


def _describe(parser: argparse.ArgumentParser) -> None:
    """Say which arguments are files or folders; and let the commands be completed, which `--help` lists in its own way."""
    for action in parser._actions:
        if action.type is Path:
            action.complete = shtab.DIRECTORY if action.metavar == "DIR" else shtab.FILE  # type: ignore[attr-defined]
        if isinstance(action, argparse._SubParsersAction):
            action.help = "the command"
            for each in action.choices.values():
                _describe(each)
