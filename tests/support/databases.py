"""Empty databases for tests: of each kind unless a test names one (`indirect=["databases"]`)."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.store.database import Database
from tests.support.postgresql import PostgreSQL

KINDS = ("sqlite", "postgresql")


class Databases:
    """Makes databases of one kind: files in a folder, or on a server."""

    def __init__(self, folder: Path, server: PostgreSQL | None = None) -> None:
        self.folder = folder
        self._server = server
        self._made = 0

    async def new(self) -> str:
        """The address of an empty one, as PPRNET_DATABASE_URL names it."""
        self._made += 1
        return await self._server.new_database() if self._server else f"sqlite:///{self.folder}/{self._made}.db"


def url_of(file: Path) -> str:
    """A SQLite file as the bot opens it."""
    return Settings.from_env({"PPRNET_DATABASE_URL": f"sqlite:///{file}"}).database_url


@contextlib.asynccontextmanager
async def opened(address: str) -> AsyncIterator[Database]:
    """The database at an address, as a bot has it open."""
    database = await Database.open(Settings.from_env({"PPRNET_DATABASE_URL": address}).database_url)
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture(params=KINDS)
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Databases:
    """New empty databases of one kind."""
    return Databases(tmp_path, request.getfixturevalue("postgresql") if request.param == "postgresql" else None)


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[Database]:
    """One of them, open, with no bot beside that tidies up or sends what is due."""
    async with opened(await databases.new()) as found:
        yield found
