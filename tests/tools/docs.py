"""Writes the generated parts of the docs:  python -m tests.tools.docs

A generated part is between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.commands.help import markdown
from bot.corpus.described import example
from bot.corpus.load import load
from bot.paths import default_root
from bot.search.engine import Engine
from tests.support.libraries import imported_library, libraries, questions_on
from tests.tools import details
from tests.tools.evaluation.figures import Evaluation, evaluate, without_asks
from tests.tools.evaluation.sets import RelevanceSet, beside_the_tests, read_sets

ROOT = Path(__file__).parents[2]
PART = re.compile(r"(<!-- generated: (.+?) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
ORDER = (
    *("tune", "held", "opened", "opened-2", "opened-3", "locked", "locked-2"),
    *(
        "opened-typed",
        "opened-typed-2",
        "opened-typed-3",
        "opened-typed-4",
        "opened-near",
        "locked-typed",
        "locked-typed-2",
        "locked-typed-3",
        "locked-typed-4",
    ),
)
COLUMNS = {
    "best first": "best_first",
    "good first": "good_first",
    "nDCG@5": "ndcg",
    "answered": "answered",
    "not answered": "not_answered",
    "wrong": "wrong",
    "precision": "precision",
}
"""The columns of the tables of figures, by their names in the evaluation."""


def figures(*, asks: bool, names: Sequence[str] = ORDER) -> str:
    """Measure these relevance sets and return a Markdown table: each figure with its 95% interval."""
    corpus = load(default_root())
    judged = {each.name: each for each in read_sets(beside_the_tests(), {summary.id for summary in corpus})}
    if names is ORDER and set(judged) != set(ORDER):
        raise ValueError(f"tests/relevance has other sets than {', '.join(ORDER)}: name them in {__name__}")
    engine = Engine(corpus if asks else without_asks(corpus))
    rows = [_row(judged[name], evaluate(engine, judged[name].questions)) for name in names]
    return _table(rows)


def _table(rows: Sequence[str]) -> str:
    return "\n".join([f"| set | {' | '.join(COLUMNS)} |", f"|---|{'---|' * len(COLUMNS)}", *rows]) + "\n"


def library_figures() -> str:
    """Return the table of figures on the made-up libraries."""
    rows = []
    for folder in libraries():
        corpus = imported_library(folder)
        [judged] = read_sets([questions_on(folder)], {summary.id for summary in corpus})
        rows.append(_row(judged, evaluate(Engine(corpus), judged.questions)))
    return _table(rows)


def _row(judged: RelevanceSet, evaluation: Evaluation) -> str:
    cells = []
    for name in COLUMNS.values():
        figure = evaluation.figures[name]
        interval = f"[{figure.low:.2f}, {figure.high:.2f}]" if figure.noise else f"({figure.count} of {figure.count})"
        cells.append(f"{figure.value:.2f} {interval}")
    counts = f"{evaluation.figures['answered'].count} + {evaluation.figures['not_answered'].count}"
    return f"| {judged.name} ({counts}) | {' | '.join(cells)} |"


PARTS: dict[str, Callable[[], str]] = {
    "client details": details.table,
    "commands": lambda: markdown() + "\n",
    "figures": lambda: figures(asks=True),
    "libraries": library_figures,
    "month file": lambda: f"```yaml\n{example()}```\n",
    "without asks": lambda: figures(asks=False, names=("locked", "locked-2", "opened-typed", "locked-typed")),
}


def parts(text: str) -> dict[str, str]:
    """Return the generated parts of a page by name, as they are."""
    return {match[2]: match[3] for match in PART.finditer(text)}


def main() -> int:
    """Write every generated part anew and name the pages that changed; the exit status is 0."""
    for page in sorted((ROOT / "docs").glob("*.md")):
        before = page.read_text("utf-8")
        after = PART.sub(lambda match: f"{match[1]}{PARTS[match[2]]()}{match[4]}", before)
        if after != before:
            page.write_text(after, "utf-8")
            print(f"written: {page.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
