"""Where the bot may be: how Slack reaches it, and where it stores what it knows. Two of the four show each once."""

from __future__ import annotations

import pytest

SETTINGS = ["HTTP, SQLite", pytest.param("Socket Mode, PostgreSQL", marks=pytest.mark.postgresql)]


@pytest.fixture(params=SETTINGS)
async def setting(request: pytest.FixtureRequest) -> dict[str, str | bool]:
    """What `running` takes for one of them."""
    if request.param == SETTINGS[0]:
        return {}
    return {"socket": True, "PPRNET_DATABASE_URL": await request.getfixturevalue("postgresql").new_database()}
