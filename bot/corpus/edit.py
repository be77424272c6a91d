"""Changes one key of one summary in a month's file and leaves every other byte, comments and all, as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from difflib import SequenceMatcher
from typing import Any

import yaml

from bot.corpus.files import WriteError
from bot.corpus.layout import ORDER, render
from bot.corpus.load import file_of
from bot.corpus.plain_yaml import nodes_of, values_of

_COMMENT = re.compile(r"\s+#[^\n]*")
_INDENT = 4
"""Columns before a summary's keys in the importer's layout."""


def with_key(month: str, content: bytes, summary_id: str, key: str, value: Any) -> bytes:
    """Return the file of a month (or of the team's own summaries: OURS) with a key of one summary ("caution", or
    "study.design" within another) set to a value, or taken out where the value is None or empty. The file is one that the
    strict reader takes. Raises WriteError where it has no such summary, or is laid out in a way in which a key cannot be set
    without touching the rest.
    """
    text = content.decode("utf-8-sig")
    before = values_of(text)
    summaries = before["summaries"]
    place = next((at for at, each in enumerate(summaries) if each["id"] == summary_id), None)
    if place is None:
        raise WriteError(f"{file_of(month)} has no summary {summary_id}")
    outer, _, inner = key.partition(".")
    if inner:
        members = _with(summaries[place].get(outer) or {}, inner, value)
        wanted = _with(summaries[place], outer, members)
        path = [outer, inner] if members and summaries[place].get(outer) else [outer]
        value = value if len(path) > 1 else members
    else:
        wanted, path = _with(summaries[place], key, value), [key]
    with suppress(yaml.YAMLError, LookupError):
        changed = _changed(text, place, path, value, wanted)
        if values_of(changed) == before | {"summaries": [*summaries[:place], wanted, *summaries[place + 1 :]]}:
            return changed.encode()
    raise WriteError(f"{file_of(month)} is laid out in a way in which “{key}” of {summary_id} must be changed by hand")


def _with(members: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    kept = {name: each for name, each in members.items() if name != key}
    return kept | {key: value} if value else kept


def _changed(text: str, place: int, path: Sequence[str], value: Any, wanted: Mapping[str, Any]) -> str:
    entry = _member(_member(nodes_of(text), "summaries"), place)
    lines = text.splitlines(keepends=True)
    first = entry.value[0][0]
    if len(path) > 1:
        inner = _member(entry, path[0])
        if inner.flow_style:
            path, value = path[:1], wanted[path[0]]
        else:
            entry, first = inner, None
    key = path[-1]
    spans = {str(name.value): (name.start_mark.line, _last_line(lines, node) + 1) for name, node in entry.value}
    indent = entry.value[0][0].start_mark.column
    if entry.flow_style:
        return text
    new = _block(path, value, indent) if value else []
    if key in spans:
        start, end = spans[key]
        node = _member(entry, key)
        if new and isinstance(value, list) and isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
            new = _items(lines, start, node, value, new)
        elif new:
            new[0] = new[0].rstrip("\n") + _remark(lines, node) + "\n"
        begin = lines[start][:indent]  # "  - " where the key begins the entry
        if new and begin.strip():
            new[0] = begin + new[0][indent:]
    else:
        rank = ORDER.get(key, len(ORDER))
        later = [name.value for name, _ in entry.value if name is not first and ORDER.get(name.value, len(ORDER)) > rank]
        start = end = spans[later[0]][0] if later else max(end for _, end in spans.values())
        if end == len(lines) and lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
    return "".join([*lines[:start], *new, *lines[end:]])


def _items(lines: Sequence[str], start: int, node: yaml.SequenceNode, value: list[Any], new: Sequence[str]) -> list[str]:
    """Return the lines of a list in which items that stay keep theirs, and comments between items stay too."""
    begins = [item.start_mark.line for item in node.value]
    ends = [_last_line(lines, item) + 1 for item in node.value]
    between = [lines[end:begin] for end, begin in zip(ends[:-1], begins[1:], strict=True)] + [[]]
    dash = lines[begins[0]][: lines[begins[0]].index("-")]
    old = [_hashable(yaml.constructor.SafeConstructor().construct_document(item)) for item in node.value]
    drawn = _by_item(new, dash)
    found = list(lines[start : begins[0]])
    for kind, i, j, k, m in SequenceMatcher(None, old, [*map(_hashable, value)], autojunk=False).get_opcodes():
        if kind == "equal":
            for at in range(i, j):
                found += [*lines[begins[at] : ends[at]], *between[at]]
            continue
        for at, each in enumerate(drawn[k:m], i):
            if at < j:  # in the place of an item, whose comment stays
                each[0] = each[0].rstrip("\n") + _remark(lines, node.value[at]) + "\n"
            found += each
        for at in range(i, j):
            found += between[at]
    return found


def _hashable(value: Any) -> Any:
    """Return an item of a list as what equals it and has a hash."""
    if isinstance(value, Mapping):
        return frozenset((name, _hashable(each)) for name, each in value.items())
    return tuple(map(_hashable, value)) if isinstance(value, list) else value


def _by_item(new: Sequence[str], dash: str) -> list[list[str]]:
    """Return the lines of each item of a list that was drawn under its key, with this before the dash."""
    indent = new[1].index("-")
    items: list[list[str]] = []
    for line in new[1:]:
        if line[indent : indent + 2] == "- " and not line[:indent].strip():
            items.append([])
        items[-1].append(dash + line[indent:] if line.strip() else line)
    return items


def _remark(lines: Sequence[str], node: yaml.Node) -> str:
    """Return the comment behind a value, or behind the sign that begins a block. Raises LookupError for one within it."""
    start, end = node.start_mark, node.end_mark
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        found = _COMMENT.search(lines[start.line], start.column)
    elif isinstance(node, yaml.CollectionNode) and not node.flow_style:
        if any(_COMMENT.search(" " + line) for line in lines[start.line : _last_line(lines, node) + 1]):
            raise LookupError
        return ""
    else:
        if isinstance(node, yaml.CollectionNode) and any(
            _COMMENT.search(" " + each) for each in lines[start.line : end.line]
        ):
            raise LookupError
        found = _COMMENT.match(lines[end.line], end.column)
    return found[0].rstrip() if found else ""


def _member(node: yaml.Node | None, wanted: str | int) -> Any:
    if isinstance(wanted, int) and isinstance(node, yaml.SequenceNode):
        return node.value[wanted]
    if isinstance(node, yaml.MappingNode):
        return next(value for name, value in node.value if name.value == wanted)
    raise TypeError(type(node).__name__)


def _last_line(lines: Sequence[str], node: yaml.Node) -> int:
    """Return the number of the last line of a value: what a block is followed by (comments, blank lines) is not its own."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(lines, last[1] if isinstance(last, tuple) else last)
    mark = node.end_mark
    if not isinstance(node, yaml.ScalarNode) or node.style not in ("|", ">"):
        return int(mark.line)
    end = int(mark.line) - 1
    while end > node.start_mark.line and not lines[end].strip():
        end -= 1
    return end


def _block(path: Sequence[str], value: Any, indent: int) -> list[str]:
    """Return the lines of a key with its value as the importer lays them out in a month's file."""
    inner = {path[-1]: value} if len(path) == 1 else {path[0]: {path[-1]: value}}
    drawn = render({"summaries": [{"id": "x", **inner}]}).decode().splitlines(keepends=True)[len(path) + 1 :]
    shift = indent - _INDENT - 2 * (len(path) - 1)
    return [(" " * shift + line if shift >= 0 else line[-shift:]) if line.strip() else line for line in drawn]
