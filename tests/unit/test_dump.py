"""Blocks become the very JSON that the SDK makes of them, and are refused where it refuses."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    CheckboxesElement,
    ConfirmObject,
    ContextBlock,
    HeaderBlock,
    ImageElement,
    InputBlock,
    MarkdownTextObject,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RichTextBlock,
    RichTextElementParts,
    RichTextListElement,
    RichTextQuoteElement,
    RichTextSectionElement,
    SectionBlock,
    StaticSelectElement,
)

from bot.blocks import card, kit, save
from bot.blocks.dump import as_json
from bot.blocks.modal import message_view, stacked
from bot.blocks.reader import Reader
from bot.blocks.render import render
from bot.commands.reply import Answer, Reply
from bot.corpus.load import load
from bot.paths import default_root

BOLD = RichTextElementParts.TextStyle(bold=True)
OPTIONS = [Option(text="One", value="1"), Option(text=PlainTextObject(text="Two"), value="2", description="the second")]


def test_every_card_is_what_the_sdk_makes_of_it() -> None:
    for summary in load(default_root()):
        blocks = card.body(summary)
        assert kit.dump(blocks) == [block.to_dict() for block in blocks]


@pytest.mark.parametrize(
    "block",
    [
        kit.divider(),
        SectionBlock(text="a *b*", fields=["one", "two"], accessory=ImageElement(image_url="https://x.org/a", alt_text="a")),
        SectionBlock(text=MarkdownTextObject(text="", verbatim=False), block_id="b"),
        ContextBlock(
            elements=[PlainTextObject(text="a", emoji=False), ImageElement(image_url="https://x.org", alt_text="")]
        ),
        RichTextBlock(
            elements=[
                RichTextSectionElement(elements=[]),
                RichTextQuoteElement(elements=[RichTextElementParts.Text(text="q", style=BOLD)]),
                RichTextListElement(style="bullet", indent=0, elements=[RichTextSectionElement(elements=[])]),
                RichTextSectionElement(elements=[RichTextElementParts.Link(url="https://x.org", text="x")]),
            ]
        ),
        ActionsBlock(
            elements=[
                ButtonElement(
                    action_id="a", text="Go", value="v", style="danger", confirm=ConfirmObject(title="T", text="x")
                ),
                StaticSelectElement(action_id="s", placeholder="Choose", options=OPTIONS, initial_option=OPTIONS[0]),
                CheckboxesElement(action_id="c", options=OPTIONS, initial_options=[]),
            ]
        ),
        InputBlock(label="L", element=PlainTextInputElement(action_id="i", multiline=True, max_length=10), optional=True),
    ],
    ids=lambda block: block.type,
)
def test_every_kind_of_block_is_what_the_sdk_makes_of_it(block: SectionBlock) -> None:
    assert as_json(block) == block.to_dict()


@pytest.mark.parametrize(
    "block",
    [
        HeaderBlock(text="x" * 151),
        SectionBlock(text="x" * 3001),
        ActionsBlock(elements=[ButtonElement(action_id=f"a{place}", text="x", value="v") for place in range(26)]),
        ActionsBlock(elements=[ButtonElement(action_id="a", text="x" * 76, value="v")]),
        ContextBlock(elements=[PlainTextObject(text="x")] * 11),
        kit.buttons(ButtonElement(action_id="a", text="x", value="v" * 2001)),
    ],
    ids=lambda block: block.type,
)
def test_what_the_sdk_refuses_is_refused_in_its_words(block: SectionBlock) -> None:
    with pytest.raises(SlackObjectFormationError) as theirs:
        block.to_dict()
    with pytest.raises(SlackObjectFormationError) as ours:
        as_json(block)
    assert str(ours.value) == str(theirs.value)


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
    stacked(message_view(shown, "A title"))["blocks"].append({})
    card.card(first, shared_by="U1").blocks.append({})
    assert made() == before
