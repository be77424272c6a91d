"""What the page is told when something cannot be done."""

from __future__ import annotations


class RefusedError(Exception):
    """A sentence for the person at the page, and the HTTP status that goes with it."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
