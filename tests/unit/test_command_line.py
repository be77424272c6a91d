"""The command line as a whole: the Tab key, and outputs that are full or narrow."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import check
from bot.cli.main import SUBCOMMANDS, main
from tests.support.terminal import as_text, run_here
from tests.support.users import open_folder, without_rights  # noqa: F401  (a fixture)

ROOT = Path(__file__).parents[2]

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


def test_at_a_terminal_long_lines_are_broken_between_words(corpus: Path) -> None:
    ours, its = pty.openpty()
    command = [sys.executable, "-m", "bot", "asks", "--show", "one", "--knowledge", str(corpus)]
    month = corpus / "issues" / "2022-09.yaml"
    long = " ".join(["rupture"] * 12)
    month.write_text(month.read_text("utf-8") + f"    draft_asks: [{long}]\n", "utf-8")
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        subprocess.run(command, stdout=its, env={"COLUMNS": "50"}, cwd=ROOT, timeout=60, check=True)
        os.close(its)
        shown = terminal.read(10_000).decode().replace("\r\n", "\n")
    assert max(map(len, shown.splitlines())) <= 48
    assert shown.endswith(
        f"1 draft:\n   1 {' '.join(['rupture'] * 5)}\n     {' '.join(['rupture'] * 5)}\n     rupture rupture\n"
    )


LEFT_BY_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can leave a file to another user")


@LEFT_BY_ROOT
@pytest.mark.parametrize(
    "words",
    [
        "check {}",
        "check {}/x",
        "check {}/issues/2022-09.yaml",
        "preview {}/x.yaml",
        "asks --knowledge {}/k",
        "asks --knowledge={}/k",
        "playground --knowledge {}/k --no-browser",
        "export --as html --month {}/m.yaml",
        "import --archive {}/a --into {}/k",
    ],
)
def test_a_path_that_the_commands_user_may_not_look_at_is_named(open_folder: Path, words: str) -> None:  # noqa: F811
    closed = open_folder / "closed"
    (closed / "k" / "issues").mkdir(parents=True)
    (closed / "x.yaml").touch()
    arguments = words.format(closed, closed).split()
    run_here(main, arguments, environ={})  # what it imports, another user may not be able to read
    closed.chmod(0o700)
    with without_rights():
        done = as_text(run_here(main, arguments, environ={}))
    assert done.returncode in (1, 2)
    assert str(closed) in done.stderr + done.stdout
    assert any(said in done.stderr + done.stdout for said in ("belongs to root", "Permission denied", "cannot be read"))


def test_a_file_that_nobody_named_is_no_matter_of_rights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(_options: object) -> int:
        raise PermissionError(13, "Permission denied", "/somewhere/else")

    monkeypatch.setattr(check, "run", fail)
    with pytest.raises(PermissionError):
        run_here(main, ["check", str(tmp_path)], environ={})
