"""What the page is told when something cannot be done."""

from __future__ import annotations


class RefusedError(Exception):
    """A sentence for the person at the page, and the HTTP status that goes with it.

    200 for what a person may well do, such as typing an unknown command: a browser complains of any other in its console.
    The rest is for requests that the page does not make.
    """

    def __init__(self, sentence: str, status: int = 200) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
