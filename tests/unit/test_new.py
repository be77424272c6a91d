"""`pprnet new` writes a month's file to fill in, from the same table as the docs."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from bot.cli.main import main
from bot.corpus import described
from bot.corpus.load import examine, load, read_issue
from bot.paths import default_root
from tests.support.corpus_files import MINIMAL, month, with_study
from tests.support.terminal import as_text, run_here


def pprnet(*words: str | Path, **environ: str) -> CompletedProcess[str]:
    """What a command prints."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PPRNET_", "SLACK_"))}
    return as_text(run_here(main, [*map(str, words)], environ=kept | environ))


def test_a_new_month_says_what_is_missing_and_passes_once_that_is_filled_in(tmp_path: Path) -> None:
    done = pprnet("new", "2024-02", "--into", tmp_path / "library")
    file = tmp_path / "library" / "issues" / "2024-02.yaml"
    assert (done.returncode, done.stdout) == (0, f"{file} is ready. Fill it in, then run: pprnet check {file}\n")
    checked = pprnet("check", file)
    assert checked.returncode == 1
    missing = [
        re.fullmatch(r"issues/2024-02\.yaml:\d+: summaries\[0\]\.(\S+): is empty: .+", line)
        for line in checked.stdout.splitlines()
    ]
    assert [found[1] for found in missing if found] == ["id", "title", "summary", "implications[0]"]
    assert "; " in checked.stdout.splitlines()[-1]
    assert len(missing) == 5
    text = file.read_text("utf-8")
    for empty, filled in (
        ("  - id:\n", "  - id: gardens\n"),
        ("    title: ", "    title: Gardens"),
        ("    summary: >-\n", "    summary: >-\n      Roe asked 56 therapists.\n\n      Most liked gardens.\n"),
        ("      -\n", "      - Ask about gardens.\n"),
    ):
        assert text.count(empty) == 1, empty
        text = text.replace(empty, filled)
    file.write_text(text, "utf-8")
    assert pprnet("check", tmp_path / "library").stdout.endswith("0 faults, 1 warning\n")  # it has no asks
    (summary,) = load(tmp_path / "library")
    assert (summary.id, summary.implications, summary.study.design) == ("gardens", ("Ask about gardens.",), "not stated")


def test_nothing_is_overwritten_and_a_library_in_use_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "topics.yaml").write_text("topics: []\n", "utf-8")
    done = pprnet("new", "2024-02", PPRNET_KNOWLEDGE=str(tmp_path))
    assert "A running bot keeps the library as it was until the file has no fault" in done.stdout
    assert (tmp_path / "topics.yaml").read_text("utf-8") == "topics: []\n"
    file = tmp_path / "issues" / "2024-02.yaml"
    file.write_text("mine", "utf-8")
    done = pprnet("new", "2024-02", "--into", tmp_path)
    assert (done.returncode, done.stderr) == (2, f"pprnet: {file} already exists and was left as it is\n")
    assert file.read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("name", "why"), [("2024-2", "is not a month"), (f"{date.today().year + 2}-01", "is in the future")]
)
def test_a_month_that_cannot_be_is_refused(tmp_path: Path, name: str, why: str) -> None:
    done = pprnet("new", name, "--into", tmp_path)
    assert done.returncode == 2
    assert why in done.stderr
    assert [*tmp_path.iterdir()] == []


def test_the_corpus_that_ships_with_the_bot_is_not_changed() -> None:
    done = pprnet("new", "2024-02")
    assert (done.returncode, "the library that comes with the bot is not changed" in done.stderr) == (2, True)
    assert not (default_root() / "issues" / "2024-02.yaml").exists()


def test_the_table_has_every_key_that_is_read_and_its_example_has_no_fault(corpus: Path) -> None:
    def known(content: str) -> set[str]:
        (fault,) = [each for each in month(corpus, content) if "zzz" in each.path]
        return set(fault.problem.partition("known keys are ")[2].split(", "))

    assert known(MINIMAL + "zzz: 1\n") == {key.name for key in described.MONTH} | {"summaries"}
    assert known(MINIMAL + "    zzz: 1\n") == {key.name for key in described.SUMMARY} | {"study", "read_from", "source"}
    assert known(with_study("zzz: 1")) == {key.name for key in described.STUDY}
    issue = read_issue("2022-09", described.example().encode(), {topic.id for topic in examine(default_root())[0].topics})
    assert issue.summaries[0].study.effects[0].ci == (-0.4, -0.2)
    assert issue.summaries[0].summary.count("\n") == 2
