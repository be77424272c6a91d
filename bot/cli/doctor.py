"""`pprnet doctor`: everything that the bot needs, checked before it runs or beside it, with what to do."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from functools import partial
from itertools import chain

from bot import logs
from bot.cli.arguments import add_json, port, print_json
from bot.cli.checkup.database import check_database, check_disk
from bot.cli.checkup.environment import Read, settings_of
from bot.cli.checkup.finding import Finding, State
from bot.cli.checkup.library import check_library, check_source
from bot.cli.checkup.port import check_port
from bot.cli.checkup.slack import check_slack
from bot.cli.checkup.workspaces import check_workspaces
from bot.cli.wrapping import wrap
from bot.settings import Settings
from bot.text import plural

EXAMPLES = """\
  pprnet doctor
  pprnet doctor --json"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet doctor`."""
    parser.add_argument("--port", type=port, default=3000, help="port of the bot (default: 3000)")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Check everything; the exit status is 1 where there are errors."""
    logs.configure("error")
    read, findings = settings_of(os.environ)
    findings += asyncio.run(_check(read, options.port))
    states = [finding.state for finding in findings]
    worst: State = "error" if "error" in states else "warning" if "warning" in states else "ok"
    if options.json:
        print_json({"status": worst, "checks": [*map(asdict, findings)]})
    else:
        print(_report(findings))
    return 1 if worst == "error" else 0


async def _check(read: Read, port: int) -> list[Finding]:
    """Check all but what a setting says that cannot be read."""
    settings, unread = read.settings, read.unread
    checks: list[tuple[set[str], Callable[[], Awaitable[Sequence[Finding]]]]] = [
        ({"PPRNET_HOST"}, partial(check_port, settings.host, port)),
        ({"SLACK_API_URL"}, partial(check_slack, settings, channel="PPRNET_CHANNEL" not in unread)),
        ({"PPRNET_DATABASE_URL"}, partial(check_database, settings)),
        ({"PPRNET_DATABASE_URL", "PPRNET_WORKSPACES"}, partial(check_workspaces, settings)),
        ({"PPRNET_KNOWLEDGE"}, partial(asyncio.to_thread, _check_library, settings)),
        (set(), partial(check_source, settings)),
    ]
    found = await asyncio.gather(*(check() for needed, check in checks if not needed & unread))
    return [*chain.from_iterable(found)]


def _check_library(settings: Settings) -> list[Finding]:
    return [*check_library(settings), *check_disk("disk", settings.knowledge)]


def _report(findings: Sequence[Finding]) -> str:
    lines = [
        wrap(" ".join(filter(None, (f"{finding.said}.", finding.advice))), first=_head(finding), indent=" " * 20)
        for finding in findings
    ]
    errors, warnings = (sum(finding.state == state for finding in findings) for state in ("error", "warning"))
    return "\n".join([*lines, f"{plural(errors, 'error')}, {plural(warnings, 'warning')}."])


def _head(finding: Finding) -> str:
    return f"{finding.state:<8} {finding.check:<10} "
