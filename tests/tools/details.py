"""How well client details are noticed in two sets of texts:  python -m tests.tools.details [--misses]

`opened.yaml` may be read to improve the filter; of `locked.yaml` only the figures are looked at. Both halves were written by
people who had not seen the filter, and drawn from one set by a hash of the text.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.corpus.load import load
from bot.paths import default_root
from bot.safety.client_details import without_details
from bot.search.engine import Engine

FOLDER = Path(__file__).parents[1] / "details"
OPENED, LOCKED = "opened", "locked"


@dataclass(frozen=True, slots=True)
class Text:
    """A text that someone may type, and which kinds of client details it has."""

    text: str
    has: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the texts with details how many are noticed, of the others how many by mistake; by kind (noticed, all)."""

    noticed: int
    with_details: int
    false_alarms: int
    without: int
    kinds: dict[str, tuple[int, int]]


def texts_of(half: str) -> list[Text]:
    """Return a half of the set."""
    found = yaml.safe_load((FOLDER / f"{half}.yaml").read_text("utf-8"))["texts"]
    return [Text(str(each["text"]), tuple(each["has"])) for each in found]


def is_noticed(text: Text, engine: Engine) -> bool:
    """Return whether the filter leaves anything of a text out."""
    return without_details(text.text, engine.knows)[1]


def measure(half: str, engine: Engine) -> Figures:
    """Return the figures of a half."""
    kinds: dict[str, list[bool]] = defaultdict(list)
    noticed, alarms = [], []
    for text in texts_of(half):
        seen = is_noticed(text, engine)
        (noticed if text.has else alarms).append(seen)
        for kind in text.has:
            kinds[kind].append(seen)
    counted = {kind: (sum(seen), len(seen)) for kind, seen in sorted(kinds.items())}
    return Figures(sum(noticed), len(noticed), sum(alarms), len(alarms), counted)


def table(engine: Engine | None = None) -> str:
    """Return the figures of both halves as a Markdown table."""
    engine = engine or Engine(load(default_root()))
    rows = ["| half | texts with details: noticed | research texts: false alarms |", "|---|---|---|"]
    for half in (OPENED, LOCKED):
        found = measure(half, engine)
        share = f"{found.noticed} of {found.with_details} ({found.noticed / found.with_details:.0%})"
        alarms = f"{found.false_alarms} of {found.without} ({found.false_alarms / found.without:.0%})"
        rows.append(f"| {half} | {share} | {alarms} |")
    return "\n".join(rows) + "\n"


def main() -> None:
    """Print the figures; with --misses also the texts of the opened half that are judged wrongly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true")
    options, engine = parser.parse_args(), Engine(load(default_root()))
    print(table(engine))
    for half in (OPENED, LOCKED):
        print(half, measure(half, engine).kinds)
    if options.misses:
        for text in texts_of(OPENED):
            if is_noticed(text, engine) != bool(text.has):
                print(f"{'MISSED' if text.has else 'FALSE ALARM'} {','.join(text.has)}: {text.text}")


if __name__ == "__main__":
    main()
