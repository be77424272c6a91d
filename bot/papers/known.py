"""The notices on papers that are known, read from the database."""

from __future__ import annotations

from bot.corpus.model import Notice, Notices
from bot.store.database import Database
from bot.store.papers import Papers, Stored


def as_notices(stored: Stored) -> tuple[Notice, ...]:
    """Return notices as they are stored."""
    return tuple(Notice(*each) for each in stored)


async def notices_of(papers: Papers) -> Notices:
    """Return the notices of all papers that have any."""
    return {doi: as_notices(paper.notices) for doi, paper in (await papers.all()).items() if paper.notices}


async def known_notices(address: str) -> Notices:
    """Return the notices in the database at an address. Raises StoreError."""
    database = await Database.open(address, must_exist=True)
    try:
        return await notices_of(Papers(database))
    finally:
        await database.close()
