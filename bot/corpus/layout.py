"""A month's file in the importer's layout, and new entries at the end of a file in a person's own layout. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import yaml

from bot.corpus.files import WriteError
from bot.corpus.model import READABLE
from bot.corpus.plain_yaml import values_of

_SHORT = 90
"""Characters up to which a text is one quoted line; a longer one is a folded block."""
_WIDTH = 108


class _Quoted(str):
    __slots__ = ()


class _Folded(str):
    __slots__ = ()


class _Flow(list[Any]):
    __slots__ = ()


class _FlowMap(dict[str, Any]):
    __slots__ = ()


_STR, _SEQ, _MAP = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


_Dumper.add_representer(_Quoted, lambda dumper, text: dumper.represent_scalar(_STR, text, style='"'))
_Dumper.add_representer(_Folded, lambda dumper, text: dumper.represent_scalar(_STR, text, style=">"))
_Dumper.add_representer(_Flow, lambda dumper, each: dumper.represent_sequence(_SEQ, each, flow_style=True))
_Dumper.add_representer(_FlowMap, lambda dumper, each: dumper.represent_mapping(_MAP, each.items(), flow_style=True))

ORDER = {
    name: place
    for place, name in enumerate(
        """issue complete note subjects summaries id added title text source topics later bottom_line summary implications
        caution asks draft_asks study citation authors also year doi url design sample effects read_from""".split()
    )
}
"""The keys of a month and of a summary in the order in which they are written."""
_WORDS = frozenset(("text", "design", "id"))
_NAMES = frozenset(("topics", "authors", "also"))


def render(values: Mapping[str, Any]) -> bytes:
    """Return a month's file in the importer's layout: keys in a fixed order, short texts in quotes, long ones as folded
    blocks.
    """
    dumped: str = yaml.dump(
        _styled(values), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False
    )
    return dumped.encode()


def _styled(value: Any, key: str = "") -> Any:
    if key == "read_from":
        return {name: [_styled(each, "item") for each in value[name]] for name in READABLE if name in value}
    if key in ("sample", "effects"):
        return [_FlowMap(each) for each in value] or _Flow() if isinstance(value, list) else _FlowMap(value or {})
    if isinstance(value, Mapping):
        inside = "note" in value and "id" in value  # a summary's note comes after its asks, a month's before its subjects
        places = ORDER | {"note": ORDER["asks"]} if inside else ORDER
        return {name: _styled(value[name], name) for name in sorted(value, key=lambda name: (places.get(name, 99), name))}
    if isinstance(value, list):
        if key in _NAMES or not value:
            return _Flow(value)
        return [_styled(each, "item") for each in value]
    if isinstance(value, str) and key not in _WORDS:
        return _Folded(value) if len(value) > _SHORT or "\n" in value else _Quoted(value)
    return value


def inserted(month: str, old: bytes, before: Any, new: Sequence[Mapping[str, Any]], after: Mapping[str, Any]) -> bytes:
    """Return a file in a person's own layout, with the new entries at its end and nothing else touched. Raises
    WriteError.
    """
    text = old.decode("utf-8").rstrip("\n") + "\n"
    if new:
        block = render({"summaries": list(new)}).decode().partition("\n")[2]
        indent = re.search(r"^( *)- ", text.partition("\nsummaries:")[2], re.MULTILINE)
        shift = (len(indent[1]) if indent else 2) - 2
        lines = block.split("\n")
        text += "\n".join(line[-shift:] if shift < 0 else " " * shift + line if line else "" for line in lines)
    if after.get("note") != before.get("note"):
        line = render({"note": after["note"]}).decode()
        text = re.sub(r"^(?=summaries:)", lambda _: line, text, count=1, flags=re.MULTILINE)
    wanted = {name: value for name, value in after.items() if name != "summaries"}
    with suppress(yaml.YAMLError):
        found = values_of(text)
        said = {name: value for name, value in found.items() if name != "summaries"}
        if said == wanted and found["summaries"] == [*before["summaries"], *(_plain(each) for each in new)]:
            return text.encode()
    raise WriteError(
        f"issues/{month}.yaml is laid out in a way to which nothing can be added without touching the rest: "
        f"add {', '.join(repr(each['title']) for each in new) or 'the note'} by hand"
    )


def _plain(each: Mapping[str, Any]) -> Any:
    return values_of(render({"summaries": [each]}))["summaries"][0]
