"""Faults of a corpus, worded so that a curator can mend them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import ExpectedError


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault: the file (relative to the corpus), the 1-based line where known, the key path, and what to do. `entry` is
    the id of the summary that has it, where that is known; people know a summary by its id rather than by its number.
    """

    file: str
    line: int
    path: str
    problem: str
    entry: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        within = self.path.partition(".")[2] if self.entry else self.path
        line = ": ".join(filter(None, (place, self.entry, within, self.problem)))
        return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in line)


class CorpusError(ExpectedError):
    """The corpus has faults and is not used. `faults` are all of them."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults)
        count = len(faults)
        super().__init__(f"the library has {count} fault{'s' if count != 1 else ''}")
