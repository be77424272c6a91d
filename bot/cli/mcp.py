"""`pprnet mcp`: the library for an agent on this host, over standard input and output."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys

from bot import logs
from bot.agents.installed import check_installed
from bot.cli.loading import nothing_to_search, read_notices
from bot.corpus.faults import CorpusError
from bot.knowledge import Knowledge
from bot.settings import Settings

EXAMPLES = """\
  pprnet mcp
  PPRNET_KNOWLEDGE=/var/lib/pprnet/knowledge pprnet mcp"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet mcp`: there are none."""


def run(options: argparse.Namespace) -> int:  # noqa: ARG001
    """Serve until standard input ends; the exit status is 0. Raises CommandError."""
    check_installed()
    from bot.agents.stdio import serve

    settings = Settings.from_env(os.environ)
    logs.configure(settings.log_level)
    try:
        knowledge = Knowledge(settings.knowledge)
    except CorpusError as error:
        raise nothing_to_search(error) from None
    if sys.stdin.isatty():
        print("pprnet mcp waits for an agent's messages on standard input (Ctrl+C ends it)", file=sys.stderr)
    # Nothing is open that would have to be closed, and the thread that waits for input cannot be interrupted.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    asyncio.run(serve(knowledge, settings.crisis_line, read_notices(settings)))
    return 0
