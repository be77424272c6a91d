"""What the docs say of a running bot."""

from __future__ import annotations

import re
from pathlib import Path

from bot.playground.slack import LocalSlack
from tests.support.agents import ON
from tests.support.bot import running
from tests.support.requests import health
from tests.support.small_corpus import small_corpus

OPERATOR = Path(__file__).parents[2] / "docs" / "operator.md"


async def test_every_key_of_health_is_documented_and_no_other(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, **ON, **small_corpus(tmp_path)) as bot:
        _, found = await health(bot.url)
    part = OPERATOR.read_text("utf-8").split("| key | meaning |\n")[1].split("\n\n")[0]
    cells = re.findall(r"^\| (`.+?`) \|", part, flags=re.MULTILINE)
    assert [name for cell in cells for name in re.findall(r"`(\w+)`", cell)] == list(found)
