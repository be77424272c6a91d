"""A shelf of the library as a modal, with whether its reader follows the topic."""

from __future__ import annotations

from typing import Any

from bot.blocks import browse
from bot.listeners.services import Services
from bot.listeners.time_limits import in_time
from bot.search.browse import library


async def shelf_view(services: Services, user: str, reference: str, page: int = 1) -> dict[str, Any] | None:
    """A page of the shelf that a button names; None where there is no such shelf (any more)."""
    kind, _, key = reference.partition(":")
    books = library(services.engine)
    shelf = books.shelf(kind, key)
    if shelf is None:
        return None
    follows = services.posts.follows
    followed = await in_time(follows.of(services.team, user)) if shelf.kind == "topic" else None
    is_followed = None if followed is None else shelf.key in {each.topic for each in followed}
    return browse.shelf_view(books.corpus, shelf, page, followed=is_followed)
