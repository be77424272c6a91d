"""The words of a message that someone points at: its text, or what its blocks and attachments say where it has none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.listeners.incoming import typed

MOST = 200
"""Pieces of a message that are read."""
_INNER = frozenset("blocks body elements fields message rows text title".split())
_OF_ATTACHMENTS = ("pretext", "title", "text")


def words_of(message: Mapping[str, Any]) -> str:
    """Return the words of a message. An app's message often has all of them in blocks, a forwarded one in attachments."""
    said = [str(message.get("text") or ""), *_in_blocks(message.get("blocks"))]
    for attachment in message.get("attachments") or ():
        said += [str(attachment.get(part) or "") for part in _OF_ATTACHMENTS]
        said += _in_blocks(attachment.get("blocks") or attachment.get("message_blocks"))
        if not any(said):
            said.append(str(attachment.get("fallback") or ""))
    plain = [typed(each) for each in said[:MOST]]
    return "\n".join(_without_repeats([each for each in plain if each]))


def _in_blocks(found: Any) -> Iterator[str]:
    """Yield the texts in blocks, however deep: of any kind, since people forward what any app writes."""
    if isinstance(found, list):
        for each in found:
            yield from _in_blocks(each)
    elif isinstance(found, Mapping) and found.get("type") not in ("button", "image", "emoji"):
        line = found.get("elements")
        if isinstance(line, list) and all(isinstance(each, Mapping) and isinstance(each.get("text"), str) for each in line):
            yield "".join(each["text"] for each in line)  # a sentence, some of it bold
            return
        if isinstance(text := found.get("text"), str):
            yield text
        for name, part in found.items():
            if name in ("text", "elements", "fields", "blocks", "rows", "title", "body", "message") and not isinstance(
                part, str
            ):
                yield from _in_blocks(part)


def _without_repeats(said: list[str]) -> Iterator[str]:
    """Yield what is not said already: `text` mostly repeats the blocks."""
    seen = ""
    for each in said:
        if " ".join(each.split()) not in seen:
            seen += " ".join(each.split()) + "\n"
            yield each
