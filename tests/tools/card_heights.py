"""How tall the cards are on a phone: `python -m tests.tools.card_heights` draws every shipped one as its asker sees it, and
`python -m tests.tools.card_heights FOLDER...` those of libraries that pages (*.txt) in these folders are imported to.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.async_api import Page, ViewportSize, async_playwright

from bot.blocks.message import Message
from bot.blocks.reader import Reader
from bot.blocks.render import render
from bot.commands.reply import Answer, Reply
from bot.corpus.load import load
from bot.corpus.model import Corpus
from bot.paths import default_root
from bot.playground.run import playing
from bot.search.engine import Engine
from tests.browser.conftest import ARGUMENTS, chromium
from tests.support.libraries import imported_library

PHONE: ViewportSize = {"width": 390, "height": 844}
"""The window, in CSS pixels."""
MOST = 1.4
"""Screens that a card may take, a screen being what is in sight between the channel's name and the box to type in."""

DRAW = """
async ([text, blocks]) => {
  const { modules } = await import("/static/main.js");
  const { messageNode } = modules["render/message.js"];
  const message = { ts: "1", time: 1, text, blocks, ephemeral: true, from: { name: "PPRNet", bot: true } };
  const node = messageNode(message, { press() {}, act() {}, compact: false, openThread: null });
  const list = document.getElementById("list");
  list.querySelector(".rows").replaceChildren(node);
  return node.querySelector(".blocks").getBoundingClientRect().height / list.clientHeight;
}
"""


def answers(engine: Engine) -> Iterator[tuple[str, Message]]:
    """Return every summary as the answer to its own title, with two others under it: its id and the message."""
    for summary in engine.corpus:
        marks = engine.marker(engine.search(summary.title)).spans
        near = [hit.summary for hit in engine.more_like(summary.id)]
        later = engine.corpus.later(summary)
        others = tuple(other for other in near if other is not later)[:2]
        yield (
            summary.id,
            render(Reply(Answer(summary, others, later, highlighter=marks), searched=True), Reader(ephemeral=True)),
        )


async def heights(page: Page, corpus: Corpus | None = None) -> dict[str, float]:
    """Draw every card, of the shipped library unless another is given, on an open page of the playground; return how many
    screens each takes, by the summary's id.
    """
    engine = Engine(corpus or load(default_root()))
    return {name: await page.evaluate(DRAW, [each.text, each.blocks]) for name, each in answers(engine)}


async def _measure(corpora: Sequence[Corpus]) -> dict[str, float]:
    async with playing(0, asyncio.Event()) as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = await browser.new_page(viewport=PHONE)
        await page.goto(address)
        await page.wait_for_selector("html[data-ready]")
        found: dict[str, float] = {}
        for corpus in corpora:
            found |= await heights(page, corpus)
        await browser.close()
    return found


def main() -> None:
    """Print the heights, the tallest last."""
    folders = [Path(each) for each in sys.argv[1:]]
    found = asyncio.run(_measure([imported_library(each) for each in folders] or [load(default_root())]))
    for name, screens in sorted(found.items(), key=lambda each: each[1]):
        print(f"{screens:.2f}  {name}")
    print(f"{len(found)} cards: median {statistics.median(found.values()):.2f}, tallest {max(found.values()):.2f} screens")


if __name__ == "__main__":
    main()
