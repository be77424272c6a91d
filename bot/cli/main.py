"""The `pprnet` command: the choice of a subcommand, and the exit status.

Each subcommand is a file beside this one, imported only when it is used, so that `ask` starts in a fraction of a second.
"""

from __future__ import annotations

import argparse
import errno
import gc
import io
import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from bot.cli.closed import closed_path
from bot.errors import ExpectedError

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

SUBCOMMANDS = {
    "ask": ("ask", "answer a question in the terminal"),
    "evidence": ("evidence", "print the effect sizes on a topic, and draw them"),
    "playground": ("playground", "try the bot in your browser, without a Slack account"),
    "serve": ("serve", "run the bot: Socket Mode with SLACK_APP_TOKEN, else HTTP"),
    "mcp": ("mcp", "let an agent on this host search the library (MCP)"),
    "check": ("check", "check a library and print every fault"),
    "new": ("new", "write a month's file to fill in"),
    "import": ("importing", "import pages of the blog, saved or live, into a library; feeds as candidates"),
    "candidates": ("candidates", "list what feeds brought for your own summaries; say no to some"),
    "asks": ("asks", "list what is hard to find; draft and accept what people would type for it"),
    "preview": ("preview", "show a month as the channel will see it"),
    "export": ("export", "write a month for people without Slack: feed, page or mail"),
    "post": ("post", "post a month to a channel, once"),
    "doctor": ("doctor", "check everything that the bot needs, and say what to do"),
    "backup": ("backup", "write the database and the library into one file, while the bot runs"),
    "restore": ("restore", "check a backup, or put it in place"),
    "health": ("health", "say how the bot is that runs on this host"),
    "settle": ("settle", "say whether a message that Slack did not confirm was posted"),
    "forget": ("forget", "delete everything stored about a person"),
    "completion": ("completion", "print the script that completes commands on the Tab key"),
    "invite": ("invite", "invite a workspace to an installation for many"),
    "workspaces": ("workspaces", "list the workspaces that joined; erase one"),
}
"""Each subcommand's module and its line in `pprnet --help`."""
CLOSING = """\
examples:
  pprnet playground
  pprnet ask alliance rupture
  pprnet ask help

pprnet COMMAND --help says more about one of them."""


LOOK_FOR_GARBAGE_AFTER = 10_000
"""Objects made before Python looks for garbage, instead of 700: what is imported and read stays, and a tenth of the time of
each start went by looking through it.
"""


class Subcommand(Protocol):
    """What the module of a subcommand offers."""

    EXAMPLES: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare its arguments."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it and return the exit status."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand; the exit status is 0 for success, 1 for "no" (faults, not posted), 2 for a wrong call or setting."""
    gc.set_threshold(LOOK_FOR_GARBAGE_AFTER)
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # A terminal that has no "•" shows "?" instead of a traceback.
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["help"]:
        words = [*words[1:2], "--help"]
    try:
        try:
            gc.disable()  # What is imported stays: looking through it for garbage, now or later, only costs time.
            try:
                parser = _parser(words[0] if words else "")
            finally:
                gc.freeze()
                gc.enable()
            options = parser.parse_args(words or ["--help"])
            return int(options.run(options))
        finally:
            sys.stdout.flush()  # Here, where a reader that went away is no error yet.
    except ExpectedError as error:
        for line in error.lines:
            print(f"pprnet: {line}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader went away (`pprnet ask --batch | head`): nothing is wrong.
        _drop_output()
        return 0
    except PermissionError as error:
        if (problem := closed_path(words, error)) is None:
            raise
        print(f"pprnet: {problem}", file=sys.stderr)
        return 2
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _drop_output()
        print(f"pprnet: the output cannot be written ({error.strerror})", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser(chosen: str) -> argparse.ArgumentParser:
    """The parser, with the arguments of the subcommand that was chosen."""
    parser = parser_of([chosen] if chosen in SUBCOMMANDS else [])
    if chosen and not chosen.startswith("-") and chosen not in SUBCOMMANDS:
        from rapidfuzz import process  # only for a slip: its import would slow every start
        from rapidfuzz.distance import OSA

        near = process.extractOne(chosen, [*SUBCOMMANDS], scorer=OSA.distance, score_cutoff=max(1, len(chosen) // 3))
        advice = f"Did you mean {near[0]!r}?" if near else "See pprnet --help."
        parser.error(f"there is no command {chosen!r}. {advice}")
    return parser


def parser_of(names: Iterable[str]) -> argparse.ArgumentParser:
    """Return the parser with the arguments of some subcommands: importing all of them takes a second."""
    parser = _Parser(
        prog="pprnet",
        usage="pprnet COMMAND [ARGUMENTS]",
        description="Practice-oriented psychotherapy research for clinical teams, in Slack.",
        epilog=CLOSING,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    listed = "\n".join(f"{name:<12}{line}" for name, (_, line) in SUBCOMMANDS.items())
    commands = parser.add_subparsers(
        title="commands", prog="pprnet", description=listed, metavar="COMMAND", help=argparse.SUPPRESS, required=True
    )
    for name in names:
        module, line = SUBCOMMANDS[name]
        subcommand = cast("Subcommand", import_module(f"bot.cli.{module}"))
        own = commands.add_parser(
            name,
            help=line,
            description=f"{line[0].upper()}{line[1:]}.",
            epilog=f"examples:\n{subcommand.EXAMPLES}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        subcommand.add_arguments(own)
        own.set_defaults(run=subcommand.run)
    return parser


class _Parser(argparse.ArgumentParser):
    """A parser whose help fails like every other output where it cannot be written: argparse would pass over it."""

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Print the help."""
        print(self.format_help(), end="", file=file)


class _Version(argparse.Action):
    """Prints the version: looked up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"pprnet {version('pprnet-bot')}")
        parser.exit()


def _open_what_is_closed() -> None:
    """Read from and write to nowhere where the shell closed a standard stream (`>&-`): a file that is opened later, such as
    the database, would take its place.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        continue
    os.close(descriptor)
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def _drop_output() -> None:
    """Let what is still buffered go nowhere: Python would complain of it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
