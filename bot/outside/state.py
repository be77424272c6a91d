"""What is known of each thing outside this process, from what it last answered: well or not, why, and since when."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

log = logging.getLogger(__name__)

QUIET = 60.0
"""Seconds for which the same failure is not logged again."""


class Outside:
    """One thing outside. `name` is how a sentence begins that says it fails ("Slack's Web API"); it counts as trouble after
    `patience` failures in a row. With `quiet` nothing is logged here.
    """

    def __init__(self, name: str, patience: int = 1, *, quiet: bool = False, clock: Callable[[], float] = time.time) -> None:
        self.name = name
        self.reason: str | None = None
        self.since: float | None = None
        self.failures = 0
        self._answered_at = -math.inf
        self._patience = patience
        self._lasting = False
        self._clock = clock
        self._quiet = quiet
        self._quiet_until = 0.0

    def answered(self) -> None:
        """Note that it does what it should."""
        if self.failures and not self._quiet:
            log.info("%s works again after %d failures", self.name, self.failures)
        if self.failures or self.since is None:
            self.since = self._clock()
        self.failures, self.reason, self._lasting, self._quiet_until = 0, None, False, 0.0
        self._answered_at = time.monotonic()

    def failed(self, reason: str, *, lasting: bool = False) -> None:
        """Note that it failed. `lasting`: it will not pass, so it is trouble at once."""
        if not self.failures:
            self.since = self._clock()
        if not self._quiet and (reason != self.reason or time.monotonic() >= self._quiet_until):
            log.warning("%s: %s", self.name, reason)
            self._quiet_until = time.monotonic() + QUIET
        self.failures += 1
        self.reason, self._lasting = reason, lasting

    def is_well(self, within: float) -> bool:
        """Return whether the last that is known of it is an answer in these seconds."""
        return not self.failures and time.monotonic() - self._answered_at <= within

    @property
    def trouble(self) -> str | None:
        """Return a sentence where it fails for more than a moment."""
        if self.failures and (self._lasting or self.failures >= self._patience):
            return f"{self.name}: {self.reason}"
        return None

    def state(self) -> dict[str, Any]:
        """Return what `/health` shows of it."""
        return {
            "state": "failing" if self.failures else "unknown" if self.since is None else "ok",
            "reason": self.reason,
            "since": self.since and datetime.fromtimestamp(self.since, UTC).isoformat(timespec="seconds"),
            "failures_in_a_row": self.failures,
        }
