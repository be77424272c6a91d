"""A corpus of a few months, for tests that are not about finding."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.paths import default_root

SMALL = ("2022-09", "2020-12", "2023-11")
"""Months of the small corpus: four or five summaries on the alliance, enough for a test that is not about finding."""

LEXICON = "abbreviations: {}\nsynonyms: []\n"
"""No synonyms: to read them takes most of the time of a start."""


def small_corpus(folder: Path) -> dict[str, str]:
    """The setting for a corpus of a few months, which starts in a fraction of the time."""
    target = folder / "small"
    if not target.exists():
        (target / "issues").mkdir(parents=True)
        for name in ("topics.yaml", *(f"issues/{month}.yaml" for month in SMALL)):
            shutil.copy(default_root() / name, target / name)
        (target / "lexicon.yaml").write_text(LEXICON, "utf-8")
    return {"PPRNET_KNOWLEDGE": str(target)}
