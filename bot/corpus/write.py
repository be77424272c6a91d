"""Adds entries to a corpus: what is new is added, what is there stays as it is, byte for byte where possible.

`CorpusFolder` reads a folder, `plan` computes what its files would become, `carry_out` writes them. Files are written whole
or not at all, and are the same whatever order the entries came in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.corpus.faults import CorpusError
from bot.corpus.files import (
    WriteError,
    mark_of,
    note_written,
    one_at_a_time,
    sweep,
    write_atomically,
    written_before,
)
from bot.corpus.ids import id_for, slug_of
from bot.corpus.layout import inserted, render
from bot.corpus.load import examine, issue_files, read_issue, read_topics
from bot.corpus.merging import ImportedMonth, Record, continued, fullest, in_order, recognised_in, sequences, with_id
from bot.corpus.model import Topic
from bot.corpus.plain_yaml import values_of
from bot.paths import default_root
from bot.text import normalised

MAX_SUBJECT = 300
"""Characters of a subject; a longer one helps no reader."""


@dataclass(slots=True)
class Plan:
    """What would change: new contents by month, the titles that are added, remarks for the user, and what cannot be done.

    `extended` counts the entries already there that get what the sources now say of them besides, such as topics. `filled`
    has the month, title and fields of those whose empty facts were read from their text. `edited` are months that someone
    has changed: they must not be noted as written by an import.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    added: list[tuple[str, str]] = field(default_factory=list)
    extended: int = 0
    filled: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    edited: set[str] = field(default_factory=set)
    known: int = 0
    remarks: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class CorpusFolder:
    """The content of a corpus folder, which may be missing or empty. Raises CorpusError or WriteError."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: dict[str, bytes] = {}
        self.ids: set[str] = set()
        self.titles: dict[tuple[str, str], str] = {}
        self.dois: dict[str, tuple[str, str]] = {}
        self.written = written_before(root)
        if root.exists() and not root.is_dir():
            raise WriteError(f"{root} is not a folder")
        if not issue_files(root):
            self.topics = topics_for(root)
            return
        corpus, faults = examine(root)
        missing = [fault for fault in faults if fault.file in _BESIDE and fault.problem.startswith("is missing")]
        if len(missing) < len(faults):
            raise CorpusError(faults)
        self.topics = corpus.topics or topics_for(root)
        self.files = {path.stem: path.read_bytes() for path in issue_files(root)}
        for summary in corpus.summaries:
            if summary.is_own:  # the blog may have a summary of the same paper
                self.ids.add(summary.id)
            else:
                self.note(summary.issue, summary.id, summary.title, summary.study.doi)

    def note(self, month: str, summary_id: str, title: str, doi: str | None) -> None:
        """Add a summary to what the folder contains."""
        self.ids.add(summary_id)
        self.titles[month, normalised(title)] = summary_id
        if doi:
            self.dois.setdefault(doi.casefold(), (month, title))


_BESIDE = ("topics.yaml", "lexicon.yaml")


def topics_for(root: Path) -> tuple[Topic, ...]:
    """Return the topics that a folder has, or gets with its first month. Raises CorpusError."""
    return read_topics(root if (root / "topics.yaml").exists() else default_root())


def plan(folder: CorpusFolder, imported: Iterable[ImportedMonth]) -> Plan:
    """Return what the folder's files become when these months are added. A file that cannot be added to is left as it is."""
    planned = Plan()
    by_month: dict[str, list[ImportedMonth]] = {}
    for source in imported:
        by_month.setdefault(source.month, []).append(source)
    for month in sorted(by_month):
        try:
            _plan_month(folder, month, by_month[month], planned)
        except WriteError as error:
            planned.added = [each for each in planned.added if each[0] != month]
            planned.refused.append(str(error))
    return planned


def month_yaml(source: ImportedMonth, taken: CorpusFolder) -> bytes:
    """Return a month's file for a draft: without the entries whose papers are in other months. Raises WriteError."""
    planned = plan(_without_month(taken, source.month), [source])
    if planned.refused:
        raise WriteError(planned.refused[0])
    return planned.files.get(source.month, b"")


def records_of(folder: CorpusFolder, month: str) -> list[Record]:
    """Return the summaries in a month's file, as it says them; none where there is no such file."""
    content = folder.files.get(month)
    return list(values_of(content.decode("utf-8-sig"))["summaries"]) if content is not None else []


def carry_out(folder: CorpusFolder, planned: Plan) -> None:
    """Write the files, each at once and durably. Raises WriteError, with everything written so far left good."""
    issues = folder.root / "issues"
    try:
        issues.mkdir(parents=True, exist_ok=True)
        sweep(folder.root)
        sweep(issues)
        for name in _BESIDE:
            if not (folder.root / name).exists():
                write_atomically(folder.root / name, (default_root() / name).read_bytes())
        note_written(folder.root, (content for month, content in planned.files.items() if month not in planned.edited))
        with one_at_a_time(issues):
            for month, content in sorted(planned.files.items()):
                path = issues / f"{month}.yaml"
                if (path.read_bytes() if path.exists() else None) != folder.files.get(month):
                    raise WriteError(f"{path} was changed meanwhile: it was left alone; run the import again")
                write_atomically(path, content)
    except OSError as error:
        raise WriteError(f"{error.filename or issues} cannot be written ({error.strerror})") from None


# -- one month --------------------------------------------------------------------------------------------------------


