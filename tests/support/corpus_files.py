"""A small corpus as files, and `pprnet check` on it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bot.corpus.faults import Fault
from bot.corpus.load import examine

TOPICS = "topics:\n  - {id: alliance, name: Alliance, aliases: [bond]}\n"
LEXICON = "abbreviations:\n  CBT: [cognitive therapy]\nsynonyms:\n  - [rupture, strain]\n"
MINIMAL = """issue: "2022-09"
complete: false
summaries:
  - id: one
    title: Ruptures in the Alliance
    text: original
    summary: A study of ruptures.
    implications: [Repair ruptures early.]
"""

# The limit is set on the whole address space: the libraries alone map about 200 MB before a file is read.
BOUNDED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (768 * 2**20, 768 * 2**20))
from bot.cli.main import main
sys.exit(main(["check", sys.argv[1]]))
"""


def write(root: Path, name: str, content: str | bytes) -> Path:
    """Write a file of a corpus and return its path."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def month(root: Path, content: str | bytes) -> list[Fault]:
    """The faults of the corpus with this month in it."""
    write(root, "issues/2022-09.yaml", content)
    return examine(root)[1]


def with_study(line: str) -> str:
    """Return the minimal month with a line in its study."""
    return f"{MINIMAL}    study:\n      {line}\n"


def replaced(old: str, new: str) -> str:
    """Return the minimal month with one piece of it replaced."""
    assert MINIMAL.count(old) == 1
    return MINIMAL.replace(old, new)


def only(faults: list[Fault]) -> Fault:
    """Return the one fault that there is."""
    assert len(faults) == 1, [str(fault) for fault in faults]
    return faults[0]


def check(*arguments: str | Path, bounded: bool = False) -> subprocess.CompletedProcess[str]:
    """`pprnet check`, as a process of its own; `bounded` holds its memory to what a check may need."""
    command = ["-c", BOUNDED] if bounded else ["-m", "bot", "check"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PPRNET_", "SLACK_"))}
    return subprocess.run(
        [sys.executable, *command, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        env=environ,
        check=False,
    )
