"""Where files that ship with the bot are."""

from __future__ import annotations

from pathlib import Path


def default_root() -> Path:
    """The corpus that came with the bot: inside an installed wheel, or beside `bot/` in a checkout."""
    package = Path(__file__).resolve().parent
    shipped = package / "_knowledge"
    return shipped if shipped.is_dir() else package.parent / "knowledge"
