"""`pprnet preview` shows a month as the channel will see it, from the library in use or from a file."""

from __future__ import annotations

import os
from html import unescape
from pathlib import Path
from subprocess import CompletedProcess

from bot.cli.main import main
from bot.corpus.load import load
from bot.paths import default_root
from bot.server.messages import render
from tests.support.corpus_files import MINIMAL, replaced, write
from tests.support.terminal import as_text, run_here


def previewed(*words: str | Path, command: str = "preview", in_use: Path | None = None) -> CompletedProcess[str]:
    """What a command prints, with a library in use."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PPRNET_", "SLACK_"))}
    variables = kept | ({"PPRNET_KNOWLEDGE": str(in_use)} if in_use else {})
    return as_text(run_here(main, [command, *map(str, words)], environ=variables))


def test_a_preview_has_every_word_of_the_post_and_its_buttons() -> None:
    issue = load(default_root()).issue("2022-09")
    assert issue
    done = previewed("2022-09")
    assert (done.returncode, done.stderr) == (0, "")
    printed = done.stdout.split("--- in ")[1:]
    posted = [unescape(str(message.payload["text"])) for message in render(issue)]
    assert len(printed) == len(posted) == 3
    for shown, text in zip(printed, posted, strict=True):
        assert " ".join(text.split()) in " ".join(shown.split())
    assert [part.partition(" ---")[0] for part in printed] == [
        "the channel",
        "its thread, 1 of 2",
        "its thread, 2 of 2",
    ]
    assert "[Read]\n" in printed[0]
    assert "[Details]" in printed[1]
    assert done.stdout.endswith("Nothing was sent.\n")
    assert previewed("--dry-run", "--month", "2022-09", command="post").stdout == done.stdout


def test_a_file_is_shown_whether_it_is_in_a_library_or_not_and_whatever_other_files_have(
    corpus: Path, tmp_path: Path
) -> None:
    write(corpus, "issues/2022-10.yaml", "faulty")
    for file in (
        corpus / "issues" / "2022-09.yaml",
        write(tmp_path / "drafts", "2022-11.yaml", replaced("2022-09", "2022-11")),
    ):
        text = file.read_text("utf-8").replace("id: one", f"id: of-{file.stem}")
        file.write_text(text, "utf-8")
        done = previewed(file, in_use=corpus)
        assert (done.returncode, done.stderr) == (0, "")
        assert "Ruptures in the Alliance" in done.stdout
        assert "Repair ruptures early." in done.stdout


def test_a_month_that_cannot_be_shown_is_said_to_be(corpus: Path) -> None:
    done = previewed("2022-10", in_use=corpus)
    assert (done.returncode, done.stderr) == (2, "pprnet: there is no month 2022-10 (the library has 2022-09 …)\n")
    done = previewed("nope.yaml", in_use=corpus)
    assert done.stderr == "pprnet: there is no file nope.yaml; a month of the library is written as 2024-02\n"
    file = write(corpus, "issues/2022-10.yaml", MINIMAL)
    done = previewed(file, in_use=corpus)
    assert done.returncode == 2
    assert "2022-10.yaml has 2 faults (pprnet check lists them all):" in done.stderr
    assert 'says "2022-09", but the file is named 2022-10.yaml' in done.stderr
    done = previewed("--no-browser", "--knowledge", corpus, "--preview", file, command="playground")
    assert (done.returncode, "the library has 2 faults" in done.stderr) == (2, True)
    file.unlink()
    done = previewed("--no-browser", "--knowledge", corpus, "--preview", "2022-09", command="playground")
    assert done.returncode == 2
    assert f"{corpus} has no month before 2022-09: the playground needs one to begin with" in done.stderr
