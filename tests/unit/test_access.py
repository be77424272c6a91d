"""Who may use a path, in words: users without a name, modes, and what is no matter of rights."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from bot.access import WRITE, access_problem, ours
from tests.support.users import NOBODY, open_folder, without_rights  # noqa: F401  (a fixture)

ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can leave a file to another user")


def nameless(number: int) -> pwd.struct_passwd:
    """As in a container."""
    raise KeyError(number)


@ROOT
def test_a_user_without_a_name_is_a_number_in_the_command(
    open_folder: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = open_folder / "pprnet.db"
    file.touch(0o600)
    monkeypatch.setattr(pwd, "getpwuid", nameless)
    with without_rights():
        problem = access_problem(file, WRITE)
        assert ours().startswith(f"{NOBODY}:")
    assert problem
    assert problem.said == f"{file} belongs to user 0, and user {NOBODY} may not read and write it"
    assert problem.advice.startswith(f"chown {NOBODY}:")


@ROOT
def test_a_mode_that_shuts_its_owner_out_needs_no_other_owner(open_folder: Path) -> None:  # noqa: F811
    file = open_folder / "pprnet.db"
    file.touch()
    os.chown(file, NOBODY, -1)
    file.chmod(0o400)
    with without_rights():
        problem = access_problem(file, WRITE)
        assert access_problem(file) is None
    assert problem
    assert problem.advice == f"chmod u+rw {file}"


def test_what_is_not_there_or_may_be_used_is_no_problem(tmp_path: Path) -> None:
    assert access_problem(tmp_path, WRITE) is None
    assert access_problem(tmp_path / "nothing", WRITE) is None
    (tmp_path / "file").touch()
    assert access_problem(tmp_path / "file" / "below") is None
