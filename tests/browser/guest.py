"""A person at a window of the playground, and what a test may do there: only what a person, or a screen reader, finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

PATIENCE = 60_000
"""Milliseconds for which an expectation is tried again, and an action waits for what it is done to: a window, the bot and
its Slack share one process, and the month's post comes by the bot's own clock.
"""
OWN_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'"


class Guest:
    """One window."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sidebar = page.get_by_role("navigation", name="Workspace")
        self.messages = page.get_by_role("region", name="Messages in").and_(page.locator("main *"))
        self.composer = page.locator("main").get_by_role("textbox")
        self.thread = page.get_by_role("complementary", name="Thread")
        self.reply_box = self.thread.get_by_role("textbox", name="Reply…")
        self.modal = page.get_by_role("dialog")

    def entry(self, name: str) -> Locator:
        """A channel in the sidebar, or the direct message."""
        return self.sidebar.get_by_role("button").filter(has=self.page.get_by_text(name, exact=True))

    async def go(self, name: str) -> None:
        """Open a channel or the direct message."""
        await self.entry(name).click()
        await expect(self.page.get_by_role("heading", level=1, name=name)).to_be_visible()

    async def say(self, text: str) -> None:
        """Write into the box under the messages and send it."""
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def reply(self, text: str) -> None:
        """The same in the thread."""
        await self.reply_box.fill(text)
        await self.reply_box.press("Enter")

    def message(self, text: str) -> Locator:
        """Messages in the middle of the page that hold this text."""
        return self.messages.get_by_role("article").filter(has_text=text)

    def card(self, title: str) -> Locator:
        """Messages in the middle of the page with this heading."""
        return self.messages.get_by_role("article").filter(has=self.page.get_by_role("heading", name=title))

    async def become(self, name: str) -> None:
        """Be another person in the same window."""
        await self.sidebar.get_by_role("radio", name=name).check()
        await expect(self.page.get_by_role("status")).to_contain_text(f"You are now {name}")


@dataclass
class Visit:
    """Opens windows, and notes everything that must not happen in any of them."""

    browser: Browser
    address: str
    troubles: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    async def __call__(self, name: str = "Ana Petrov", *, where: str = "", **options: Any) -> Guest:
        """A new window for this person; `options` are the browser context's (colour scheme, size)."""
        settings = {"locale": "en-GB", "reduced_motion": "reduce", "viewport": {"width": 1280, "height": 800}}
        context = await self.browser.new_context(**settings | options)
        self._contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.troubles.append(f"page error: {error}"))
        page.on("dialog", lambda dialog: self.troubles.append(f"dialog: {dialog.message}"))
        context.on("request", self._asked)
        guest = Guest(page)
        response = await page.goto(self.address + where)
        assert response is not None
        assert response.headers["content-security-policy"].startswith(OWN_POLICY)
        await expect(page.locator("html")).to_have_attribute("data-ready", "")
        if name != "Ana Petrov":
            await guest.become(name)
        return guest

    async def leave(self) -> None:
        """Close all windows, before the playground ends."""
        for context in self._contexts:
            await context.close()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(f"console {message.type}: {message.text} ({message.location})")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme != "data" and f"{parts.scheme}://{parts.netloc}/" != self.address:
            self.troubles.append(f"request elsewhere: {request.url}")
