"""How long a transaction waits for the database: less where someone in Slack waits for the answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

ANSWER = 1.6
"""Seconds that all transactions of one answer take together: within Slack's three."""
LEAST = 0.25
"""Seconds that each of them may take, however long those before it have taken."""


@dataclass
class _Patience:
    left: float


_patience: ContextVar[_Patience | None] = ContextVar("patience", default=None)


@contextmanager
def someone_waits() -> Iterator[None]:
    """Within this block, a transaction that takes longer than an answer may raises OutOfReachError."""
    token = _patience.set(_Patience(ANSWER))
    try:
        yield
    finally:
        _patience.reset(token)


@contextmanager
def nobody_waits() -> Iterator[None]:
    """Within this block, tasks are begun that go on alone and wait as long as the background jobs do."""
    token = _patience.set(None)
    try:
        yield
    finally:
        _patience.reset(token)


def seconds_left() -> float | None:
    """Return how long a transaction may take; None where nobody waits for it."""
    patience = _patience.get()
    return None if patience is None else max(LEAST, patience.left)


@contextmanager
def spent() -> Iterator[None]:
    """Count the time of this block as waited."""
    began, patience = time.monotonic(), _patience.get()
    try:
        yield
    finally:
        if patience is not None:
            patience.left -= time.monotonic() - began
