"""What a team says it uses, for its curators: counts by quarter, from five answers on, without names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from slack_sdk.models.blocks import Block

from bot.blocks import ids, kit
from bot.blocks.message import Message, message
from bot.blocks.mrkdwn import escape, escape_within
from bot.corpus.model import Corpus
from bot.store.feedback import SHOWN_FROM, Counts

LINES = 20
CURATORS_ONLY = "Only curators can see this. To become one, ask the person who set up PPRNet for your team."


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a year in UTC: `number` is 1 to 4."""

    year: int
    number: int

    @classmethod
    def at(cls, seconds: float) -> Quarter:
        """Return the quarter of a moment (UTC epoch seconds)."""
        moment = datetime.fromtimestamp(seconds, UTC)
        return cls(moment.year, (moment.month + 2) // 3)

    @classmethod
    def read(cls, text: str) -> Quarter | None:
        """Read "2026-3"; return None for anything else."""
        year, _, number = text.partition("-")
        if not (year.isascii() and year.isdigit() and len(year) == 4 and number in ("1", "2", "3", "4")):
            return None
        return cls(int(year), int(number)) if 1970 <= int(year) <= 9000 else None

    @property
    def span(self) -> tuple[float, float]:
        """Return its first moment and the first moment after it (UTC epoch seconds)."""
        return self._start(), self.next()._start()

    def next(self, by: int = 1) -> Quarter:
        """Return a later quarter (an earlier one for a negative number)."""
        place = self.year * 4 + self.number - 1 + by
        return Quarter(place // 4, place % 4 + 1)

    def _start(self) -> float:
        return datetime(self.year, self.number * 3 - 2, 1, tzinfo=UTC).timestamp()

    def __str__(self) -> str:
        return f"{self.year}-{self.number}"


def lines(counts: Sequence[Counts], corpus: Corpus) -> list[str]:
    """Return a line of mrkdwn for each summary with answers, newest month first: the order is not a ranking."""
    known = [(summary, found) for found in counts if (summary := corpus.get(found.summary_id))]
    known.sort(key=lambda pair: (pair[0].issue, pair[0].title), reverse=True)
    return [
        f"• {escape_within(summary.title, 90)}: {found.will_use} of {found.total} will use it, {found.already} already do"
        for summary, found in known
    ]


def usage(quarter: Quarter, now: Quarter, counts: Sequence[Counts], corpus: Corpus) -> Message:
    """Return what the team answered in a quarter."""
    lead = f"What your team finds useful, Q{quarter.number} {quarter.year}"
    rule = (
        f"Each person's last answer counts once. A summary is listed once it has {SHOWN_FROM} answers in the quarter. "
        "Names are not shown, and answers do not affect search results."
    )
    blocks: list[Block] = [kit.prose(f"*{lead}*")]
    every = lines(counts, corpus)
    shown = every[:LINES] or [f"No summary has {SHOWN_FROM} answers in this quarter."]
    if len(every) > LINES:
        shown.append(f"• … and {len(every) - LINES} older ones")
    blocks += [kit.prose("\n".join(shown)), kit.fine_print(rule)]
    turns = [kit.button(f"{ids.QUARTER}:earlier", "Previous quarter", str(quarter.next(-1)))]
    if quarter < now:
        turns.append(kit.button(f"{ids.QUARTER}:later", "Next quarter", str(quarter.next())))
    return message("\n".join([escape(lead), *shown, rule]), [*blocks, kit.buttons(*turns)])
