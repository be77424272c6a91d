"""One browser for all, and for each test a playground of its own with as many windows as it opens."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from bot.listeners import time_limits
from bot.playground import run
from bot.playground.run import playing
from tests.browser.guest import PATIENCE, Guest, Visit
from tests.support.idle import NEVER

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--in-process-gpu",  # it only puts the pictures together that nobody looks at: not worth a process
    "--default-tile-width=2048",  # a window in one piece
    "--default-tile-height=2048",
    "--renderer-process-limit=1",  # a window's first page, which is empty, leaves its process to the playground's
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all tests here: the browser lives in it."""
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
"""What Chromium is called. The shell draws the same pages in half the time: it has no browser around them."""


def chromium() -> str:
    """The browser's path. Without one, tests are skipped, but not in CI."""
    wanted = os.environ.get("PPRNET_TEST_CHROMIUM")
    found = [path for name in ([wanted] if wanted else NAMES) if (path := shutil.which(name))]
    if found:
        return found[0]
    reason = f"no {wanted or 'Chromium'} is there (apt-get install chromium-headless-shell, or set PPRNET_TEST_CHROMIUM)"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextlib.asynccontextmanager
async def windows(browser: Browser, address: str) -> AsyncIterator[Visit]:
    """Closes the windows at the end; none of them may have had anything to complain of."""
    visit = Visit(browser, address)
    try:
        yield visit
    finally:
        await visit.leave()
    assert visit.troubles == []


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine too, a card or modal comes with all its parts: a window, the bot and its Slack share one process."""
    monkeypatch.setattr(time_limits, "EXTRA", PATIENCE / 1000)


@pytest.fixture(autouse=True)
def nothing_comes_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a playground's bot does by itself, it does because of what was done on the page."""
    monkeypatch.setattr(run, "TICK", NEVER)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Headless Chromium."""
    path = chromium()
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        await started.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def untouched(browser: Browser) -> AsyncIterator[str]:
    """The address of a playground in which nobody says or does anything."""
    async with playing(0, asyncio.Event()) as address:
        yield address


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser) -> AsyncIterator[Visit]:
    """Opens windows on a playground of the test's own."""
    async with playing(0, asyncio.Event()) as address, windows(browser, address) as visit:
        yield visit


@pytest_asyncio.fixture(loop_scope="session")
async def looking(browser: Browser, untouched: str) -> AsyncIterator[Visit]:
    """Opens windows on a playground that other tests share: starts at once, but leave everything as it is."""
    async with windows(browser, untouched) as visit:
        yield visit


@pytest_asyncio.fixture(loop_scope="session")
async def ana(visit: Visit) -> Guest:
    """Ana, at her first visit."""
    return await visit("Ana Petrov")