def _plan_month(folder: CorpusFolder, month: str, imported: Sequence[ImportedMonth], planned: Plan) -> None:
    old = folder.files.get(month)
    # Plain values of a file that the strict reader has taken: no alias, tag or bomb is left in it.
    before: dict[str, Any] = values_of(old.decode("utf-8-sig")) if old is not None else _empty(month)
    ours = old is None or render(before) == old  # the layout is the importer's: nothing but values can be lost
    imported, mended = recognised_in(before["summaries"], imported)
    there = [(normalised(str(each["title"])), each) for each in before["summaries"]]
    printed = fullest(imported)
    unchanged = old is not None and mark_of(old) in folder.written
    untouched = unchanged and all(key in printed for key, _ in there)
    if old is not None and not unchanged:
        planned.edited.add(month)
    if untouched:  # no one has changed a word: the month is what its sources say now, as if they had come at once
        there = [(key, with_id(each["id"], printed[key])) for key, each in there]
        planned.extended += sum(now != each for (_, now), each in zip(there, before["summaries"], strict=True))
    new = _new_records(folder, month, printed, planned)
    before_now = [] if untouched else [[key for key, _ in there]]
    order = in_order([*before_now, *sequences(imported)], continued(imported))
    place = {key: at for at, key in enumerate(order)}
    for key in sorted(new, key=lambda key: place[key]):
        found = new[key]
        summary_id = id_for(found["title"], month, folder.ids)
        study = found.get("study") or {}
        folder.note(month, summary_id, found["title"], study.get("doi"))
        new[key] = with_id(summary_id, found)
        planned.added.append((month, found["title"]))
    after = dict(before)
    if untouched and new:  # it has grown: what was said of the whole is no longer known
        after |= {"complete": False, "subjects": []}
    both = [(place[key], each) for key, each in [*there, *new.items()]]
    after["summaries"] = [each for _, each in sorted(both, key=lambda pair: pair[0])]
    _update_month(after, imported, may_change=ours)
    _retitle(after, mended, planned, month, may_change=ours)
    if not new and after == before:
        return
    content = render(after) if ours else inserted(month, old or b"", before, list(new.values()), after)
    try:
        read_issue(month, content, {topic.id for topic in folder.topics})
    except CorpusError as error:
        raise WriteError(f"{month} cannot be written so that it reads back: {error.faults[0]}") from None
    planned.files[month] = content


def _retitle(after: dict[str, Any], mended: Mapping[str, set[str]], planned: Plan, month: str, *, may_change: bool) -> None:
    """Give entries the titles that their pages have now: those that still have the title they were imported with."""
    summaries = []
    for each in after["summaries"]:
        titles = mended.get(each["id"], set())
        unedited = each["text"] == "original" and slug_of(each["title"]) == each["id"]
        if may_change and unedited and len(titles) == 1:
            (title,) = titles
            planned.remarks.append(f"{month}: “{each['title']}” is called “{title}” now")
            each = {**each, "title": title}
        else:
            planned.remarks += [f"{month}: “{each['title']}” is kept; the page says “{title}”" for title in sorted(titles)]
        summaries.append(each)
    after["summaries"] = summaries


def _update_month(after: dict[str, Any], imported: Sequence[ImportedMonth], *, may_change: bool) -> None:
    """Set completeness, subjects and note where a source has them and no one has set them otherwise."""
    titles = {normalised(str(each["title"])) for each in after["summaries"]}
    for source in imported:
        if source.note and not after.get("note"):
            after["note"] = source.note
        named = list({subject.casefold(): subject for subject in source.subjects if len(subject) <= MAX_SUBJECT}.values())
        if not may_change or not named:
            continue
        whole = source.complete and titles == {normalised(each["title"]) for each in source.records}
        if whole and not after["complete"]:
            after["complete"] = True
            after["subjects"] = after.get("subjects") or named
        elif not after.get("subjects"):
            after["subjects"] = named


def _new_records(folder: CorpusFolder, month: str, printed: Mapping[str, Record], planned: Plan) -> dict[str, Record]:
    """Return the entries that are not there yet: by their title or, in any month, their paper."""
    kept = {key for key in printed if (month, key) in folder.titles}
    papers: dict[str, str] = {}
    for key in sorted(printed.keys() - kept):
        title = str(printed[key]["title"])
        doi = ((printed[key].get("study") or {}).get("doi") or "").casefold()
        elsewhere = folder.dois.get(doi) if doi else None
        if elsewhere or doi in papers:
            there = f"{elsewhere[0]}, “{elsewhere[1]}”" if elsewhere else f"{month}, “{papers[doi]}”"
            planned.remarks.append(f"{month}: “{title}” is not added: its paper {doi} is already in {there}")
            kept.add(key)
        elif doi:
            papers[doi] = title
    planned.known += len(kept)
    return {key: each for key, each in printed.items() if key not in kept}


def _without_month(folder: CorpusFolder, month: str) -> CorpusFolder:
    other = CorpusFolder.__new__(CorpusFolder)
    other.root, other.topics, other.written = folder.root, folder.topics, folder.written
    other.files = {name: data for name, data in folder.files.items() if name != month}
    other.ids = set(folder.ids)
    other.titles = {key: summary_id for key, summary_id in folder.titles.items() if key[0] != month}
    other.dois = {doi: place for doi, place in folder.dois.items() if place[0] != month}
    return other


def _empty(month: str) -> dict[str, Any]:
    return {"issue": month, "complete": False, "subjects": [], "summaries": []}
