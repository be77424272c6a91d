"""What the blog check offers to the curators."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offer:
    """A new month, or an addition to one: the draft's key, the month's file as the page has it, and the sentences that say
    why a person has to decide (none: it is complete), of an addition the titles that are new.
    """

    key: str
    content: str
    reasons: tuple[str, ...]
