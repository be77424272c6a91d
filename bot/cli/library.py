"""The library that a command is given, as a folder or as one file of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from bot.corpus.faults import Fault
from bot.corpus.load import OWN, examine, examine_with, file_of
from bot.corpus.model import OURS, Corpus, Issue
from bot.errors import CommandError
from bot.text import plural

_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_BESIDE = ("topics.yaml", "lexicon.yaml")


@dataclass(frozen=True, slots=True)
class Library:
    """A library as far as it could be read. `file`: only this file of it is meant ("issues/2022-09.yaml"); `elsewhere`:
    where that file is, if it is not in the library's folder.
    """

    root: Path
    corpus: Corpus
    all_faults: tuple[Fault, ...]
    file: str = ""
    elsewhere: Path | None = None

    @property
    def faults(self) -> list[Fault]:
        """Return the faults of what is meant."""
        return [fault for fault in self.all_faults if not self.file or fault.file == self.file]

    @property
    def sound(self) -> Corpus:
        """Return the corpus without the months whose files have faults."""
        faulty = {fault.file for fault in self.all_faults}
        issues = (issue for issue in self.corpus.issues if f"issues/{issue.month}.yaml" not in faulty)
        return replace(self.corpus, issues=tuple(issues), own=() if OWN in faulty else self.corpus.own)

    @property
    def months(self) -> frozenset[str]:
        """Return the months of what is meant that have no faults, with OURS where the team's own summaries are."""
        ours = [OURS] if self.sound.own else []
        places = (*(issue.month for issue in self.sound.issues), *ours)
        return frozenset(place for place in places if self.file in ("", file_of(place)))

    def content(self, month: str) -> bytes:
        """Return the file of a month, or of OURS."""
        name = file_of(month)
        return (self.elsewhere if self.elsewhere and name == self.file else self.root / name).read_bytes()


def library(path: Path, in_use: Path) -> Library:
    """Read the library that a folder or a file belongs to. A month's file that is in no library is read as if it were in
    the one in use, which lends it the topics.
    """
    place = path.absolute()
    if place.suffix != ".yaml" or place.is_dir():
        return _read(path)
    if place.name in (*_BESIDE, OWN):
        return _read(place.parent, place.name)
    root = place.parent.parent
    if place.parent.name == "issues" and (root / _BESIDE[0]).exists():
        return _read(root, f"issues/{place.name}")
    corpus, faults = examine_with(in_use, place)
    return Library(in_use, corpus, tuple(faults), f"issues/{place.name}", place)


def month_in(name: str, in_use: Path) -> tuple[Library, Issue]:
    """Return a month of the library in use ("2024-02"), or that of a file, with its library. Raises CommandError where there
    is none, or its file has faults.
    """
    path = in_use / "issues" / f"{name}.yaml" if _MONTH.fullmatch(name) else Path(name)
    if path == Path(name) and not path.is_file():
        raise CommandError(f"there is no file {name}; a month of the library is written as 2024-02")
    found = library(path, in_use)
    issue = found.sound.issue(Path(found.file).stem)
    if issue is not None:
        return found, issue
    if found.faults:
        first = "".join(f"\n  {fault}" for fault in found.faults[:5])
        raise CommandError(f"{name} has {plural(len(found.faults), 'fault')} (pprnet check lists them all):{first}")
    newest = ", ".join(each.month for each in found.sound.issues[:6])
    raise CommandError(f"there is no month {name} (the library has {newest or 'none'} …)")


def _read(root: Path, file: str = "") -> Library:
    corpus, faults = examine(root)
    return Library(root, corpus, tuple(faults), file)
