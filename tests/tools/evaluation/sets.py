"""Relevance sets: questions with graded judgements against a corpus, read as strictly as the corpus itself."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from bot.corpus.faults import Fault
from bot.corpus.fields import Fields, join, short
from bot.corpus.strict_yaml import MAX_BYTES, Node, YamlError, parse

UNANSWERABLE = "none-"
"""How the kinds of questions begin that the corpus cannot answer."""
RECORDED = "recorded.yaml"
"""Stands beside the sets and is none: the figures that were reached on them."""
_MAX_QUESTIONS = 20_000


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with its graded summaries: `best` (grade 3) first, `good` (2) too; no `best` where nothing answers it.

    `mentions` (1): summaries that only mention the subject; showing one as the answer misleads. `line` is its place in the
    file.
    """

    q: str
    kind: str
    best: tuple[str, ...] = ()
    good: tuple[str, ...] = ()
    line: int = 0
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RelevanceSet:
    """The questions of a file. `hash` (16 hexadecimal digits) changes when the file does.

    `held_out`: nobody who tunes the search may look at it, so its misses are shown only when they are asked for.
    """

    name: str
    hash: str
    questions: tuple[Judged, ...]
    held_out: bool = False


class SetError(Exception):
    """Relevance sets with faults. `faults` holds them all, each with file, line and what to do."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults)
        count = len(faults)
        super().__init__(f"the relevance sets have {count} fault{'s' if count != 1 else ''}")


def beside_the_tests() -> list[Path]:
    """The sets of a checkout; none where the bot is installed without its tests."""
    folder = Path(__file__).resolve().parents[2] / "relevance"
    return sorted(path for path in folder.glob("*.yaml") if path.name != RECORDED)


def read_sets(paths: Collection[Path], ids: Collection[str]) -> list[RelevanceSet]:
    """Read sets. `ids` are the summaries that can be judged. Raises SetError with every fault of all of them."""
    faults: list[Fault] = []
    asked: dict[str, str] = {}
    sets = [_read(path, ids, asked, faults) for path in paths]
    if faults:
        raise SetError(faults)
    return sets


def _read(path: Path, ids: Collection[str], asked: dict[str, str], faults: list[Fault]) -> RelevanceSet:
    """Read one file. `asked` holds every question read so far, with its place."""
    file = str(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        root = parse(data)
    except OSError as error:
        faults.append(Fault(file, 0, "", f"cannot be read ({error.strerror}): give the name of a relevance set"))
        return RelevanceSet(path.stem, "", ())
    except YamlError as fault:
        faults.append(Fault(file, fault.line or 0, "", fault.problem))
        return RelevanceSet(path.stem, "", ())
    fields = Fields(file)
    questions = []
    top = fields.mapping(root, "", required=("questions",), optional=("held_out",))
    for node, where in fields.items(top.get("questions"), "questions", least=1, most=_MAX_QUESTIONS):
        question = _question(node, where, fields, ids)
        questions.append(question)
        key = " ".join(question.q.casefold().split())
        if key and key in asked:
            fields.fault(node, join(where, "q"), f'"{short(question.q)}" is asked at {asked[key]} too: remove one')
        asked.setdefault(key, f"{path.name}:{node.line}")
    held_out = fields.boolean(top.get("held_out"), "held_out")
    faults.extend(fields.faults)
    return RelevanceSet(path.stem, hashlib.sha256(data).hexdigest()[:16], tuple(questions), held_out)


def _question(node: Node, where: str, fields: Fields, ids: Collection[str]) -> Judged:
    found = fields.mapping(node, where, required=("q", "kind"), optional=("best", "good", "mentions", "note"))
    kind = fields.text(found.get("kind"), join(where, "kind"), most=40)
    best = fields.texts(found.get("best"), join(where, "best"), length=200)
    good = fields.texts(found.get("good"), join(where, "good"), length=200)
    mentions = fields.texts(found.get("mentions"), join(where, "mentions"), length=200)
    for name, judged in (("best", best), ("good", good), ("mentions", mentions)):
        for summary_id in judged:
            if summary_id not in ids:
                fields.fault(
                    node, join(where, name), f'no summary of the corpus has the id "{short(summary_id)}": correct it'
                )
    if both := sorted(set(best) & set(good)):
        fields.fault(node, join(where, "good"), f'"{short(both[0])}" is among the best already: remove it here')
    if both := sorted({*best, *good} & set(mentions)):
        fields.fault(node, join(where, "mentions"), f'"{short(both[0])}" has a better grade already: remove it here')
    if kind and kind.startswith(UNANSWERABLE) and (best or good):
        fields.fault(node, join(where, "kind"), f'"{short(kind)}" means that nothing answers it: remove best and good')
    if kind and not kind.startswith(UNANSWERABLE) and not best:
        fields.fault(
            node, join(where, "best"), f"is missing: name the best summary, or use a kind that begins with {UNANSWERABLE}"
        )
    return Judged(fields.text(found.get("q"), join(where, "q")), kind, best, good, node.line, mentions)
