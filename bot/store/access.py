"""What keeps this process from using the files of a SQLite database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from bot.access import WRITE, AccessProblem, access_problem, may


def access_problems(file: Path) -> Iterator[AccessProblem]:
    """Yield which of a database's files, or its folder, cannot be read and written. Of a closed folder that is all."""
    if problem := access_problem(file.parent, WRITE):
        yield problem
        if not may(file.parent, os.X_OK):
            return
    for ending in ("", "-wal", "-shm"):  # SQLite's own files beside it
        if problem := access_problem(file.with_name(file.name + ending), WRITE):
            yield problem
