"""The command line as a whole: the Tab key, and outputs that are full."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.cli.main import SUBCOMMANDS, main
from bot.corpus.candidates import Candidate, add_candidates
from bot.store.database import Database
from tests.support.terminal import as_text, run_here

TAB = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_shtab_pprnet
echo "${COMPREPLY[@]}"
"""
"""What bash does on the Tab key after these words, and what it is offered."""


def script_for(shell: str) -> str:
    """What `pprnet completion` prints."""
    done = as_text(run_here(main, ["completion", shell], environ={}))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.slow
def test_the_tab_key_completes_commands_options_choices_and_files(tmp_path: Path) -> None:
    script = tmp_path / "pprnet.bash"
    script.write_text(script_for("bash"), "utf-8")
    (tmp_path / "library").mkdir()
    (tmp_path / "month.yaml").touch()

    def tab(*words: str) -> list[str]:
        bash = shutil.which("bash") or "bash"
        command = [bash, "-c", TAB, "bash", str(script), "pprnet", *words]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
        assert done.stderr == ""
        return done.stdout.split()

    assert set(tab("")) >= set(SUBCOMMANDS)
    assert tab("ev") == ["evidence"]
    assert tab("export", "--a") == ["--as"]
    assert tab("export", "--as", "") == ["feed", "html", "mail"]
    assert tab("check", "mon") == ["month.yaml"]
    assert tab("check", "lib") == ["library"]
    assert tab("new", "--into", "l") == ["library"]
    assert tab("new", "--into", "m") == []


@pytest.mark.slow
def test_zsh_gets_a_script_too_and_another_shell_a_sentence() -> None:
    assert script_for("zsh").startswith("#compdef pprnet\n")
    done = as_text(run_here(main, ["completion", "cmd"], environ={}))
    assert done.returncode == 2
    assert "invalid choice: 'cmd'" in done.stderr


@pytest.mark.parametrize("words", ["--help", "help ask", "--version"])
def test_help_that_cannot_be_written_is_no_success(words: str) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "bot", *words.split()]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (2, b"pprnet: the output cannot be written (No space left on device)\n")


def json_of(words: list[str], status: int = 0, **environ: str) -> Any:
    """What a command prints with `--json`."""
    done = as_text(run_here(main, [*words, "--json"], environ=environ))
    assert (done.returncode, done.stderr) == (status, "")
    return json.loads(done.stdout)


def test_check_prints_faults_and_warnings_for_programs(corpus: Path) -> None:
    sound = json_of(["check", str(corpus)])
    assert sound | {"warnings": []} == {
        "library": str(corpus),
        "file": None,
        "months": 1,
        "summaries": 1,
        "faults": [],
        "warnings": [],
    }
    month = corpus / "issues" / "2022-09.yaml"
    month.write_text(month.read_text("utf-8") + "nonsense: 1\n", "utf-8")
    found = json_of(["check", str(month)], status=1)
    assert found["file"] == "issues/2022-09.yaml"
    assert [set(fault) for fault in found["faults"]] == [{"file", "line", "path", "problem", "entry"}]
    done = as_text(run_here(main, ["check", "--card", "x", "--json"], environ={}))
    assert (done.returncode, done.stdout) == (2, "")


def test_candidates_are_printed_for_programs_too(corpus: Path) -> None:
    add_candidates(corpus, [Candidate("Gardens", "https://journal.example/1", "2026-01-02", "A journal", "Ten roses.")])
    assert json_of(["candidates", "--into", str(corpus)]) == {
        "candidates": [
            {
                "number": 1,
                "title": "Gardens",
                "link": "https://journal.example/1",
                "date": "2026-01-02",
                "feed": "A journal",
                "excerpt": "Ten roses.",
                "decided": None,
            }
        ]
    }


def test_what_is_stored_about_a_person_is_printed_for_programs_too(tmp_path: Path) -> None:
    async def make() -> None:
        await (await Database.open(f"sqlite+aiosqlite:///{tmp_path}/pprnet.db")).close()

    asyncio.run(make())
    found = json_of(["forget", "U0123456789", "--dry-run"], PPRNET_DATABASE_URL=f"sqlite:///{tmp_path}/pprnet.db")
    stored = found.pop("stored")
    assert found == {"user": "U0123456789", "database": f"{tmp_path}/pprnet.db", "deleted": False}
    assert stored["saved"] == 0
    assert set(stored.values()) == {0}
