"""The figures that were reached before, kept beside the sets: a change of the search that loses some of them is noticed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.corpus.faults import Fault
from bot.corpus.fields import Fields, join
from bot.corpus.strict_yaml import MAX_BYTES, YamlError, parse
from tests.tools.evaluation.figures import LOWER_IS_BETTER, MEANINGS, Evaluation
from tests.tools.evaluation.sets import RelevanceSet, SetError


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one set showed when it was recorded: the hash of its file, and each figure with its noise."""

    hash: str
    figures: dict[str, tuple[float, float]]


def as_yaml(date: str, found: Iterable[tuple[RelevanceSet, Evaluation]]) -> str:
    """The figures as a file to keep. By its `noise` a figure may fall before it counts as lost: its standard error, at least
    one question.
    """
    lines = [
        "# Figures reached on these relevance sets. Written by: python -m tests.tools.evaluation --record FILE",
        f'date: "{date}"',
        "sets:",
    ]
    for judged, evaluation in found:
        lines += [f"  {judged.name}:", f'    hash: "{judged.hash}"', "    figures:"]
        for name, figure in evaluation.figures.items():
            noise = max(figure.noise, 1 / figure.count)
            lines.append(f"      {name}: {{value: {figure.value:.4f}, noise: {noise:.4f}}}")
    return "\n".join(lines) + "\n"


def read_recorded(path: Path) -> dict[str, Recorded]:
    """The recorded figures by the sets' names. Raises SetError."""
    file = str(path)
    try:
        with path.open("rb") as stream:
            root = parse(stream.read(MAX_BYTES + 1))
    except OSError as error:
        raise SetError([Fault(file, 0, "", f"cannot be read ({error.strerror})")]) from None
    except YamlError as fault:
        raise SetError([Fault(file, fault.line or 0, "", fault.problem)]) from None
    fields = Fields(file)
    top = fields.mapping(root, "", required=("date", "sets"))
    sets = top["sets"].value if "sets" in top and isinstance(top["sets"].value, dict) else {}
    found = {}
    for name, node in sets.items():
        where = join("sets", name)
        kept = fields.mapping(node, where, required=("hash", "figures"))
        figures = (
            fields.mapping(kept["figures"], join(where, "figures"), optional=tuple(MEANINGS)) if "figures" in kept else {}
        )
        pairs = {}
        for key, figure in figures.items():
            both = fields.mapping(figure, join(where, key), required=("value", "noise"))
            value, noise = (fields.number(both.get(part), join(where, key)) for part in ("value", "noise"))
            pairs[key] = (value or 0.0, noise or 0.0)
        found[name] = Recorded(fields.text(kept.get("hash"), join(where, "hash")), pairs)
    if fields.faults:
        raise SetError(fields.faults)
    return found


def losses(found: Iterable[tuple[RelevanceSet, Evaluation]], recorded: dict[str, Recorded]) -> list[str]:
    """What is worse than recorded by more than its noise, or cannot be compared: sentences; none when all is well."""
    problems = []
    for judged, evaluation in found:
        before = recorded.get(judged.name)
        if before is None:
            problems.append(f"{judged.name}: no figures are recorded for this set; record them with --record")
        elif before.hash != judged.hash:
            problems.append(f"{judged.name}: the file has changed since its figures were recorded; record them anew")
        else:
            for name, (value, noise) in before.figures.items():
                now = evaluation.figures[name].value
                lost = now - value if name in LOWER_IS_BETTER else value - now
                if lost > noise + 1e-4:  # the recorded figures are rounded
                    moved = "rose" if now > value else "fell"
                    problems.append(
                        f"{judged.name}: {MEANINGS[name]} {moved} from {value:.3f} to {now:.3f}, by more than {noise:.3f}"
                    )
    return problems
