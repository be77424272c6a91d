"""What a curator types in a form, a line each, as the values of a summary's file."""

from __future__ import annotations

import re
from typing import Any

from bot.corpus.figures import MINUS
from bot.corpus.model import MEASURES
from bot.text import clean

_NUMBER = rf"[{MINUS}]?\s?[0-9]*\.?[0-9]+"
_EFFECT = re.compile(
    rf"(?P<measure>{'|'.join(MEASURES)})\s*=\s*(?P<value>{_NUMBER})(?:\s+to\s+(?P<to>{_NUMBER}))?"
    rf"(?:,\s*(?:95%\s*CI\s*)?\[(?P<low>{_NUMBER}),\s*(?P<high>{_NUMBER})\])?"
    r"(?:,\s*p\s*(?P<p>[<=]\s*[0-9.]+))?(?:,\s*(?P<k>[0-9]{1,6})\s+stud(?:y|ies))?:\s*(?P<what>.+)"
)
"""An effect size as `bot.phrases.facts.effect` prints it."""


def sample_of(text: str) -> dict[str, int | str] | None:
    """Return who took part, from lines like "patients: 56"; None where a line is another."""
    found: dict[str, int | str] = {}
    for line in filter(None, map(clean, text.split("\n"))):
        who, colon, count = (part.strip() for part in line.rpartition(":"))
        if not (who and colon and count) or who in found:
            return None
        number = count.replace(",", "")
        found[who] = int(number) if re.fullmatch("[0-9]{1,9}", number) else count
    return found


def effects_of(text: str) -> list[dict[str, Any]] | None:
    """Return effect sizes, from lines like "r = .28, 95% CI [.20, .35]: alliance"; None where a line is another."""
    found = []
    for line in filter(None, map(clean, text.split("\n"))):
        read = _EFFECT.fullmatch(line)
        if read is None:
            return None
        effect: dict[str, Any] = {"what": read["what"], "measure": read["measure"], "value": _number(read["value"])}
        if read["to"]:
            effect["to"] = _number(read["to"])
        if read["low"]:
            effect["ci"] = [_number(read["low"]), _number(read["high"])]
        if read["p"]:
            effect["p"] = read["p"].removeprefix("=").strip()
        if read["k"]:
            effect["k"] = int(read["k"])
        found.append(effect)
    return found


def _number(text: str) -> float:
    return float(re.sub(rf"[{MINUS}]\s?", "-", text))
