"""Moving time: the newest months are left out of the bot's corpus and appear on the playground's blog when their day comes.

The clocks of the local Slack and of the bot follow the demo's date. The bot finds new months by checking that blog, as it
would check the real one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.corpus.candidates import CANDIDATES
from bot.corpus.files import write_atomically
from bot.corpus.load import load
from bot.paths import default_root
from bot.playground import blog

STILL_TO_COME = 3
"""Months of the corpus that are still to come when the demo begins."""
MORNING = 9
"""The local hour at which a day of the demo begins."""


class StoryClock:
    """Returns epoch seconds in the demo. A day runs from nine in the morning and stops just before midnight until the next
    one is begun.
    """

    def __init__(self, day: datetime, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._elapsed = elapsed
        self.begin(day)

    def begin(self, day: datetime) -> None:
        """Go to the morning of a day."""
        self.day = day.replace(hour=MORNING, minute=0, second=0, microsecond=0)
        self._begun = self._elapsed()

    @property
    def ahead(self) -> int:
        """Return by how many seconds the demo is ahead of real time. The database's clock is the real one."""
        return round(self() - time.time())

    def __call__(self) -> float:
        last = (self.day + timedelta(hours=23 - MORNING, minutes=59, seconds=59)).timestamp()
        return min(self.day.timestamp() + self._elapsed() - self._begun, last)


@dataclass(frozen=True, slots=True)
class Preview:
    """A month's file that someone wants to see come."""

    month: str
    content: bytes


class Months:
    """Copies a corpus into `folder` without its newest months, and puts those on the blog one by one as time moves.

    With a `preview` it copies only the months before that one, which then comes as a file, as a curator would save it: the
    blog has no bottom lines, and not even a digest's words would be quite the same.
    """

    def __init__(self, source: Path, folder: Path, preview: Preview | None = None) -> None:
        self.root = folder
        self._preview = preview
        issues = sorted((source / "issues").glob("*.yaml"))
        later = issues[max(1, len(issues) - STILL_TO_COME) :]
        if preview:
            later = [path for path in issues if path.stem >= preview.month]
        (folder / "issues").mkdir(parents=True)
        for path in (source / "topics.yaml", source / "lexicon.yaml", source / CANDIDATES, *issues):
            if path not in later and path.exists():
                (folder / path.relative_to(source)).write_bytes(path.read_bytes())
        self._corpus = load(folder if preview else source)
        self._coming = [preview.month] if preview else [path.stem for path in later]
        first = _first_day(self._coming[0]) if self._coming else datetime.now().astimezone()
        self.clock = StoryClock(first - timedelta(days=1))
        self._started = int(time.time())
        self._own = source != default_root() and not preview
        self.watcher: Callable[[], None] = lambda: None
        """Called when time was moved."""

    @property
    def next_day(self) -> datetime | None:
        """Return the first day of the next month with new summaries, or None when there is none left."""
        return _first_day(self._coming[0]) if self._coming else None

    def skip_to_next_month(self) -> bool:
        """Begin that day, with its month on the blog; return False when there is none left."""
        day = self.next_day
        if day is None:
            return False
        self._comes()
        self.clock.begin(day)
        self.watcher()
        return True

    def skip_to_next_day(self) -> None:
        """Begin the next day, with its new month on the blog if one is due."""
        day = self.clock.day + timedelta(days=1)
        while self._coming and _first_day(self._coming[0]).date() <= day.date():
            self._comes()
        self.clock.begin(day)
        self.watcher()

    def _comes(self) -> None:
        month = self._coming.pop(0)
        if self._preview:
            write_atomically(self.root / "issues" / f"{month}.yaml", self._preview.content)

    def now(self) -> datetime:
        """Return the demo's date and time of day as UTC for the bot, whatever zone this machine is in."""
        return datetime.fromtimestamp(self.clock()).replace(tzinfo=UTC)

    def page(self) -> str:
        """Return the blog's first page as of today."""
        return blog.page([issue for issue in self._corpus.issues if issue.month not in self._coming], self._corpus.topics)

    def state(self) -> dict[str, object]:
        """Return what the page shows about time."""
        day = self.next_day
        if day is None:
            why = "The library that comes with the bot ends here. There are no later months."
            why = "Your library ends here. There are no later months." if self._own else why
            why = "The month to preview has come. There are no later months." if self._preview else why
            return {**self._now(), "next": "No later month", "can_move": False, "why": why}
        why = f"The {len(self._coming)} newest months of your library are still to come." if self._own else ""
        if why and len(self._coming) == 1:
            why = "The newest month of your library is still to come."
        return {**self._now(), "next": f"It is now {day.day} {day:%B %Y}", "can_move": True, "why": why}

    def _now(self) -> dict[str, object]:
        """Return the day, and what the page needs to show a moment of real time as one of the demo."""
        return {"today": self._today(), "started": self._started, "ahead": self.clock.ahead}

    def _today(self) -> str:
        return self.clock.day.date().isoformat()


def _first_day(month: str) -> datetime:
    """Return the first of a month ("2023-06") in this machine's time zone: the browser is on the same machine."""
    return datetime.strptime(f"{month}-01", "%Y-%m-%d").astimezone()
