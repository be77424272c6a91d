"""How long the outbox waits for what."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_ASKED = 3600.0
"""Seconds that a message waits at most because the service says so."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. `settle` must exceed the lease, the time-out of a request and its worst lateness together: by then an old
    attempt has landed or never will. Tests scale all of them down.
    """

    lease: float = 60.0
    """How long a claimed message belongs to its worker."""
    start_within: float = 2.0
    """After this time a claimed message is no longer sent, but given back."""
    settle: float = 180.0
    """How long after an attempt a message is looked up at the earliest."""
    give_up_looking: float = 900.0
    """After this time someone has to check, where the bot may not read the channel."""
    give_up_waiting: float = 86400.0
    """The same, where Slack could only not be reached."""
    look_again: float = 60.0
    """The pause between two look-ups that failed."""
    retry_refused: float = 30.0
    """The pause after a refusal that passes."""
    retry_blocked: float = 600.0
    """The pause after a refusal that only a person can lift; it doubles each time up to `retry_blocked_most`."""
    retry_blocked_most: float = 21600.0
    pace: float = 1.05
    """The pause between two messages in one channel."""
    stale: float = 900.0
    """A reply is looked up before its first attempt where its parent was posted longer ago than this: the database may be a
    restored backup."""
    hold_back: float = 3 * 86400.0
    """A message that someone has to check blocks those after it for a weekend and a day; from then on the news is worth more
    than its order."""
    sweep_first: float = 600.0
    """How long after it was sent a message's second copies are looked for first, and last (`sweep_last`)."""
    sweep_last: float = 86400.0
    put_back: float = 3600.0
    """A payload that a message had before is put back after this time at the earliest."""

    @property
    def furthest(self) -> float:
        """The longest that any rule puts a message off. What is due later was written under a clock that was ahead."""
        return max(self.retry_blocked_most, self.retry_refused, self.look_again, LONGEST_ASKED)
