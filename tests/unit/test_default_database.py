"""Where the database is by default, and that a command which only reads never makes one."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from bot.cli.main import main
from bot.settings import Settings
from bot.store.database import Database
from tests.support.terminal import as_text, run_here

ANA = "U0123456789"
READING = (f"forget {ANA}", f"forget {ANA} --dry-run", "settle abc --missing", "asks --collect")


def pprnet(words: str, cwd: Path, **environ: str) -> CompletedProcess[str]:
    """A command in a folder, by someone whose home is that folder's `home`."""
    return as_text(run_here(main, words.split(), environ={"HOME": str(cwd / "home"), **environ}, cwd=cwd))


def make(file: Path) -> None:
    """A database as the bot makes it."""
    file.parent.mkdir(parents=True, exist_ok=True)

    async def opened() -> None:
        await (await Database.open(f"sqlite+aiosqlite:///{file}")).close()

    asyncio.run(opened())


@pytest.mark.parametrize("words", READING)
def test_a_command_that_reads_makes_no_database_and_says_which_one_it_missed(words: str, tmp_path: Path) -> None:
    named = f"sqlite:///{tmp_path}/elsewhere/pprnet.db"
    for environ, place in (
        ({}, tmp_path / "home/.local/state/pprnet/pprnet.db"),
        ({"XDG_STATE_HOME": str(tmp_path / "state")}, tmp_path / "state/pprnet/pprnet.db"),
        ({"XDG_STATE_HOME": "relative"}, tmp_path / "home/.local/state/pprnet/pprnet.db"),
        ({"PPRNET_DATABASE_URL": named}, tmp_path / "elsewhere/pprnet.db"),
    ):
        done = pprnet(words, tmp_path, **environ)
        missed = f"pprnet: there is no database {place}: set PPRNET_DATABASE_URL to that of the bot\n"
        assert (done.returncode, done.stdout, done.stderr) == (2, "", missed)
        assert list(tmp_path.iterdir()) == []


def test_a_folder_that_may_not_be_looked_into_has_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with `sudo -u pprnet` from /root. Tests may run as root, who may look everywhere."""

    def refused(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_file", refused)
    assert Settings.from_env({"XDG_STATE_HOME": str(tmp_path)}).database_file == tmp_path / "pprnet/pprnet.db"


@pytest.mark.parametrize("words", READING)
def test_an_empty_file_is_no_database(words: str, tmp_path: Path) -> None:
    (tmp_path / "pprnet.db").touch()
    done = pprnet(words, tmp_path)
    assert done.returncode == 2
    assert f"{tmp_path}/pprnet.db has no tables of the bot: set PPRNET_DATABASE_URL" in done.stderr
    with closing(sqlite3.connect(tmp_path / "pprnet.db")) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []


def test_the_default_database_is_found_from_every_folder(tmp_path: Path) -> None:
    make(tmp_path / "state/pprnet/pprnet.db")
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        done = pprnet(f"forget {ANA}", folder, XDG_STATE_HOME=str(tmp_path / "state"))
        said = f"Nothing is stored about {ANA} in {tmp_path}/state/pprnet/pprnet.db.\n"
        assert (done.returncode, done.stdout, done.stderr) == (0, said, "")


def test_a_database_of_an_earlier_version_in_the_current_folder_is_used_and_it_is_said(tmp_path: Path) -> None:
    make(tmp_path / "pprnet.db")
    make(tmp_path / "home/.local/state/pprnet/pprnet.db")
    done = pprnet(f"forget {ANA}", tmp_path)
    assert (done.returncode, done.stdout) == (0, f"Nothing is stored about {ANA} in {tmp_path}/pprnet.db.\n")
    assert done.stderr == (
        f"pprnet: using the database {tmp_path}/pprnet.db, where earlier versions had it by default. Name it, and it is "
        f"used from every folder: PPRNET_DATABASE_URL=sqlite:///{tmp_path}/pprnet.db\n"
    )
    named = pprnet(f"forget {ANA}", tmp_path, PPRNET_DATABASE_URL="sqlite:///pprnet.db")
    assert (named.stdout, named.stderr) == (done.stdout, "")


def test_the_bot_makes_the_folder_of_the_default_database_for_its_user_alone(tmp_path: Path) -> None:
    words = "post --channel C0123456789"
    nowhere = {"SLACK_BOT_TOKEN": "xoxb-made-up", "SLACK_API_URL": "http://127.0.0.1:9/"}
    state = tmp_path / "home/.local/state/pprnet"
    (tmp_path / "home").touch()
    done = pprnet(words, tmp_path, **nowhere)
    assert done.returncode == 2
    assert f"{state}, the folder of the database, cannot be made" in done.stderr
    (tmp_path / "home").unlink()
    done = pprnet(words + " --month 1999-01", tmp_path, **nowhere)
    assert "the library has no month 1999-01" in done.stderr
    assert os.stat(state).st_mode & 0o777 == 0o700  # noqa: PTH116
    assert Settings.from_env({"HOME": str(tmp_path / "home")}).database_file == state / "pprnet.db"
