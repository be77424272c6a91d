"""A month that the blog check has found, which waits for a curator."""

from __future__ import annotations

from pathlib import Path

from bot.approval.blog_check import offers
from bot.blog.pages import read_page
from bot.corpus.write import CorpusFolder
from bot.store.drafts import Drafts
from tests.support.blog_pages import GARDENS, WINDOWS, text_page
from tests.support.databases import opened


async def offer_month(file: Path, library: Path) -> None:
    """Put a draft of December 2023 into a database that no bot has open yet."""
    page = read_page(text_page((("December 2023", (GARDENS, WINDOWS)),)).encode())
    [found] = offers(page, CorpusFolder(library), {}, "2024-01")
    async with opened(f"sqlite:///{file}") as database:
        await Drafts(database).offer(found.key, found.content, ["A subject is missing."])
