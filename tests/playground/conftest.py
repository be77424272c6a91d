"""What the tests of the playground have in common."""

from __future__ import annotations

import pytest

from bot.playground import run
from tests.support.idle import NEVER


@pytest.fixture(autouse=True)
def nothing_comes_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a playground's bot does by itself, it does because of what was done on the page."""
    monkeypatch.setattr(run, "TICK", NEVER)
