"""The fields of a summary as a curator fills them in: the same in the form for a new one and in *Edit*."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticMultiSelectElement,
    StaticSelectElement,
)

from bot.approval.typed_fields import effect_lines
from bot.blocks import kit, limits
from bot.corpus.effects import of_entry
from bot.corpus.model import DESIGNS, Topic
from bot.corpus.month_file import MAX_BOTTOM_LINE_WORDS
from bot.corpus.revise import field_at
from bot.corpus.warnings.warning import LibraryWarning
from bot.text import clean, fit

LABELS = {
    "bottom_line": "Bottom line",
    "implications": "Practice implications",
    "caution": "Caution",
    "topics": "Topics",
    "design": "Study design",
    "sample": "Sample",
    "effects": "Effect sizes",
    "asks": "Search words",
}
HINTS = {
    "bottom_line": f"What was found, in one sentence of at most {MAX_BOTTOM_LINE_WORDS} words.",
    "implications": "What a clinician can do, one per line.",
    "caution": "One sentence, only if readers need it before they act on the card.",
    "sample": "One per line. For example: patients: 56",
    "effects": "As printed, one per line. For example: r = .28, 95% CI [.20, .35]: alliance and outcome",
    "asks": "What a clinician would type, one per line. No client details, please.",
}
LONGEST = 3_000
"""Characters that Slack's fields take."""
MOST = {"bottom_line": 600, "caution": 600, "sample": 1_000}
"""Characters that a shorter field takes."""


def lines(value: Any) -> list[str]:
    """Return a value with several parts as the lines of its field: texts, counts, or effect sizes."""
    if isinstance(value, Mapping):
        return [f"{who}: {count}" for who, count in value.items()]
    return [each if isinstance(each, str) else effect_lines([of_entry(each)])[0] for each in value]


def text(action_id: str, most: int, initial: str | None = None, *, multiline: bool = True) -> PlainTextInputElement:
    """Return a field for text of at most so many characters."""
    return PlainTextInputElement(
        action_id=action_id, multiline=multiline, max_length=most, initial_value=initial[:most] if initial else None
    )


def design(action_id: str, chosen: str) -> StaticSelectElement:
    """Return the list of study designs."""
    options = [Option(value=each, text=plain(each)) for each in DESIGNS]
    first = next(option for option in options if option.value == chosen)
    return StaticSelectElement(action_id=action_id, options=options, initial_option=first)


def topics(action_id: str, chosen: Sequence[str], known: Sequence[Topic]) -> StaticMultiSelectElement:
    """Return the list of the library's topics, as many as Slack allows."""
    options = [Option(value=topic.id, text=plain(fit(clean(topic.name), limits.OPTION_TEXT))) for topic in known]
    first = [option for option in options if option.value in chosen]
    return StaticMultiSelectElement(
        action_id=action_id,
        placeholder=plain("Choose topics"),
        options=options[: limits.OPTIONS],
        initial_options=first or None,
    )


def warnings(found: Sequence[LibraryWarning]) -> list[Block]:
    """Return warnings, each with the label of its field. Other summaries are named by their titles."""
    labels = {"title": "Title", "study.doi": "Source"}
    return [
        kit.paragraph(
            labels.get(each.path) or LABELS[field_at(each.path) or "bottom_line"],
            _sentence(each.said(lambda summary: f"“{fit(summary.title, 120)}”")),
            inline=True,
        )
        for each in found
    ]


def _sentence(words: str) -> str:
    return words if words.endswith(("?", ".")) else f"{words}."


def plain(words: str) -> PlainTextObject:
    """Return words that Slack does not interpret."""
    return PlainTextObject(text=words, emoji=False)
