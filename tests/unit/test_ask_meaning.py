"""`pprnet ask` with the extra `meaning`: it answers as the running bot does, from the vectors that the bot has computed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from bot.cli.main import main
from bot.corpus.load import load
from bot.meaning import terminal
from bot.meaning.child import Library
from bot.meaning.place import FILE
from bot.meaning.texts import texts_of
from bot.paths import default_root
from tests.support.meaning import StandIn
from tests.support.terminal import as_text, run_here

CRYING = "elle pleure à chaque séance et moi aussi je pleure, que dois-je faire ?"
"""What the glossary alone does not find."""


@pytest.fixture
def computed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a database's vectors of the library that comes with the bot, computed with the stand-in."""
    monkeypatch.setattr(terminal, "MODEL", "tests.support.meaning")
    compute(tmp_path, all_but=0)
    return tmp_path


def compute(folder: Path, *, all_but: int) -> None:
    """Compute the vectors as the bot's second process does, of all summaries but the first so many."""
    library = Library(StandIn(), folder / FILE)
    library.want({summary.id: texts_of(summary) for summary in load(default_root()).summaries[all_but:]})
    while library.left:
        library.work()


def ask(folder: Path, *arguments: str, stdin: str = "") -> CompletedProcess[str]:
    """The command with the settings of a bot whose database is in this folder."""
    environ = {"PATH": os.environ["PATH"], "PPRNET_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'pprnet.db'}"}
    return as_text(run_here(main, ["ask", *arguments], environ=environ, stdin=stdin.encode()))


def test_what_only_meaning_finds_is_found_in_the_terminal_too(computed: Path) -> None:
    card = ask(computed, CRYING)
    assert (card.returncode, card.stderr) == (0, "")
    assert "Patients Crying in Psychotherapy" in card.stdout
    [one, two] = ask(computed, "--batch", stdin=f"{CRYING}\nknee surgery on a horse\n").stdout.splitlines()
    assert json.loads(one)["hits"][0]["id"] == "crying-in-therapy"
    assert json.loads(two)["outcome"] == "nothing"
    assert "topics" in ask(computed, "topics").stdout.lower()


def test_what_the_bot_has_not_computed_is_answered_by_the_words_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = ask(tmp_path, CRYING)
    assert plain.stderr == ""
    assert not (tmp_path / FILE).exists()
    monkeypatch.setattr(terminal, "MODEL", "tests.support.meaning")
    compute(tmp_path, all_but=1)
    before = (tmp_path / FILE).read_bytes()
    partly = ask(tmp_path, CRYING)
    assert partly.stdout == plain.stdout
    assert "meaning is not used: the running bot has not computed" in partly.stderr
    assert (tmp_path / FILE).read_bytes() == before


def test_a_model_that_fails_leaves_the_answer_by_words(computed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "MODEL", "tests.support.no_such_model")
    failed = ask(computed, "alliance rupture in one session")
    assert failed.returncode == 0
    assert "An Alliance Rupture in One Session" in failed.stdout
    assert failed.stderr == "pprnet: meaning is not used: the process failed (ModuleNotFoundError)\n"
