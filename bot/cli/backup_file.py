"""A backup: one tar file with the database, the library and a list of what is in it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from bot.errors import CommandError

LIST, DATABASE, LIBRARY = "backup.json", "database", "knowledge"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup says of itself. `kind` is of the database: "sqlite" or "postgresql"; `hashes` are SHA-256, by file;
    `parts` names the parts of the database that are workspaces' own.
    """

    made_at: str
    version: str
    kind: str
    hashes: dict[str, str]
    parts: Sequence[str] = ()

    @property
    def has_library(self) -> bool:
        """Return whether a library is in it: the one that comes with the bot is not."""
        return any(name.startswith(f"{LIBRARY}/") for name in self.hashes)


def write(target: Path, files: dict[str, Path], made_at: str, version: str, kind: str, parts: Sequence[str]) -> None:
    """Write a backup of these files, readable for its owner alone, whole or not at all. Raises CommandError."""
    part = target.with_name(f".{target.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                hashes = {}
                for name, path in files.items():
                    content = path.read_bytes()
                    hashes[name] = hashlib.sha256(content).hexdigest()
                    _add(tar, name, content)
                _add(tar, LIST, json.dumps(asdict(Contents(made_at, version, kind, hashes, parts)), indent=1).encode())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, target)  # never over a file that is there
        except FileExistsError:
            raise CommandError(f"{target} exists and was left as it is: name another file") from None
    except OSError as failed:
        raise CommandError(f"{target} cannot be written ({failed.strerror})") from None
    finally:
        part.unlink(missing_ok=True)


def read(source: Path, into: Path) -> Contents:
    """Unpack a backup into an empty folder and compare every file with its hash. Raises CommandError."""
    try:
        with tarfile.open(source, mode="r:") as tar:
            names = [*_unpacked(tar, into)]
            if LIST not in names:
                raise tarfile.TarError
        found = Contents(**json.loads((into / LIST).read_bytes()))
        wrong = next(
            (name for name in sorted({*names, *found.hashes} - {LIST}) if _hash(into, name) != found.hashes.get(name)), None
        )
    except OSError as failed:
        raise CommandError(f"{source} cannot be read ({failed.strerror or 'it is not whole'})") from None
    except (tarfile.TarError, ValueError, TypeError, AttributeError, EOFError):
        raise CommandError(f"{source} is not a whole backup of this bot") from None
    if wrong or DATABASE not in names:
        raise CommandError(f"{source} is damaged: {wrong or DATABASE} is not as it was")
    return found


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    tar.addfile(member, io.BytesIO(content))


def _unpacked(tar: tarfile.TarFile, into: Path) -> Iterator[str]:
    for member in tar:
        path = PurePosixPath(member.name)
        content = tar.extractfile(member) if member.isreg() else None
        if content is None or path.is_absolute() or ".." in path.parts:
            raise tarfile.TarError
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch(mode=0o600)
        target.write_bytes(content.read())
        yield str(path)


def _hash(folder: Path, name: str) -> str | None:
    path = folder / name
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
