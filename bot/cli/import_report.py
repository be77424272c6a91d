"""What `pprnet import` says at its end: what was added, what was refused and why, and what is missing."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.blog.archive import Archive
from bot.cli.wrapping import print_line
from bot.corpus.candidates import CANDIDATES, Candidate
from bot.corpus.model import month_name
from bot.corpus.write import CorpusFolder, Plan
from bot.text import plural


def report(
    found: Archive,
    planned: Plan,
    shelf: CorpusFolder,
    candidates: Sequence[Candidate] | None = None,
    *,
    dry_run: bool,
    whole: bool,
    fill_facts: bool = False,
) -> None:
    """Print it. `whole`: the sources are meant to be the whole blog, so gaps are named instead of every title.
    `candidates`: those that are new (None: no feed was read).
    """
    lines = [f"+ {month}  {title}" for month, title in planned.added if dry_run or not whole]
    lines += [f"~ {month}  {title}: {', '.join(map(_field, fields))}" for month, title, fields in planned.filled]
    lines += [f"! {remark}" for remark in [*sorted(planned.remarks), *found.remarks]]
    months = sorted({month for month, _ in planned.added})
    known = f"{planned.known:,} already there" if planned.known else "none there before"
    if fill_facts:
        facts = sum(len(fields) for _, _, fields in planned.filled)
        of = f"{plural(facts, 'fact')} of {plural(len(planned.filled), 'summary')}"
        done = f"{of} {'would be filled in' if dry_run else 'filled in'} from their texts"
        lines.append(f"{shelf.root}: {done if facts else 'nothing that is empty can be read from the texts'}.")
    if planned.added or planned.extended or (planned.files and not planned.filled):
        span = f" ({_range(months[0], months[-1])})" if whole and months else ""
        what = f"{plural(len(planned.added), 'entry')} in {plural(len(months), 'month')}{span}"
        more = f", {planned.extended:,} of them brought up to date" if planned.extended else ""
        lines.append(f"{shelf.root}: {what} {'would be added' if dry_run else 'added'}, {known}{more}.")
    elif found.pages or not (fill_facts or found.feeds):
        lines.append(f"{shelf.root}: nothing new, {known}: no change.")
    if candidates is not None:
        lines += [f"? {each.date or 'no date   '}  {each.title}" for each in candidates]
        done = f"{plural(len(candidates), 'candidate')} {'would be added' if dry_run else 'added'}"
        lines.append(f"{shelf.root / CANDIDATES}: {done} for curators (pprnet candidates lists what is undecided).")
    if whole and (found.pages or not found.feeds):
        lines.append(f"{plural(found.pages, 'page')} read.")
        if gaps := missing_months({*shelf.files, *planned.files}):
            lines.append(f"No page shows {', '.join(gaps)}.")
    for line in lines:
        print_line(line, indent="  ")


def as_json(
    found: Archive, planned: Plan, root: Path, candidates: Sequence[Candidate] | None, *, dry_run: bool
) -> dict[str, Any]:
    """Return it as the documented object."""
    return {
        "library": str(root),
        "dry_run": dry_run,
        "pages": found.pages,
        "added": [{"month": month, "title": title} for month, title in planned.added],
        "known": planned.known,
        "extended": planned.extended,
        "filled": [{"month": month, "title": title, "fields": [*fields]} for month, title, fields in planned.filled],
        "candidates": [asdict(each) for each in candidates or ()],
        "remarks": [*planned.remarks, *found.remarks],
        "refused": [{"source": source, "reason": why} for source, why in [*found.refused.items(), *found.missing.items()]],
        "conflicts": [*planned.refused],
    }


def complain(found: Archive, planned: Plan) -> None:
    """Say on standard error what could not be imported, and why."""
    for source, trouble in [*found.refused.items(), *found.missing.items()]:
        print(f"pprnet: {source}: {trouble}. Nothing of it was imported.", file=sys.stderr)
    for trouble in planned.refused:
        print(f"pprnet: {trouble}.", file=sys.stderr)


def missing_months(there: Iterable[str]) -> list[str]:
    """Return the months between the first and the last that are not there, neighbours as one range."""
    numbers = sorted(int(month[:4]) * 12 + int(month[5:]) - 1 for month in there)
    return [_range(_month(before + 1), _month(after - 1)) for before, after in pairwise(numbers) if after - before > 1]


def _field(name: str) -> str:
    return {"effects": "effect sizes"}.get(name, name.replace("_", " "))


def _month(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _range(first: str, last: str) -> str:
    return month_name(first) if first == last else f"{month_name(first)} to {month_name(last)}"
