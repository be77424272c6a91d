"""Where the vectors of the library's texts are."""

from __future__ import annotations

from pathlib import Path

FILE = "meaning.vectors"


def vectors_folder(database_file: Path | None = None) -> Path:
    """Return the folder for the vectors: beside the database, where that is a file, else the user's cache."""
    return database_file.parent if database_file else Path.home() / ".cache" / "pprnet"


def vectors_file(database_file: Path | None = None) -> Path:
    """Return the file of the vectors."""
    return vectors_folder(database_file) / FILE
