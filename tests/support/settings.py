"""Where the bot may be: how Slack reaches it, and where it stores what it knows. Two of the four show each once."""

from __future__ import annotations

import pytest

HTTP_SQLITE, SOCKET_POSTGRESQL = "HTTP, SQLite", "Socket Mode, PostgreSQL"
SETTINGS = [HTTP_SQLITE, pytest.param(SOCKET_POSTGRESQL, marks=pytest.mark.postgresql)]


@pytest.fixture(params=SETTINGS)
async def setting(request: pytest.FixtureRequest) -> dict[str, str | bool]:
    """What `running` takes for one of them."""
    if request.param == HTTP_SQLITE:
        return {}
    return {"socket": True, "PPRNET_DATABASE_URL": await request.getfixturevalue("postgresql").new_database()}
