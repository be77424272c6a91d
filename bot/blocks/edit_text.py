"""What a curator reads before she fills in the form: the summary's text, and sentences of it that may be its bottom line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block

from bot.blocks import ids, kit
from bot.blocks.body import body_of
from bot.blocks.mrkdwn import escape
from bot.blocks.summary_fields import MOST
from bot.corpus.model import Summary
from bot.corpus.month_file import MAX_BOTTOM_LINE_WORDS
from bot.extraction.finding import may_be_findings
from bot.extraction.study_text import read_text

SENTENCES = 3
"""Sentences to choose from."""
_CHOOSE = "*Does one of these sentences say what was found?* Press *Use*, and change it below if you like."


def text_and_sentences(summary: Summary) -> list[Block]:
    """Return a summary's text, and where it has no bottom line yet, sentences to choose from, each with its *Use*."""
    body, limitations = body_of(summary)
    blocks = [*body, *limitations]
    if summary.bottom_line:
        return blocks
    found = may_be_findings(read_text(summary.summary), SENTENCES, MAX_BOTTOM_LINE_WORDS)
    rows = [_row(number, sentence) for number, sentence in enumerate(found) if len(sentence) <= MOST["bottom_line"]]
    return [*blocks, kit.prose(_CHOOSE), *rows] if rows else blocks


def _row(number: int, sentence: str) -> Block:
    button = kit.button(f"{ids.EDIT_USE}:{number}", "Use", sentence, said=f"Use: {sentence}")
    return kit.prose(f"“{escape(sentence)}”", button=button)


def with_sentence(blocks: Sequence[Mapping[str, Any]], block_id: str, sentence: str) -> kit.Blocks | None:
    """Return the form's blocks with a sentence in the field that is the block with this id, under a new id (Slack keeps what
    was typed under the old one); None where the form has no such field.
    """
    if not any(block.get("block_id") == block_id for block in blocks):
        return None
    head, _, count = block_id.rpartition(":")
    return [
        {
            **block,
            "block_id": f"{head}:{int(count) + 1}",
            "element": {**block["element"], "initial_value": sentence},
        }
        if block.get("block_id") == block_id
        else dict(block)
        for block in blocks
    ]
