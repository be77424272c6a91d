"""Files of a corpus: written whole or not at all, also where the process is killed; and what imports note of them."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.errors import ExpectedError

_PART = ".part"
IMPORT_FOLDER = ".import"
"""In the library's folder: what imports note for the next one. It may be deleted at any time."""
FETCHED_FOLDER = ".fetched"
"""The same for single pages and feeds from their addresses."""


class WriteError(ExpectedError):
    """Nothing was written to a file; the message says why and what to do."""


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait until no other process of this machine writes into a folder, and let none begin until the block ends."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def write_atomically(path: Path, content: bytes, *, durable: bool = True, mtime_ns: int | None = None) -> None:
    """Replace a file so that it is there whole, the old or the new, whatever happens meanwhile; with `durable`, also when
    the power fails. `mtime_ns`: the time at which it is to seem written (None: now).
    """
    path = path.resolve()  # a link stays a link
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_PART, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), path.stat().st_mode & 0o7777 if path.exists() else 0o644)
            if mtime_ns is not None:
                os.utime(file.fileno(), ns=(mtime_ns, mtime_ns))
            if durable:
                os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    if durable:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def written_before(root: Path) -> frozenset[str]:
    """Return the marks of all contents that imports have written: a file with one of them has been changed by no one."""
    try:
        return frozenset((root / IMPORT_FOLDER / "written").read_text("ascii").split())
    except (OSError, ValueError):
        return frozenset()


def note_written(root: Path, contents: Iterable[bytes]) -> None:
    """Note what is going to be written, where imports keep notes."""
    folder = root / IMPORT_FOLDER
    if folder.is_dir() and (marks := sorted(set(map(mark_of, contents)) - written_before(root))):
        add_marks(folder / "written", marks)


def marks_in(path: Path) -> frozenset[str]:
    """Return the marks that a file lists; none where there is no such file. Raises OSError."""
    try:
        return frozenset(path.read_text("ascii", "replace").split())
    except FileNotFoundError:
        return frozenset()


def add_marks(path: Path, marks: Iterable[str]) -> None:
    """Add marks to a file that lists them. Raises OSError."""
    with path.open("a", encoding="ascii") as file:
        file.write("".join(f"\n{mark}" for mark in marks))  # begins a line: a kill may have cut the last one


def mark_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def sweep(folder: Path) -> None:
    """Remove what processes that were killed have left half written: no one has it open any more."""
    for path in folder.glob(f".*{_PART}"):
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
