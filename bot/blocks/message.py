"""A message as this bot sends it: its blocks, and the text that screen readers and notifications get instead of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.models.blocks import Block

from bot.blocks import kit, limits
from bot.text import fit

Parts = tuple[str, list[Block]]
"""A message, or a part of one, before it is put together: its text (mrkdwn) and its blocks."""

_CUT_ENTITY = re.compile(r"&[a-z]{0,3}( ?…)$")
"""What is left of an escaped character when a text is cut in it: "&am…", "&lt …"."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message to send. `text` has the gist of the blocks, escaped."""

    text: str
    blocks: kit.Blocks = field(default_factory=list)

    def payload(self) -> dict[str, Any]:
        """The arguments `text` and `blocks` of Slack's methods."""
        return {"text": self.text, "blocks": self.blocks}


def message(text: str, blocks: Sequence[Block]) -> Message:
    """A message from blocks; `text` is cut to what Slack advises."""
    return Message(_CUT_ENTITY.sub(r"\1", fit(text, limits.MESSAGE_TEXT)), kit.dump(blocks))
