"""Blocks that are made as JSON at once are what the SDK would make of them, and stay as they are."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from slack_sdk.models.blocks import (
    RichTextBlock,
    RichTextElementParts,
    RichTextListElement,
    RichTextSectionElement,
)

from bot.blocks import card, kit, save, tables
from bot.blocks.modal import message_view, placed
from bot.blocks.reader import Reader
from bot.blocks.render import render
from bot.blocks.share import shared_card
from bot.blocks.validation import problems
from bot.commands.reply import Answer, Reply
from bot.corpus.load import load
from bot.paths import default_root
from bot.playground.slack.block_kit import check_message
from bot.playground.slack.model import texts_of

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


def table(*rows: tuple[str, ...], columns: tuple[str, ...] = ("Study", "Value")) -> tables.Table:
    return tables.Table(columns, rows)


def test_an_empty_cell_of_a_table_says_so_since_slack_would_refuse_the_message() -> None:
    made = kit.dump([tables.block(table(("One\nmore of it", ""), ("", " \u200b\n")))])
    assert problems(made) == check_message("x", made) == []
    assert rows_of(made[0]["rows"]) == [["Study", "Value"], ["One\nmore of it", "not stated"], ["not stated", "not stated"]]
    assert "Value: not stated" in str(kit.dump(tables.listed(table(("One", "")))))
    assert tables.lines(table(("One", ""))) == ["• One. Value: not stated"]


def test_a_table_keeps_to_slacks_limits_and_breaking_them_is_noticed() -> None:
    huge = table(*[("w" * 150, "v")] * 300)
    assert len(tables.within(huge).rows) == 66
    small = tables.within(table(*[("w", "v")] * 300))
    assert len(small.rows) == 99
    for fitting in (small, tables.within(huge)):
        made = kit.dump([tables.block(fitting)])
        assert problems(made) == check_message("x", made) == []
    assert problems(kit.dump([tables.block(huge)]))
    two = kit.dump([tables.block(small)] * 2)
    assert any("tables, at most 1" in each for each in problems(two))
    assert any("none in a modal" in each for each in problems(two[:1], surface="modal"))
    ragged = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}], []]}
    empty = {"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]}
    assert len(problems([ragged])) == len(problems([empty])) == 1


def rows_of(rows: list[list[dict[str, Any]]]) -> list[list[str]]:
    return [["".join(texts_of([cell])) for cell in row] for row in rows]
