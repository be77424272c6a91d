"""Blocks that are made as JSON at once are what the SDK would make of them, and stay as they are."""

from __future__ import annotations

import json
from dataclasses import replace

from slack_sdk.models.blocks import (
    RichTextBlock,
    RichTextElementParts,
    RichTextListElement,
    RichTextSectionElement,
)

from bot.blocks import card, kit, save
from bot.blocks.modal import message_view, placed
from bot.blocks.reader import Reader
from bot.blocks.render import render
from bot.blocks.share import shared_card
from bot.commands.reply import Answer, Reply
from bot.corpus.load import load
from bot.paths import default_root

BOLD = RichTextElementParts.TextStyle(bold=True)


def test_rich_text_is_what_the_sdk_would_make_of_it() -> None:
    text = RichTextElementParts.Text

    def marks(found: str) -> list[tuple[int, int]]:
        return [(0, 3)] if found.startswith("One") else [(4, 7)]

    paragraph = RichTextBlock(
        elements=[
            RichTextSectionElement(
                elements=[text(text="Label\n", style=BOLD), text(text="One", style=BOLD), text(text=" two three")]
            )
        ]
    )
    rows = [
        [text(text="One", style=BOLD), text(text=" and")],
        [text(text="Two "), text(text="and", style=BOLD), text(text=" on")],
    ]
    bullets = RichTextBlock(
        elements=[
            RichTextSectionElement(elements=[text(text="Label", style=BOLD)]),
            RichTextListElement(style="bullet", elements=[RichTextSectionElement(elements=row) for row in rows]),
        ]
    )
    assert kit.dump([kit.paragraph("Label", "One two three", marks)]) == [paragraph.to_dict()]
    assert kit.dump([kit.bullets("Label", ["One and", "Two and on"], marks)]) == [bullets.to_dict()]
    plain = RichTextBlock(elements=[RichTextSectionElement(elements=[text(text="One")])])
    assert kit.dump([kit.paragraph(None, "One")]) == [plain.to_dict()]


def test_what_is_made_once_stays_as_it_was_whatever_is_made_of_it() -> None:
    corpus = load(default_root())
    first, second = corpus.summaries[:2]

    reply = Reply(Answer(first, (second,)))

    def made() -> str:
        return json.dumps([card.card(first).payload(), render(reply, Reader()).payload()])

    before = made()
    render(reply, Reader()).blocks.clear()
    shown = render(reply, Reader())
    assert save.with_save_state(shown.blocks, first, saved=True) != shown.blocks
    render(replace(reply, details=True, danger=True), Reader(saved=True)).blocks.append({})
    placed(message_view(shown, "A title"), 2)["blocks"].append({})
    shared_card(first, "U1", "").blocks.append({})
    assert made() == before
