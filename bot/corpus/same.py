"""Whether two printings of one month are one entry whose title or text was mended in between. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.text import normalised

_TITLE, _TITLE_ALONE = 70.0, 92.0
_TEXT, _TEXT_ALONE = 90.0, 97.0
_CITATION = 80.0
_COMPARED = 4_000
"""Characters of a text that are compared."""
_NUMBERED = re.compile(r"\b(?:[0-9]+|[ivx]+)\b")


def same_entry(held: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two records of one month are one entry: an equal title, or nearly equal texts. Of a digest, whose text
    is its writer's own, the title must be nearly equal, with the same numbers in it, and the citation no other.
    """
    from rapidfuzz import fuzz  # only where a title is not the same: its import would slow every start

    one, two = normalised(str(held["title"])), normalised(str(other["title"]))
    if one == two:
        return True
    titles = fuzz.ratio(one, two)
    if "digest" in (held.get("text"), other.get("text")):
        citations = [normalised(str((each.get("study") or {}).get("citation") or "")) for each in (held, other)]
        differs = all(citations) and fuzz.ratio(*citations) < _CITATION
        return titles >= _TITLE_ALONE and _NUMBERED.findall(one) == _NUMBERED.findall(two) and not differs
    texts = fuzz.ratio(*(normalised(str(each["summary"])[:_COMPARED]) for each in (held, other)), score_cutoff=_TEXT)
    return texts >= _TEXT_ALONE or (texts >= _TEXT and titles >= _TITLE)
