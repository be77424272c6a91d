"""Browsing the library in a modal: which topics, months and designs there are, and the summaries under each."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from slack_sdk.models.blocks import Block

from bot.blocks import ids, kit, limits, lists
from bot.blocks.modal import modal
from bot.blocks.mrkdwn import escape, escape_within
from bot.corpus.model import Corpus, Summary, month_name
from bot.phrases import facts
from bot.search.browse import Kind, Library, Shelf
from bot.text import fit, plural

PAGE = 20
"""Summaries on one page of a list."""

TITLES: dict[Kind, str] = {"topic": "Topics", "month": "Months", "design": "Study designs"}
_TITLES_OF_ONE: dict[Kind, str] = {"topic": "Topic", "month": "Month", "design": "Study design"}
_LEADS: dict[Kind, str] = {
    "topic": "What the research is about",
    "month": "When it was published",
    "design": "How the research was done",
}


def index_view(library: Library, kind: Kind) -> dict[str, Any]:
    """Return all shelves of a kind, with how many summaries each has."""
    shelves = library.shelves[kind]
    rows: list[Block] = []
    if kind == "month":
        for year, months in groupby(shelves, key=lambda shelf: shelf.key[:4]):
            rows += [kit.prose(f"*{year}*"), kit.buttons(*(_shelf_button(month, _only_month(month)) for month in months))]
    else:
        rows = [kit.buttons(*(_shelf_button(shelf, shelf.name) for shelf in some)) for some in _rows_of(shelves)]
    lead = f"*{_LEADS[kind]}*, with the number of summaries"
    blocks = [kit.prose(lead), *rows[: limits.BLOCKS_IN_VIEW - 2]]
    return modal(ids.BROWSE_VIEW, TITLES[kind], kit.dump(blocks))


def shelf_view(corpus: Corpus, shelf: Shelf, page: int = 1, *, followed: bool | None = None) -> dict[str, Any]:
    """A page of a shelf, newest first; a page that there is not is the nearest that there is. `followed`: whether the reader
    follows the topic (None: it is none, or is not known).
    """
    count = len(shelf.summaries)
    pages = max(1, -(-count // PAGE))
    page = min(max(page, 1), pages)
    first = (page - 1) * PAGE
    shown = shelf.summaries[first : first + PAGE]
    lead = escape(facts.month_line(corpus, shelf.key)) if shelf.kind == "month" else f"{escape(shelf.name)}: {_many(count)}"
    order = "" if count < 2 or shelf.kind == "month" else "Newest first. "
    where = f"{order}{first + 1:,} to {first + len(shown):,} of {count:,}." if pages > 1 else order.strip()
    blocks = [
        kit.prose(f"*{lead}*", button=_follow(shelf, page, followed)),
        *([kit.fine_print(where)] if where else []),
        *rows(shown),
    ]
    turns = []
    if page > 1:
        turns.append(_turn("later", "Newer summaries", shelf, page - 1))
    if page < pages:
        turns.append(_turn("earlier", "Older summaries", shelf, page + 1))
    if turns:
        blocks.append(kit.buttons(*turns))
    return modal(ids.SHELF_VIEW, _TITLES_OF_ONE[shelf.kind], kit.dump(blocks))


def rows(summaries: tuple[Summary, ...]) -> list[Block]:
    """Summaries as lines, each with a button that opens its study."""
    return [
        kit.prose(
            f"{escape_within(summary.title, 300)}\n_{escape_within(facts.context(summary), 240).replace('_', ' ')}_",
            button=lists.read(summary),
        )
        for summary in summaries
    ]


def reference(shelf: Shelf) -> str:
    """What a button carries to name a shelf."""
    return f"{shelf.kind}:{shelf.key}"


def _rows_of(shelves: tuple[Shelf, ...]) -> list[tuple[Shelf, ...]]:
    most = limits.ACTIONS_ELEMENTS
    return [shelves[place : place + most] for place in range(0, len(shelves), most)]


def _shelf_button(shelf: Shelf, label: str) -> kit.Button:
    number = f" · {len(shelf.summaries):,}"
    return kit.button(
        f"{ids.SHELF}:{reference(shelf)}",
        fit(label, limits.BUTTON_TEXT - len(number)) + number,
        reference(shelf),
        said=f"{fit(shelf.name, limits.BUTTON_TEXT - 20)}: {_many(len(shelf.summaries))}",
    )


def _only_month(shelf: Shelf) -> str:
    return month_name(shelf.key).split()[0]


def _follow(shelf: Shelf, page: int, followed: bool | None) -> kit.Button | None:
    if followed is None:
        return None
    value = f"{reference(shelf)}:{page}"
    if followed:
        return kit.button(ids.UNFOLLOW, "Unfollow", value, said=f"Unfollow: {shelf.name}")
    return kit.button(ids.FOLLOW, "Follow", value, said=f"Follow: {shelf.name}")


def _turn(way: str, label: str, shelf: Shelf, page: int) -> kit.Button:
    return kit.button(f"{ids.PAGE}:{way}", label, f"{reference(shelf)}:{page}")


def _many(count: int) -> str:
    return plural(count, "summary")
