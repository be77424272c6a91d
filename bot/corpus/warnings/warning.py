"""A warning of `pprnet check` about a summary, and how warnings are printed: each with its line, equal ones as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bot.corpus.faults import Fault
from bot.corpus.fields import short
from bot.corpus.load import file_of
from bot.corpus.model import Summary
from bot.corpus.strict_yaml import Node, parse

ALSO = "{also}"
"""In the words of a warning: the other summaries."""
ALIKE = 3
"""Summaries with an equal warning that make one line."""
NAMED = 3
"""Ids that such a line names."""


@dataclass(frozen=True, slots=True)
class LibraryWarning:
    """What is probably a slip in a summary: where in it (keys, and places in lists), and what to do. `also` are other
    summaries that it is about, for ALSO in the words; `command` says more.
    """

    summary: Summary
    where: tuple[str | int, ...]
    problem: str
    also: tuple[Summary, ...] = ()
    command: str = ""

    @property
    def path(self) -> str:
        """Return where it is, as faults say it: "study.effects[0].ci"."""
        return "".join(f"[{step}]" if isinstance(step, int) else f".{short(step)}" for step in self.where)[1:]

    def said(self, named: Callable[[Summary], str]) -> str:
        """Return the words, with the names of the other summaries."""
        return self.problem.replace(ALSO, " and ".join(map(named, self.also)))

    def is_about(self, months: Iterable[str]) -> bool:
        """Return whether one of its summaries is in one of these months (or OURS)."""
        return not {self.summary.place, *(each.place for each in self.also)}.isdisjoint(months)


def lines(warnings: Iterable[LibraryWarning], content: Callable[[str], bytes]) -> Iterator[str]:
    """Yield warnings as lines to print: those that several summaries share as one, the others each with its place. `content`
    returns the file of a month, or of OURS.
    """
    shared: dict[tuple[str, str], list[LibraryWarning]] = {}
    for warning in warnings:
        problem = warning.said(_with_month) + (f": {warning.command} says more" if warning.command else "")
        shared.setdefault((warning.path, problem), []).append(warning)
    files: dict[str, Node] = {}
    for (path, problem), found in shared.items():
        if len(found) < ALIKE:
            for warning in found:
                month = warning.summary.place
                root = files.get(month) or files.setdefault(month, parse(content(month)))
                place = f"summaries.{path}"
                yield str(Fault(file_of(month), _line(root, warning), place, problem, warning.summary.id))
        else:
            names = ", ".join(warning.summary.id for warning in found[:NAMED])
            more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
            yield f"{len(found)} summaries ({names}{more}): {path}: {problem}"


def _with_month(summary: Summary) -> str:
    return f"{summary.id} ({summary.issue})"


def _line(root: Node, warning: LibraryWarning) -> int:
    """Return the line of a warning's key in its month's file; where the key is not there, that of what it would be in."""
    node = next(each for each in _members(_members(root).get("summaries")).values() if _id(each) == warning.summary.id)
    line = node.line
    for step in warning.where:
        found = _members(node).get(str(step))
        if found is None:
            break
        line = (node.key_lines or {}).get(str(step), found.line)
        node = found
    return line


def _members(node: Node | None) -> dict[str, Node]:
    if node is None or isinstance(node.value, str):
        return {}
    return node.value if isinstance(node.value, dict) else {str(at): each for at, each in enumerate(node.value)}


def _id(node: Node) -> str:
    found = _members(node).get("id")
    return str(found.value) if found else ""
