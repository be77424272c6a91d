"""Moving time: the newest months are kept out of the bot's corpus, and appear on the playground's blog when their day comes.
The local Slack's clock and the bot's go by the story's date. Of new months the bot is not told: it watches that page, as it
would watch the real one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.corpus.load import load
from bot.playground import blog

KEPT_BACK = 3
"""Months of the corpus that are still to come when the story begins."""
MORNING = 9
"""The local hour at which a day of the story begins."""


class StoryClock:
    """Epoch seconds in the story. A day goes on from nine in the morning but does not end by itself: the next one has to
    be begun.
    """

    def __init__(self, day: datetime, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._elapsed = elapsed
        self.begin(day)

    def begin(self, day: datetime) -> None:
        """Go to the morning of a day."""
        self.day = day.replace(hour=MORNING, minute=0, second=0, microsecond=0)
        self._begun = self._elapsed()

    def __call__(self) -> float:
        last = (self.day + timedelta(hours=23 - MORNING, minutes=59, seconds=59)).timestamp()
        return min(self.day.timestamp() + self._elapsed() - self._begun, last)


class Months:
    """A copy of a corpus in `folder`, without its newest months; `move` puts the next one on the blog."""

    def __init__(self, source: Path, folder: Path, kept_back: int = KEPT_BACK) -> None:
        self.root = folder
        issues = sorted((source / "issues").glob("*.yaml"))
        keep = issues[max(1, len(issues) - kept_back) :]
        (folder / "issues").mkdir(parents=True)
        for path in (source / "topics.yaml", source / "lexicon.yaml", *issues):
            if path not in keep and path.exists():
                (folder / path.relative_to(source)).write_bytes(path.read_bytes())
        self._corpus = load(source)
        self._coming = [path.stem for path in keep]
        first = _first_day(keep[0].stem) if keep else datetime.now().astimezone()
        self.clock = StoryClock(first - timedelta(days=1))

    @property
    def next_day(self) -> datetime | None:
        """The first of the next month that brings something; None when nothing is left."""
        return _first_day(self._coming[0]) if self._coming else None

    def move(self) -> bool:
        """Begin that day, on which its month stands on the blog; False when nothing is left."""
        day = self.next_day
        if day is None:
            return False
        del self._coming[0]
        self.clock.begin(day)
        return True

    def move_a_day(self) -> None:
        """Begin the next day. Where a month comes on it, that stands on the blog."""
        day = self.clock.day + timedelta(days=1)
        while self._coming and _first_day(self._coming[0]).date() <= day.date():
            del self._coming[0]
        self.clock.begin(day)

    def now(self) -> datetime:
        """The story's date and time of day for a bot in UTC, wherever this machine is."""
        return datetime.fromtimestamp(self.clock()).replace(tzinfo=UTC)

    def page(self) -> str:
        """The blog's first page today."""
        return blog.page([issue for issue in self._corpus.issues if issue.month not in self._coming], self._corpus.topics)

    def state(self) -> dict[str, object]:
        """What the page shows of time."""
        day = self.next_day
        if day is None:
            why = "The library that ships with the bot ends here: no later month is left to arrive."
            return {"today": self._today(), "next": "No later month", "can_move": False, "why": why}
        return {"today": self._today(), "next": f"It is {day.day} {day:%B %Y}", "can_move": True, "why": ""}

    def _today(self) -> str:
        return self.clock.day.date().isoformat()


def _first_day(month: str) -> datetime:
    """The first of a month ("2023-06"), in this machine's time zone: the browser is on the same machine."""
    return datetime.strptime(f"{month}-01", "%Y-%m-%d").astimezone()
