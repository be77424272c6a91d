"""Effect sizes and pictures of them, for tests."""

from __future__ import annotations

import struct

from bot.corpus.model import Corpus, Effect, Study, Summary
from bot.evidence.table import Evidence, gather

NORCROSS = "Norcross and Lambert, 2018"
SLIDE = (1920, 1080)


def size(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", picture[16:24])


def made_up(number: int, *effects: Effect, **study: object) -> Summary:
    """A summary with these effects."""
    authors = study.pop("authors", (f"Surname{number}",))
    return Summary(
        id=f"s{number}",
        issue="2022-09",
        title=f"Title {number}",
        text="digest",
        summary="x",
        implications=("y",),
        study=Study(authors=authors, year=2000 + number, effects=effects, **study),  # type: ignore[arg-type]
    )


def choose_all(corpus: Corpus) -> Evidence:
    """Every printed figure of a corpus."""
    return gather(corpus.summaries)
