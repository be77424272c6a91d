"""The Home tab: a list of sections, each a pure function from what Home knows to blocks; one without blocks is left out.

To add one: a function that takes a `Home`, its place in `SECTIONS`, and what it needs as a field of `Home`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block

from bot.blocks import facts, ids, kit, limits
from bot.blocks.browse import TITLES, reference, rows
from bot.blocks.message import Message
from bot.blocks.text import escape
from bot.browse import Kind, Library

NEWEST = 10
"""Summaries of the newest month that stand on Home itself."""


@dataclass(frozen=True, slots=True)
class Home:
    """What one person's Home is built from. `first`: this person has not seen it before. `notice`: a sentence of ours on
    top.
    """

    library: Library
    first: bool = False
    notice: str | None = None


def home_view(home: Home) -> dict[str, Any]:
    """The Home tab."""
    parts = [blocks for section in SECTIONS if (blocks := section(home))]
    joined = [block for part in parts[:-1] for block in (*part, kit.divider())] + [*(parts[-1] if parts else ())]
    return {"type": "home", "blocks": kit.dump(joined)[: limits.BLOCKS_IN_VIEW]}


def trouble_view(message: Message) -> dict[str, Any]:
    """What stands on Home when it could not be built, or when a button on it failed; with a way back to it."""
    again = kit.buttons(kit.button(ids.HOME, "Show Home again", "home"))
    return {"type": "home", "blocks": [*message.blocks, *kit.dump([again])]}


def _notice(home: Home) -> list[Block]:
    return [kit.prose(f"*{escape(home.notice)}*")] if home.notice else []


def _start(home: Home) -> list[Block]:
    """What this is, and the ways to ask."""
    blocks: list[Block] = [
        kit.header("Psychotherapy research, and what it means for practice"),
        kit.fine_print(facts.NO_CLIENT_DETAILS),
    ]
    if home.first:
        blocks.append(
            kit.prose(
                "*Welcome.* Search here, type `/pprnet` and a few words in any channel, or write to me under *Messages*. "
                "Only you see these answers, until you share one."
            )
        )
    if not home.library.corpus.summaries:
        empty = "*The library is still empty.* There is nothing to search yet. Whoever runs this bot can add summaries."
        return [*blocks, kit.prose(empty)]
    blocks.append(kit.buttons(kit.button(ids.SEARCH, "Search", "search", style="primary")))
    if questions := home.library.suggestions:
        blocks.append(kit.fine_print("Or begin with one of these:"))
        blocks.append(
            kit.buttons(
                *(kit.button(f"{ids.SUGGESTED}:{each.summary.id}", each.text, each.summary.id) for each in questions)
            )
        )
    return blocks


def _newest(home: Home) -> list[Block]:
    """The newest month, with what is held of it."""
    months = home.library.shelves["month"]
    if not months:
        return []
    month = months[0]
    blocks = [
        kit.prose(f"*The newest month*\n{escape(facts.month_line(home.library.corpus, month.key))}"),
        *rows(month.summaries[:NEWEST]),
    ]
    if len(month.summaries) > NEWEST:
        label = f"Show all {len(month.summaries):,}"
        blocks.append(kit.buttons(kit.button(f"{ids.SHELF}:{reference(month)}", label, reference(month))))
    return blocks


def _browse(home: Home) -> list[Block]:
    """The ways through the whole library."""
    if not home.library.corpus.summaries:
        return []
    kinds: tuple[Kind, ...] = ("topic", "month", "design")
    buttons = [
        kit.button(f"{ids.BROWSE}:{kind}", f"{TITLES[kind]} · {len(home.library.shelves[kind]):,}", kind)
        for kind in kinds
        if home.library.shelves[kind]
    ]
    return [kit.prose(f"*Browse*\n{escape(facts.coverage(home.library.corpus))}"), kit.buttons(*buttons)]


def _footer(_home: Home) -> list[Block]:
    """What is kept, and where help is."""
    return [
        kit.fine_print(
            "I search this library and nothing else. Where I find nothing, there may still be research. "
            "I do not keep your questions. I cannot help in an emergency."
        ),
        kit.buttons(kit.button(ids.HELP, "How to ask", "help"), kit.button(ids.PRIVACY, "What is kept", "privacy")),
    ]


SECTIONS: tuple[Callable[[Home], list[Block]], ...] = (_notice, _start, _newest, _browse, _footer)
"""In the order in which they stand, with a line between them."""
