"""How many made-up inputs a property is tried on: a quarter of them, all where CI is set."""

from __future__ import annotations

import os


def examples(many: int) -> int:
    """Return `many` where CI is set, else a quarter."""
    return many if os.environ.get("CI") else many // 4
