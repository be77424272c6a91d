"""Unexpected failures in the log: never with a text."""

from __future__ import annotations

import logging
import secrets
import traceback
from pathlib import Path

log = logging.getLogger(__name__)


def log_failure(error: BaseException) -> str:
    """Log an unexpected failure and return its reference. Only the kind of error and places in code are logged, never
    messages or values, since they may hold what a user typed."""
    reference = secrets.token_hex(4)
    places = " < ".join(
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in reversed(traceback.extract_tb(error.__traceback__)[-8:])
    )
    log.error("failure reference=%s kind=%s at %s", reference, type(error).__name__, places)
    return reference
