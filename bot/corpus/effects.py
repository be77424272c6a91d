"""From an effect size in a month's file to an `Effect`, with its measure, its numbers and their limits, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.corpus.fields import Fields
from bot.corpus.model import KINDS, MEASURES, Effect
from bot.corpus.strict_yaml import Node


def effect_of(node: Node, path: str, fields: Fields) -> Effect:
    """Return an effect size, noting its faults."""
    keys = fields.mapping(node, path, required=("what", "measure", "value"), optional=("kind", "to", "ci", "p", "k"))
    ci = None
    if "ci" in keys and not keys["ci"].is_null:
        members = fields.items(keys["ci"], f"{path}.ci", least=2, most=2)
        ends = [end for item, where in members if (end := _printed(item, where, fields)) is not None]
        if len(ends) == 2:
            ci = (ends[0], ends[1])
            if ci[0] > ci[1]:
                fields.fault(keys["ci"], f"{path}.ci", "the lower end comes first")
    measure = fields.choice(keys.get("measure"), f"{path}.measure", MEASURES)
    value = _printed(keys.get("value"), f"{path}.value", fields) or 0.0
    to = fields.number(keys.get("to"), f"{path}.to")
    for key, number in (("value", value), ("to", to or 0.0)):
        if measure == "r" and abs(number) > 1:
            fields.fault(
                keys[key], f"{path}.{key}", f"{number:g} cannot be an r, which is between -1 and 1: check the decimal point"
            )
    return Effect(
        what=fields.text(keys.get("what"), f"{path}.what", most=200),
        measure=measure,
        value=value,
        to=to,
        ci=ci,
        p=fields.optional_text(keys.get("p"), f"{path}.p", most=40),
        k=fields.integer(keys.get("k"), f"{path}.k", 1, 10**6),
        kind=fields.choice(keys["kind"], f"{path}.kind", KINDS) if "kind" in keys and not keys["kind"].is_null else None,
    )


def entry_of(effect: Effect) -> dict[str, Any]:
    """Return an effect size as a month's file says it."""
    found = asdict(effect) | {"ci": list(effect.ci) if effect.ci else None}
    return {name: value for name, value in found.items() if value is not None}


def of_entry(entry: Mapping[str, Any]) -> Effect:
    """Return the effect size of an entry that `entry_of` made."""
    ci = entry.get("ci")
    return Effect(**{**entry, "ci": (ci[0], ci[1]) if ci else None})


def _printed(node: Node | None, path: str, fields: Fields) -> float | None:
    """Return a number that must not be left empty."""
    if node is not None and node.is_null:
        fields.fault(node, path, "is empty: write the printed number")
    return fields.number(node, path)
