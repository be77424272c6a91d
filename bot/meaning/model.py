"""What a sentence model must do, whichever it is: turn texts into unit vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""One unit vector a row."""


class ModelError(Exception):
    """A model that cannot be used, with the reason in words. Never with a text that it was given."""


class SentenceModel(Protocol):
    """A model that compares questions with passages. `name` says which it is, version included: vectors of another name are
    not comparable. `near_from`: the mean cosine of a question with the three nearest passages of a summary from which that
    is related on meaning alone; `answer_from`: from which it answers a question in another language.
    """

    name: str
    near_from: float
    answer_from: float

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of passages of the library."""
        ...

    def question(self, text: str) -> Vectors:
        """Return the vector of a question, as the only row."""
        ...
