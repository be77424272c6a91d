"""Pages that were fetched, kept in a folder: a walk through the archive that breaks off goes on where it was, and a page
or feed that has not changed since is not sent again.

Each page is one file, there whole or not at all. The folder holds nothing but copies: it may be deleted at any time.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.corpus.files import IMPORT_FOLDER, WriteError, sweep, write_atomically


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page as the site sent it. `address` is what was asked for, `source` where it came from in the end; `walk` names the
    walk in which it was last asked for.
    """

    address: str
    source: str
    walk: str
    charset: str | None
    etag: str | None
    last_modified: str | None
    body: bytes


class KeptPages:
    """A folder in a library's. Raises WriteError where it cannot be written."""

    def __init__(self, root: Path, name: str = IMPORT_FOLDER) -> None:
        self.folder = root / name

    def prepare(self) -> None:
        """Make the folder, where there is none."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / ".gitignore").write_text("*\n", "utf-8")
        except OSError as error:
            raise self._unwritable(error) from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep a second import of this library away until the block ends. Raises WriteError where there is one."""
        self.prepare()
        try:
            lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise self._unwritable(error) from None
        try:
            if not _taken(lock):
                raise WriteError(f"another import into {self.folder.parent} is in progress: wait until it is over")
            sweep(self.folder)
            yield
        finally:
            os.close(lock)

    def unfinished(self, start: str) -> str | None:
        """Return the walk from this address that was begun and is not over, if there is one."""
        try:
            found = json.loads((self.folder / "walk.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return found["walk"] if isinstance(found, dict) and found.get("start") == start and not found.get("over") else None

    def note(self, start: str, walk: str, *, over: bool) -> None:
        """Note which walk is in progress, or that it is over; then pages that it has not seen are dropped."""
        self._write("walk.json", json.dumps({"start": start, "walk": walk, "over": over}).encode())
        if over:
            for path in sorted(self.folder.glob("*.gz")):
                page = _read(path)
                if page is None or page.walk != walk:
                    path.unlink(missing_ok=True)

    def get(self, address: str) -> KeptPage | None:
        """Return the page that is kept for an address; None also where its file is damaged."""
        page = _read(self.folder / _name(address))
        return page if page and page.address == address else None

    def put(self, page: KeptPage) -> None:
        """Keep a page in place of what was kept for its address."""
        said = {name: value for name, value in asdict(page).items() if name != "body"}
        content = json.dumps(said, sort_keys=True).encode() + b"\n" + page.body
        self._write(_name(page.address), gzip.compress(content, 6, mtime=0))

    def count(self, walk: str) -> int:
        """Return how many pages of a walk are kept."""
        return sum((page := _read(path)) is not None and page.walk == walk for path in self.folder.glob("*.gz"))

    def _unwritable(self, error: OSError) -> WriteError:
        return WriteError(f"{self.folder} cannot be written ({error.strerror})")

    def _write(self, name: str, content: bytes) -> None:
        try:
            write_atomically(self.folder / name, content, durable=False)
        except OSError as error:
            raise WriteError(f"{self.folder / name} cannot be written ({error.strerror})") from None


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _name(address: str) -> str:
    query = re.sub(r"[^A-Za-z0-9=&_-]", "_", address.partition("?")[2])[:60]
    return f"{query or 'first'}.{hashlib.sha256(address.encode()).hexdigest()[:8]}.gz"


def _read(path: Path) -> KeptPage | None:
    try:
        said, _, body = gzip.decompress(path.read_bytes()).partition(b"\n")
        return KeptPage(**json.loads(said), body=body)
    except (OSError, EOFError, ValueError, TypeError, zlib.error):
        return None
