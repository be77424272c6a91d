"""Who may read and write a file or folder, in words for the operator: files that root copied are the usual trouble."""

from __future__ import annotations

import grp
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

READ, WRITE = os.R_OK, os.R_OK | os.W_OK
_WORDS = {READ: "read", WRITE: "read and write"}


@dataclass(frozen=True, slots=True)
class AccessProblem:
    """Why this process may not use a path, and what to do about it."""

    said: str
    advice: str

    def __str__(self) -> str:
        """Return both in one sentence."""
        return f"{self.said}: {self.advice}"


def access_problem(path: Path, wanted: int = READ) -> AccessProblem | None:
    """Return why this process may not READ or WRITE a path. None where it may, where nothing is there, and where something
    else than its rights is in the way.
    """
    try:
        found = path.stat()
    except PermissionError:
        return _closed_folder(path)
    except OSError:
        return None
    mode = wanted | os.X_OK if path.is_dir() else wanted
    if may(path, mode):
        return None
    if found.st_uid != os.geteuid():
        owner = _user(found.st_uid)
        own = ", if it is the bot's own" if path.is_dir() else ""  # it may be /var/lib
        give = f"chown {ours()} {path}{own}"
        advice = give if found.st_uid == 0 else f"run this as {owner}, or {give}"
        return AccessProblem(f"{path} belongs to {owner}, and {_user(os.geteuid())} may not {_WORDS[wanted]} it", advice)
    needed = (mode & 7) << 6
    if found.st_mode & needed == needed:
        return None  # a disk that can only be read
    said = f"{path} has a mode in which its owner cannot {_WORDS[wanted]} it"
    return AccessProblem(said, f"chmod u+rw{'X' * path.is_dir()} {path}")


def may(path: Path, mode: int) -> bool:
    """Return whether this process may use a path so (os.R_OK and its like)."""
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def exists(path: Path) -> bool:
    """Return whether a path is there; False, too, in a folder that this process may not look into."""
    try:
        return path.exists()
    except OSError:
        return False


def ours() -> str:
    """Return the user and the group of this process, as chown takes them: numbers where they have no names."""
    try:
        group = grp.getgrgid(os.getegid()).gr_name
    except KeyError:
        group = str(os.getegid())
    return f"{_name(os.geteuid()) or os.geteuid()}:{group}"


def _closed_folder(path: Path) -> AccessProblem:
    """Return which of the folders above a path is closed: the deepest that can be seen."""
    for folder in path.absolute().parents:
        try:
            owner = _user(folder.stat().st_uid)
        except OSError:
            continue
        said = f"{_user(os.geteuid())} may not look into {folder}, which belongs to {owner}"
        return AccessProblem(said, "name a path elsewhere")
    return AccessProblem(f"{path} cannot be reached", "name a path elsewhere")


def _user(number: int) -> str:
    return _name(number) or f"user {number}"


def _name(number: int) -> str:
    """Return a user's name; "" for one without, as in a container."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return ""
