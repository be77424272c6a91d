"""`pprnet doctor`: everything that the bot needs, checked before it runs or beside it, with what to do."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Sequence
from dataclasses import asdict

from bot import logs
from bot.cli.arguments import add_json, print_json
from bot.cli.checkup.database import check_database, check_disk
from bot.cli.checkup.environment import settings_of
from bot.cli.checkup.finding import Finding, State
from bot.cli.checkup.library import check_library, check_source
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
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Check everything; the exit status is 1 where there are errors."""
    logs.configure("error")
    settings, findings = settings_of(os.environ)
    findings += asyncio.run(_check(settings))
    states = [finding.state for finding in findings]
    worst: State = "error" if "error" in states else "warning" if "warning" in states else "ok"
    if options.json:
        print_json({"status": worst, "checks": [*map(asdict, findings)]})
    else:
        print(_report(findings))
    return 1 if worst == "error" else 0


async def _check(settings: Settings) -> list[Finding]:
    of_slack, of_database, of_source, of_workspaces = await asyncio.gather(
        check_slack(settings), check_database(settings), check_source(settings), check_workspaces(settings)
    )
    of_library = await asyncio.to_thread(lambda: [*check_library(settings), *check_disk("disk", settings.knowledge)])
    return [*of_slack, *of_database, *of_workspaces, *of_library, *of_source]


def _report(findings: Sequence[Finding]) -> str:
    lines = [
        wrap(" ".join(filter(None, (f"{finding.said}.", finding.advice))), first=_head(finding), indent=" " * 20)
        for finding in findings
    ]
    errors, warnings = (sum(finding.state == state for finding in findings) for state in ("error", "warning"))
    return "\n".join([*lines, f"{plural(errors, 'error')}, {plural(warnings, 'warning')}."])


def _head(finding: Finding) -> str:
    return f"{finding.state:<8} {finding.check:<10} "
