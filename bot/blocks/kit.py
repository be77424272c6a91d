"""The few Block Kit pieces that every message is made of, fitted to Slack's limits. Corpus text goes in as rich text
or plain text, which Slack does not interpret: no asterisk, backtick or `<!channel>` in it can do anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    ConversationFilter,
    ConversationSelectElement,
    DividerBlock,
    HeaderBlock,
    InputBlock,
    MarkdownTextObject,
    PlainTextObject,
    RichTextElementParts,
    SectionBlock,
)

from bot.blocks import limits
from bot.text import clean, fit

Blocks = list[dict[str, Any]]
Button = ButtonElement
Element = dict[str, Any]
Text = RichTextElementParts.Text
Marks = Callable[[str], Sequence[tuple[int, int]]]
"""Returns the places of a text to highlight: start and end of each, in order and apart."""


class Ready(Block):
    """A block that is JSON already: made once and shown again and again, or too simple to need checks. It must not be
    changed: what does change in a message (the *Save* button) is a copy.
    """

    def __init__(self, made: dict[str, Any]) -> None:
        self.made = made
        self.type = made["type"]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON itself."""
        return self.made


def header(text: str) -> Block:
    """Return a title."""
    return HeaderBlock(text=PlainTextObject(text=fit(clean(text), limits.HEADER), emoji=False))


def fine_print(text: str) -> Block:
    """Return a quiet line of plain text."""
    return ContextBlock(elements=[PlainTextObject(text=fit(clean(text), limits.SECTION), emoji=False)])


def fine_markup(markup: str) -> Block:
    """Return a quiet line of mrkdwn that we wrote; foreign text in it has been escaped."""
    return ContextBlock(elements=[MarkdownTextObject(text=markup, verbatim=True)])


def prose(markup: str, *, button: ButtonElement | None = None) -> Block:
    """Return a paragraph of mrkdwn that we wrote; foreign text in it has been escaped."""
    return SectionBlock(text=MarkdownTextObject(text=markup, verbatim=True), accessory=button)


def paragraph(
    label: str | None,
    text: str,
    marks: Marks | None = None,
    *,
    inline: bool = False,
    link: tuple[str, str] | None = None,
) -> Block:
    """Return foreign text under a bold label, or after it (`inline`); `link` (address, label) is its last line."""
    parts = [_bold(f"{label}: " if inline else f"{label}\n")] if label else []
    parts += _marked(fit(clean(text), limits.RICH_TEXT), marks)
    if link:
        parts += [_plain("\n"), {"type": "link", "url": link[0], "text": link[1]}]
    return _rich_text(_section(*parts))


def said_by(user: str, text: str) -> Block:
    """Return a line of foreign text after the name of a person (an id)."""
    return _rich_text(_section({"type": "user", "user_id": user}, _plain(f" {clean(text)}")))


def bullets(label: str | None, items: Sequence[str], marks: Marks | None = None) -> Block:
    """A bulleted list of foreign texts under a bold label; what does not fit is left out whole, and said."""
    shown = _as_fit(items)
    if left := len(items) - len(shown):
        shown.append(f"… and {left} more: press “Details”.")
    return _bulleted(label, shown, marks)


def fits(items: Sequence[str]) -> bool:
    """Return whether `bullets` has room for all of these texts, each of them whole."""
    return _as_fit(items) == [clean(item) for item in items]


def all_bullets(label: str, items: Sequence[str], *, marks: Marks | None = None) -> list[Block]:
    """Return a bulleted list of foreign texts with nothing left out, in as many blocks as it takes."""
    groups: list[list[str]] = [[]]
    for item in items:
        text = fit(clean(item), limits.RICH_TEXT)
        if sum(map(len, groups[-1])) + len(text) > limits.RICH_TEXT:
            groups.append([])
        groups[-1].append(text)
    return [_bulleted(label if not place else None, group, marks) for place, group in enumerate(groups)]


def _as_fit(items: Sequence[str]) -> list[str]:
    """Return the first of these texts for which one block has room."""
    shown: list[str] = []
    room = limits.RICH_TEXT
    for item in items:
        text = fit(clean(item), limits.RICH_TEXT // 2)
        if len(text) > room - 60:
            break
        shown.append(text)
        room -= len(text)
    return shown


def _bulleted(label: str | None, texts: Sequence[str], marks: Marks | None = None) -> Block:
    rows = [_section(*_marked(text, marks)) for text in texts]
    heading = [_section(_bold(label))] if label else []
    return _rich_text(*heading, {"type": "rich_text_list", "style": "bullet", "elements": rows})


# Rich text is plain JSON, not objects of the SDK: they would check nothing, and there is much of it in a card.


def _rich_text(*elements: Element) -> Block:
    return Ready({"type": "rich_text", "elements": list(elements)})


def _section(*parts: Element) -> Element:
    return {"type": "rich_text_section", "elements": list(parts)}


def _plain(text: str) -> Element:
    return {"type": "text", "text": text}


def _bold(text: str) -> Element:
    return {"type": "text", "text": text, "style": {"bold": True}}


def _marked(text: str, marks: Marks | None) -> list[Element]:
    """Return a text with some places of it in bold."""
    parts, place = [], 0
    for start, end in marks(text) if marks else ():
        if start > place:
            parts.append(_plain(text[place:start]))
        parts.append(_bold(text[start:end]))
        place = end
    return [*parts, _plain(text[place:])] if place < len(text) else parts


def button(
    action_id: str,
    label: str,
    value: str,
    *,
    style: str | None = None,
    said: str | None = None,
    confirm: ConfirmObject | None = None,
) -> ButtonElement:
    """A button. `value` is an id or words of the library, never of a question; `said` is what screen readers say instead."""
    return ButtonElement(
        action_id=action_id,
        text=PlainTextObject(text=fit(clean(label), limits.BUTTON_TEXT), emoji=False),
        value=value,
        style=style,
        accessibility_label=fit(clean(said), limits.BUTTON_TEXT) if said else None,
        confirm=confirm,
    )


def confirm(title: str, question: str, yes: str, no: str) -> ConfirmObject:
    """Return what Slack asks before a button does what it says. Plain text."""
    return ConfirmObject(
        title=PlainTextObject(text=title, emoji=False),
        text=PlainTextObject(text=fit(clean(question), limits.CONFIRM), emoji=False),
        confirm=PlainTextObject(text=yes, emoji=False),
        deny=PlainTextObject(text=no, emoji=False),
        style="danger",
    )


def buttons(*elements: ButtonElement) -> Block:
    """Return a row of buttons."""
    return ActionsBlock(elements=list(elements))


def divider() -> Block:
    """Return a dividing line."""
    return DividerBlock()


def dump(blocks: Sequence[Block]) -> Blocks:
    """Return blocks as the JSON that Slack takes. Raises SlackObjectFormationError where Slack would refuse them."""
    return [block.to_dict() for block in blocks]


def ready(*blocks: Block) -> tuple[Block, ...]:
    """Return blocks made once, for what is shown again and again. Only for what is in the library, since it is cached."""
    return tuple(Ready(made) for made in dump(blocks))


def channel_picker(block_id: str, action_id: str, label: str, chosen: str | None = None, *, external: bool = False) -> Block:
    """A field for a channel, with one chosen already. `external`: also channels shared with other organisations."""
    return InputBlock(
        block_id=block_id,
        label=PlainTextObject(text=label, emoji=False),
        element=ConversationSelectElement(
            action_id=action_id,
            initial_conversation=chosen,
            filter=ConversationFilter(
                include=["public", "private"], exclude_bot_users=True, exclude_external_shared_channels=not external
            ),
        ),
    )
