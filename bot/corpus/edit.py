"""Changes one key of one summary in a month's file and leaves every other byte, comments and all, as it is."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import yaml

from bot.corpus.files import WriteError
from bot.corpus.layout import ORDER, render


def with_key(month: str, content: bytes, summary_id: str, key: str, value: Any) -> bytes:
    """Return the file of a month with a key of one of its summaries set to a value, or taken out where the value is None or
    empty. The file is one that the strict reader takes. Raises WriteError where it has no such summary, or is laid out in a
    way in which a key cannot be set without touching the rest.
    """
    text = content.decode("utf-8-sig")
    before = yaml.safe_load(text)
    summaries = before["summaries"]
    place = next((at for at, each in enumerate(summaries) if each["id"] == summary_id), None)
    if place is None:
        raise WriteError(f"issues/{month}.yaml has no summary {summary_id}")
    wanted = dict(summaries[place])
    wanted.pop(key, None)
    if value:
        wanted[key] = value
    changed = _changed(text, place, key, value)
    with suppress(yaml.YAMLError):
        if yaml.safe_load(changed) == before | {"summaries": [*summaries[:place], wanted, *summaries[place + 1 :]]}:
            return changed.encode()
    raise WriteError(f"issues/{month}.yaml is laid out in a way in which “{key}” of {summary_id} must be changed by hand")


def _changed(text: str, place: int, key: str, value: Any) -> str:
    entry = _member(_member(yaml.compose(text), "summaries"), place)
    keys = [(str(name.value), name, end) for name, end in entry.value]
    lines = text.splitlines(keepends=True)
    spans = {name: (node.start_mark.line, _last_line(lines, end) + 1) for name, node, end in keys}
    indent = keys[0][1].start_mark.column
    if entry.flow_style:
        return text
    new = _block(key, value, indent) if value else []
    if key in spans:
        start, end = spans[key]
        first = lines[start][:indent]  # "  - " where the key begins the entry
        if new and first.strip():
            new[0] = first + new[0][indent:]
    else:
        rank = ORDER.get(key, len(ORDER))
        later = [name for name, _, _ in keys[1:] if ORDER.get(name, len(ORDER)) > rank]
        start = end = spans[later[0]][0] if later else max(end for _, end in spans.values())
        if end == len(lines) and lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
    return "".join([*lines[:start], *new, *lines[end:]])


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


def _block(key: str, value: Any, indent: int) -> list[str]:
    lines = render({key: value}).decode().splitlines(keepends=True)
    return [" " * indent + line if line.strip() else line for line in lines]
