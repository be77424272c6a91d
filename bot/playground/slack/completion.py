"""Completes blocks and views with the ids and defaults that Slack adds."""

from __future__ import annotations

import secrets
from copy import deepcopy
from typing import Any

from .block_kit_elements import KNOWN_ELEMENTS
from .model import Json


def completed_blocks(blocks: list[Json]) -> list[Json]:
    """Return a copy of the blocks, completed."""
    found = deepcopy(blocks)
    for block in found:
        block.setdefault("block_id", _new_id())
        _complete(block)
    return found


def completed_view(spec: Json) -> Json:
    """Return a copy of a view, completed."""
    found = deepcopy({key: value for key, value in spec.items() if key != "blocks"})
    _complete(found)
    return found | {"blocks": completed_blocks(spec["blocks"])}


def _complete(node: Any) -> None:
    if isinstance(node, dict):
        kind = node.get("type")
        if kind == "plain_text":
            node.setdefault("emoji", True)
        elif kind == "mrkdwn":
            node.setdefault("verbatim", False)
        elif kind in KNOWN_ELEMENTS:
            node.setdefault("action_id", _new_id())
        for value in node.values():
            _complete(value)
    elif isinstance(node, list):
        for item in node:
            _complete(item)


def _new_id() -> str:
    return secrets.token_urlsafe(4)
