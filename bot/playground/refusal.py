"""The error that the page shows when something cannot be done."""

from __future__ import annotations


class RefusedError(Exception):
    """A sentence for the person at the page, and the HTTP status that goes with it.

    The status is 200 for what a person may well do, such as typing an unknown command, because a browser logs any other as
    an error. Others are for requests that the page never makes.
    """

    def __init__(self, sentence: str, status: int = 200) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
