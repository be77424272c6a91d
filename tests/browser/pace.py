"""How long a person would take for what a test does: counted, not waited for, at the pace of someone who is new to it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from playwright.async_api import Locator

WORD = 60 / 240
"""Seconds to read a word: silent reading of plain texts, 240 words a minute."""
KEY = 0.28
"""Seconds for a character: a typist of 40 words a minute (the keystroke-level model's "average non-secretary typist")."""
CLICK = 2.65
"""Seconds to decide on a button or field, to point at it with the mouse, and to click (1.35 + 1.1 + 0.2 in that model)."""
_PARTS = re.compile(r"\n|(?<=[.?!])[”\"]?\s")


@dataclass
class Pace:
    """Counts the time. What was read once is recognised, not read again, even in another window."""

    seconds: float = 0.0
    _read: set[str] = field(default_factory=set)

    def read(self, *texts: str) -> None:
        """Read what is new in texts."""
        for part in (part.strip('“”" ') for text in texts for part in _PARTS.split(text)):
            if part and part not in self._read:
                self._read.add(part)
                self.seconds += len(part.split()) * WORD

    async def see(self, place: Locator, *, but: Collection[str] = ()) -> None:
        """Read what is new in a place, with the text in its fields, but without lines that one only looks through."""
        lines = [line for line in (await place.inner_text()).split("\n") if line not in but]
        fields = await place.get_by_role("textbox").all()
        self.read("\n".join(lines), *[await each.input_value() for each in fields])

    async def click(self, button: Locator) -> None:
        """Press a button."""
        await button.click()
        self.seconds += CLICK

    async def type(self, place: Locator, text: str) -> None:
        """Fill in a field."""
        await place.fill(text)
        self.seconds += CLICK + len(text) * KEY

    async def tick(self, box: Locator, choices: Locator) -> None:
        """Look through choices, and tick one."""
        self.read(await choices.inner_text())
        await box.check()
        self.seconds += CLICK

    async def choose(self, choices: Locator, option: str) -> None:
        """Look through the options of a list, and choose one."""
        self.read(*[await each.inner_text() for each in await choices.get_by_role("option").all()])
        await choices.select_option(option)
        self.seconds += 2 * CLICK
