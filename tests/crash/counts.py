"""How many runs there are, from which seed, how many at once; and what all of them came through."""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import dataclass, field

RUNS = int(os.environ.get("PPRNET_CRASH_RUNS", "20"))
"""Random runs of the outbox alone, over both databases; a fifth as many from the page on, a tenth with many workspaces.
Named steps come on top.
"""
SEED = int(os.environ.get("PPRNET_CRASH_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
AT_ONCE = int(os.environ.get("PPRNET_CRASH_AT_ONCE", "8"))
SETTINGS = f"PPRNET_CRASH_SEED={SEED} PPRNET_CRASH_RUNS={RUNS}\n"
"""What repeats these runs; printed, so that it is shown when one fails."""


@dataclass
class Counts:
    """What all runs of a module together came through; printed at the end."""

    title: str
    figures: Counter[str]
    runs: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def lines(self) -> list[str]:
        """The counts as text."""
        return [
            f"{self.title}: {SETTINGS.strip()} runs={self.runs} kills={self.kills.total()} faults={self.faults.total()}",
            f"  kills by step: {_listed(self.kills)}",
            f"  faults by kind: {_listed(self.faults)}",
            "  " + ", ".join(f"{name}={count}" for name, count in self.figures.items()),
        ]


def _listed(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counter.items())) or "none"
