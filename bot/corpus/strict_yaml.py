"""A strict, bounded reader for the YAML of `knowledge/`.

It walks the parser's events itself instead of calling `yaml.safe_load`, because that resolves types behind the
writer's back (`no` is False, `1.10` is 1.1, the last of two equal keys wins in silence), expands alias and merge
bombs, and its C form crashes the process on deep nesting. Here aliases, anchors and tags are refused, depth and size
are bounded while parsing, every scalar stays the text that was written, and each node knows its line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

MAX_BYTES = 5_000_000
"""The largest file that is read at all."""
MAX_DEPTH = 20
MAX_NODES = 400_000

# libyaml's parser where PyYAML was built with it (5 to 10 times faster), else the pure Python one: the same events.
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVERS = yaml.SafeLoader.yaml_implicit_resolvers
_UNPRINTABLE: Any = yaml.reader.Reader.NON_PRINTABLE


class YamlError(Exception):
    """A file that cannot be read. `line` is 1-based, or None where the whole file is meant."""

    def __init__(self, problem: str, line: int | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of YAML with its 1-based line. `value` is str for a scalar, list[Node], or dict[str, Node].

    `plain` is True for an unquoted scalar, whose type YAML would guess; `key_lines` has the line of each key of a mapping.
    """

    value: str | list[Node] | dict[str, Node]
    line: int
    plain: bool = False
    duplicates: tuple[tuple[str, int], ...] = ()
    key_lines: dict[str, int] | None = None

    @property
    def is_null(self) -> bool:
        """Return whether this is an unquoted null, `~` or nothing at all."""
        return self.plain and self.value in ("", "~", "null", "Null", "NULL")


def guessed_type(text: str) -> str:
    """Return what YAML would make of an unquoted scalar: "str", "int", "float", "bool", "null", "timestamp" or "merge"."""
    for tag, pattern in [*_RESOLVERS.get(text[:1], []), *_RESOLVERS.get(None, [])]:
        if pattern.match(text):
            return str(tag).rsplit(":", 1)[1]
    return "str"


def parse(data: bytes) -> Node:
    """Read one YAML document. Raises YamlError for anything that is not plain, bounded YAML in UTF-8."""
    if len(data) > MAX_BYTES:
        raise YamlError(f"the file is larger than {MAX_BYTES // 1_000_000} MB: split it, one file a month")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise YamlError(f"byte {error.start} is not UTF-8: save the file as UTF-8", line) from None
    if found := _UNPRINTABLE.search(text):
        raise _unprintable(found[0], text.count("\n", 0, found.start()) + 1)
    loader = _PARSER(text)
    try:
        return _document(loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(part for part in (error.context, error.problem) if part)[:300]
        hint = ": quote text that contains ': ' or ' #' or starts with a special character, and check the indentation"
        raise YamlError(f"not YAML ({problem}){hint}", mark.line + 1 if mark else None) from None
    except yaml.YAMLError as error:
        raise YamlError(f"not YAML ({str(error).splitlines()[0]})") from None
    except (ValueError, OverflowError):
        # The pure Python parser on "\UFFFFFFFF" and on a version of 5,000 digits; libyaml reports both itself.
        raise YamlError("not YAML (a number or an escape that is out of range): remove it") from None
    finally:
        loader.dispose()


def _unprintable(character: str, line: int) -> YamlError:
    return YamlError(f"the character U+{ord(character):04X} is not allowed: remove it", line)


def _document(loader: Any) -> Node:
    event = loader.get_event()
    while not isinstance(event, yaml.NodeEvent):
        if isinstance(event, yaml.StreamEndEvent):
            raise YamlError("the file is empty")
        event = loader.get_event()
    root = _Composer(loader).node(event, 0)
    loader.get_event()  # the document's end
    if not isinstance(loader.get_event(), yaml.StreamEndEvent):
        raise YamlError("more than one document in the file: remove the '---' line")
    return root


class _Composer:
    """Builds nodes from events; recursion is bounded by MAX_DEPTH."""

    def __init__(self, loader: Any) -> None:
        self.loader = loader
        self.count = 0

    def node(self, event: Any, depth: int) -> Node:
        line = event.start_mark.line + 1
        self.count += 1
        if self.count > MAX_NODES:
            raise YamlError(f"more than {MAX_NODES:,} values in one file: split it", line)
        if depth > MAX_DEPTH:
            raise YamlError(f"nested deeper than {MAX_DEPTH} levels", line)
        if isinstance(event, yaml.AliasEvent):
            raise YamlError(
                f"an alias (*{str(event.anchor)[:60]}): write the text out; text that starts with * needs quotes", line
            )
        if event.anchor is not None:
            raise YamlError(f"an anchor (&{event.anchor[:60]}): remove it; text that starts with & needs quotes", line)
        if event.tag is not None:
            raise YamlError(f"a tag ({event.tag[:60]}): remove it; text that starts with ! needs quotes", line)
        if isinstance(event, yaml.ScalarEvent):
            if found := _UNPRINTABLE.search(event.value):  # written as an escape: "\0", "\x1b", "\ud800"
                raise _unprintable(found[0], line)
            # Both parsers say implicit (True, False) of a plain scalar; their styles differ.
            return Node(event.value, line, plain=bool(event.implicit[0]))
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(self._sequence(depth), line)
        return self._mapping(line, depth)

    def _sequence(self, depth: int) -> list[Node]:
        items = []
        while not isinstance(event := self.loader.get_event(), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return items

    def _mapping(self, line: int, depth: int) -> Node:
        values: dict[str, Node] = {}
        lines: dict[str, int] = {}
        duplicates = []
        while not isinstance(event := self.loader.get_event(), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            if not isinstance(key.value, str):
                raise YamlError("a key that is not a word", key.line)
            if key.plain and key.value == "<<":
                raise YamlError("a merge key (<<): write the keys out", key.line)
            value = self.node(self.loader.get_event(), depth + 1)
            if key.value in values:
                duplicates.append((key.value, key.line))
            else:
                values[key.value] = value
                lines[key.value] = key.line
        return Node(values, line, duplicates=tuple(duplicates), key_lines=lines)
