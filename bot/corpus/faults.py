"""Faults of a corpus, worded so that a curator can mend them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import ExpectedError


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault: the file (relative to the corpus), the 1-based line where known, the key path, and what to do."""

    file: str
    line: int
    path: str
    problem: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        line = f"{place}: {self.path}: {self.problem}" if self.path else f"{place}: {self.problem}"
        return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in line)


class CorpusError(ExpectedError):
    """The corpus has faults and is not used. `faults` are all of them."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults)
        count = len(faults)
        super().__init__(f"the corpus has {count} fault{'s' if count != 1 else ''}")
