"""Facts read from the text, held against the 28 hand-made records: `python -m tests.tools.facts PAGES`.

PAGES is a folder of saved pages of the blog, which this project does not contain. Each entry is matched with its
hand-made record by its title; an entry that is on two pages counts once. For each field: how many facts were read, how
many of them the record has too (precision), and how many of the record's facts were read (recall).
"""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bot.blog.page import Entry
from bot.blog.pages import read_page
from bot.corpus.load import load
from bot.corpus.model import Corpus, Effect, Summary
from bot.extraction.facts import Facts, read_facts
from bot.paths import default_root
from bot.text import fold, normalised

JUDGED = {
    "empathic-accuracy": "ec296d810118",
    "microaggressions-cultural-humility": "f097026698b1",
    "alliance-training-trial": "145f5bf0273c",
    "alliance-rupture-next-session": "5fae942bd3c8",
    "alliance-symptoms-reciprocal": "d887f05a71b8",
    "multicultural-orientation": "933ef14ddf9a",
    "videoconferencing-alliance-trials": "cb46ed85401c",
    "problem-focus-anxiety": "4886481e0236",
    "facilitative-interpersonal-skills": "651da1c1ad6b",
}
"""Finding sentences that were compared by eye with the bottom line and say the same, or a part of it, and nothing else: id
and the first letters of the sentence's SHA-256. A sentence that is not here counts as wrong.
"""


def records(folder: Path) -> dict[str, Entry]:
    """Return the entries of a folder's pages by their normalised titles."""
    pages = [read_page(path.read_bytes()) for path in sorted(folder.iterdir()) if path.suffix in (".txt", ".html")]
    return {normalised(entry.title): entry for page in pages for entry in page.entries}


def pairs(corpus: Corpus, entries: dict[str, Entry]) -> Iterator[tuple[Summary, Entry]]:
    """Yield each hand-made record with its entry."""
    for summary in corpus:
        if entry := entries.get(normalised(summary.title)):
            yield summary, entry


def compared(summary: Summary, entry: Entry, facts: Facts) -> Iterator[tuple[str, set[object], set[object]]]:
    """Yield each field with what was read and what the record has, as sets."""
    study = summary.study
    spellings = {fold(name) for name in (*study.authors, *study.also)}
    read = [fold(name) for name in entry.authors or facts.authors]
    right = [*map(fold, study.authors)]
    same = len(read) == len(right) and set(read) <= spellings
    yield "authors", {tuple(read)} if read else set(), {tuple(read if same else right)}
    yield "year", {entry.year} - {None}, {study.year} - {None}
    yield "doi", {entry.doi} - {None}, {study.doi} - {None}
    yield "design", {facts.design} - {None}, {study.design} - {"not stated"}
    kept = {who for who, _ in (*facts.sample, *study.sample)}
    for who in sorted(kept):
        yield f"sample: {who}", {c for w, c in facts.sample if w == who}, {c for w, c in study.sample if w == who}
    yield "effects", {*map(_figure, facts.effects)}, {*map(_figure, study.effects)}
    yield "topics", {*facts.topics}, {*summary.topics}
    judged = facts.finding is not None and JUDGED.get(summary.id) == mark(facts.finding)
    yield "finding", {judged} if facts.finding else set(), {True}


def _figure(effect: Effect) -> tuple[object, ...]:
    return effect.measure, effect.value


def mark(sentence: str) -> str:
    """Return a short mark of a sentence, which does not give it away."""
    return hashlib.sha256(sentence.encode()).hexdigest()[:12]


def main() -> None:
    """Print the table, and with --each what differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.facts", description=__doc__)
    parser.add_argument("pages", type=Path, metavar="PAGES", help="a folder of saved pages")
    parser.add_argument("--each", action="store_true", help="print what differs, with the finding sentences")
    options = parser.parse_args()
    corpus = load(default_root())
    read, right, wanted = Counter[str](), Counter[str](), Counter[str]()
    count = 0
    for summary, entry in pairs(corpus, records(options.pages)):
        count += 1
        facts = read_facts(entry.title, "\n".join(entry.paragraphs), entry.citation, corpus.topics)
        for name, found, truth in compared(summary, entry, facts):
            for field in {name, name.partition(":")[0]}:
                read[field] += len(found)
                right[field] += len(found & truth)
                wanted[field] += len(truth)
            if options.each and found != truth and name != "finding":
                print(f"{summary.id}: {name}: read {found or 'nothing'}, the record has {truth or 'nothing'}")
        if options.each and facts.finding:
            print(f"{summary.id} {mark(facts.finding)}: {facts.finding}\n    {summary.bottom_line}")
    print(f"{count} summaries\n{'field':32}{'read':>6}{'right':>7}{'of':>5}{'precision':>11}{'recall':>8}")
    for name in sorted(wanted, key=lambda name: (name.partition(":")[0], name)):
        precision = f"{right[name] / read[name]:.2f}" if read[name] else "-"
        recall = f"{right[name] / wanted[name]:.2f}" if wanted[name] else "-"
        print(f"{name:32}{read[name]:6}{right[name]:7}{wanted[name]:5}{precision:>11}{recall:>8}")


if __name__ == "__main__":
    main()
