"""What a curator types in a form, a line each, as the values of a summary's file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from bot.corpus.effects import entry_of
from bot.corpus.faults import Fault
from bot.corpus.figures import MINUS
from bot.corpus.model import MEASURES, Effect
from bot.phrases import facts
from bot.text import clean

SAMPLE_LINE = "Write each line of the sample like “patients: 56”."
EFFECT_LINE = "Write each effect size like “r = .28, 95% CI [.20, .35]: alliance and outcome”."
_SUBJECTS = {
    "title": "the title",
    "citation": "the citation",
    "source": "the source",
    "summary": "the summary",
    "bottom_line": "the bottom line",
    "implications": "the practice implications",
    "caution": "the caution",
    "topics": "the topics",
    "design": "the study design",
    "effects": "the effect sizes",
    "asks": "the search words",
}
"""What each field of a form is called in a sentence."""
_NUMBER = rf"[{MINUS}]?\s?[0-9]*\.?[0-9]+"
_EFFECT = re.compile(
    rf"(?P<measure>{'|'.join(MEASURES)})\s*=\s*(?P<value>{_NUMBER})(?:\s+to\s+(?P<to>{_NUMBER}))?"
    rf"(?:,\s*(?:95%\s*CI\s*)?\[(?P<low>{_NUMBER}),\s*(?P<high>{_NUMBER})\])?"
    r"(?:,\s*p\s*(?P<p><\s*[0-9.]+|=\s*[^,:]{1,40}))?(?:,\s*(?P<k>[0-9][0-9,]{0,8})\s+stud(?:y|ies))?:\s*(?P<what>.+)"
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


def fault_sentence(field: str, fault: Fault) -> str:
    """Return what is wrong with a field as a sentence that names it, and the line where the field has several."""
    if field == "sample":
        return SAMPLE_LINE
    within = fault.path.partition("].")[2]
    line = re.search(r"\[([0-9]+)\]", within)
    subject = _SUBJECTS[field]
    if line:
        subject = f"line {int(line[1]) + 1} of {subject}"
    elif field in ("implications", "topics", "effects", "asks"):
        subject = f"the list of {subject.removeprefix('the ')}"
    if re.match("has |is |must ", fault.problem):
        return f"{subject[:1].upper()}{subject[1:]} {fault.problem}."
    return f"In {subject}, {fault.problem}."


def effect_lines(effects: Iterable[Effect]) -> list[str]:
    """Return effect sizes as they are typed, each as one line."""
    return [clean(facts.effect(each)) for each in effects]


def effects_of(lines: Iterable[str], known: Iterable[Effect] = ()) -> list[dict[str, Any]] | None:
    """Return effect sizes, from lines like "r = .28, 95% CI [.20, .35]: alliance"; None where a line is another. Those that
    were `known` stay as they are where their line does; of a line that was changed, what it does not say stays.
    """
    left, lines = list(known), list(lines)
    same: dict[int, Effect] = {}
    for at, line in enumerate(lines):
        found = next((each for each in left if line in effect_lines([each])), None)
        if found:
            left.remove(found)
            same[at] = found
    effects = [entry_of(same[at]) if at in same else _effect(line, left) for at, line in enumerate(lines)]
    return None if None in effects else [each for each in effects if each]


def _effect(line: str, left: list[Effect]) -> dict[str, Any] | None:
    """Return the effect size of a line; its kind, which no line says, is that of the one `left` that it was."""
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
        effect["k"] = int(read["k"].replace(",", ""))
    was = [each for each in left if each.measure == read["measure"] and read["what"] == each.what]
    was += [each for each in left if each.measure == read["measure"] and effect["value"] == each.value]
    if was:
        left.remove(was[0])
        if was[0].kind:
            effect["kind"] = was[0].kind
    return effect


def _number(text: str) -> float:
    return float(re.sub(rf"[{MINUS}]\s?", "-", text))
