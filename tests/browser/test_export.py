"""An exported month in a browser: nothing is loaded or complained of, and axe finds nothing, on the screen and on paper."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

from playwright.async_api import Browser, Page

from bot.corpus.load import load
from bot.export.article import month_of
from bot.export.html import page as page_of
from bot.paths import default_root

AXE = (files("axe_core_python") / "axe.min.js").read_text("utf-8")


def noted(page: Page) -> list[str]:
    """Return a list that gets what the console says, every error and every request."""
    seen: list[str] = []
    page.on("console", lambda message: seen.append(message.text))
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("request", lambda request: seen.append(request.url))
    return seen


async def test_a_page_is_accessible_and_asks_for_nothing(browser: Browser, tmp_path: Path) -> None:
    corpus = load(default_root())
    issue = corpus.issue("2018-11") or corpus.issue("2018-08")
    assert issue
    file = tmp_path / "month.html"
    file.write_text(page_of(month_of(issue, corpus)), "utf-8")
    folder = os.environ.get("PPRNET_TEST_SCREENSHOTS")
    for scheme, width, media in (("light", 1280, "screen"), ("dark", 390, "screen"), ("light", 794, "print")):
        context = await browser.new_context(viewport={"width": width, "height": 1000}, color_scheme=scheme)
        page = await context.new_page()
        seen = noted(page)
        await page.emulate_media(media=media, color_scheme=scheme)
        await page.goto(file.as_uri())
        assert seen == [file.as_uri()]
        await page.evaluate(AXE)
        found = await page.evaluate("axe.run()")
        assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
        assert len(found["passes"]) > 10
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if folder:
            await page.screenshot(path=Path(folder) / f"export-{media}-{scheme}-{width}.png", full_page=True)
        await context.close()
