"""Typed reading of YAML nodes: each method returns a value, or notes a fault and returns a harmless placeholder.

So one pass over a file finds every fault in it. A placeholder never leaves the loader: a corpus with a fault is not used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from bot.corpus.faults import Fault
from bot.corpus.strict_yaml import Node, guessed_type

_INT = re.compile(r"-?(?:0|[1-9]\d{0,11})")
_NUMBER = re.compile(r"[-+]?(?:\d{1,12}(?:\.\d{1,12})?|\.\d{1,12})")
# 2022-09 is text to YAML 1.1 but a date's beginning to many tools, and a neighbour of 2022-09-01, which is a date.
_DATELIKE = re.compile(r"\d{1,4}(?:-\d{1,2}){1,2}")


class Fields:
    """Reads the nodes of one file and collects its faults."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self._entry = ""

    def fault(self, node: Node | int, path: str, problem: str) -> None:
        """Note a fault at a node or line."""
        self.faults.append(Fault(self.file, node.line if isinstance(node, Node) else node, path, problem, self._entry))

    @contextmanager
    def within(self, entry: str) -> Iterator[None]:
        """Name a summary by its id ("": not known) in the faults that are noted until the block ends."""
        self._entry = entry
        try:
            yield
        finally:
            self._entry = ""

    def mapping(
        self, node: Node, path: str, required: tuple[str, ...] = (), optional: tuple[str, ...] = ()
    ) -> dict[str, Node]:
        """Return the mapping's known keys. Faults: not a mapping, unknown, missing and duplicate keys."""
        if not isinstance(node.value, dict):
            self.fault(node, path, f"must be a mapping (key: value), not {_kind(node)}")
            return {}
        for key, line in node.duplicates:
            self.fault(line, join(path, key), "the key appears twice: keep one")
        known = required + optional
        for key in node.value:
            if key not in known:
                from rapidfuzz import process  # only for a fault: its import would slow every start

                near = process.extractOne(key, known, score_cutoff=70)
                advice = f"did you mean {near[0]}?" if near else f"known keys are {', '.join(known)}"
                self.fault((node.key_lines or {}).get(key, node.line), join(path, key), f"unknown key: {advice}")
        for key in required:
            if key not in node.value:
                self.fault(node, join(path, key), "is missing: add it")
        return {key: value for key, value in node.value.items() if key in known}

    def items(self, node: Node | None, path: str, *, least: int = 0, most: int = 100_000) -> Iterator[tuple[Node, str]]:
        """Yield the members of a list with their paths. An absent list is empty."""
        if node is None:
            return
        if not isinstance(node.value, list):
            self.fault(node, path, f"must be a list, not {_kind(node)}")
            return
        if not least <= len(node.value) <= most:
            wanted = f"at least {least}" if len(node.value) < least else f"at most {most}"
            self.fault(node, path, f"has {len(node.value)} entries, {wanted} are wanted")
        for index, item in enumerate(node.value):
            yield item, f"{path}[{index}]"

    def text(self, node: Node | None, path: str, *, most: int = 10_000) -> str:
        """Return a non-empty text of at most `most` characters, with runs of white space made one space."""
        if node is None:
            return ""
        if not isinstance(node.value, str):
            self.fault(node, path, f"must be text, not {_kind(node)}")
            return ""
        if node.is_null:
            self.fault(node, path, "is empty: write the text, or leave the key out where it may be left out")
            return ""
        if node.plain and (guessed_type(node.value) != "str" or _DATELIKE.fullmatch(node.value)):
            self.fault(node, path, f'quote it: "{short(node.value)}" (without quotes YAML may read it as another type)')
        value = " ".join(node.value.split())
        if not any(char.isprintable() and char != " " for char in value):
            self.fault(node, path, "is empty: write the text")
        elif len(value) > most:
            self.fault(node, path, f"has {len(value):,} characters: shorten it to at most {most:,}")
        return value

    def paragraphs(self, node: Node | None, path: str) -> str:
        """Like `text`, but blank lines stay: each becomes one line break between two paragraphs."""
        self.text(node, path)
        lines = node.value.split("\n") if node and isinstance(node.value, str) else []
        return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))

    def optional_text(self, node: Node | None, path: str, *, most: int = 10_000) -> str | None:
        """Like `text`, but absent and null are None."""
        return None if node is None or node.is_null else self.text(node, path, most=most)

    def texts(
        self,
        node: Node | None,
        path: str,
        *,
        least: int = 0,
        most: int = 1000,
        length: int = 1000,
        may_repeat: bool = False,
    ) -> tuple[str, ...]:
        """Return a list of texts, no text twice; with `may_repeat` (surnames) only in exactly the same spelling."""
        found: list[str] = []
        known: set[str] = set()
        for item, where in self.items(node, path, least=least, most=most):
            text = self.text(item, where, most=length)
            if text and text.casefold() in known and not (may_repeat and text in found):
                self.fault(item, where, f'"{short(text)}" appears twice in the list: remove one')
            known.add(text.casefold())
            found.append(text)
        return tuple(found)

    def choice(self, node: Node | None, path: str, choices: tuple[str, ...]) -> str:
        """Return one word of a closed list."""
        value = self.text(node, path)
        if value and value not in choices and node is not None:
            self.fault(node, path, f'"{short(value)}" is not one of: {", ".join(choices)}')
        return value

    def boolean(self, node: Node | None, path: str) -> bool:
        """true or false, nothing else."""
        if node is not None and not (node.plain and node.value in ("true", "false")):
            self.fault(node, path, f"must be true or false, not {_kind(node)}")
        return node is not None and node.value == "true"

    def integer(self, node: Node | None, path: str, least: int, most: int) -> int | None:
        """Return a whole number without quotes, or None where absent or null."""
        if node is None or node.is_null:
            return None
        if not (node.plain and isinstance(node.value, str) and _INT.fullmatch(node.value)):
            self.fault(node, path, f"must be a whole number without quotes, not {_kind(node)}")
            return None
        if not least <= int(node.value) <= most:
            self.fault(node, path, f"{short(node.value)} is not between {least} and {most}")
        return int(node.value)

    def number(self, node: Node | None, path: str) -> float | None:
        """Return a decimal number without quotes, or None where absent or null."""
        if node is None or node.is_null:
            return None
        if not (node.plain and isinstance(node.value, str) and _NUMBER.fullmatch(node.value)):
            self.fault(node, path, f"must be a number such as -0.3, not {_kind(node)}")
            return None
        return float(node.value)


def join(path: str, key: str) -> str:
    """Return the path of a key within the mapping at `path`."""
    return f"{path}.{short(key)}" if path else short(key)


def short(text: str) -> str:
    """Return a text as it is quoted in a fault: at most 60 characters of it."""
    return text if len(text) <= 60 else text[:59] + "…"


def _kind(node: Node) -> str:
    if isinstance(node.value, dict):
        return "a mapping"
    if isinstance(node.value, list):
        return "a list"
    if node.is_null:
        return "nothing"
    return f'"{short(node.value)}"' if node.plain else f'the quoted text "{short(node.value)}"'
