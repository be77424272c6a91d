"""Adds entries to a corpus: what is new is added, what is there stays as it is, byte for byte where possible.

`CorpusFolder` reads a folder, `plan` computes what its files would become, `carry_out` writes them. Files are written whole
or not at all, and are the same whatever order the entries came in.
"""

from __future__ import annotations

import fcntl
import hashlib
import heapq
import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from bot.corpus.faults import CorpusError
from bot.corpus.load import examine, issue_files, read_issue, read_topics
from bot.corpus.model import READABLE, Topic
from bot.corpus.same import same_entry
from bot.errors import ExpectedError
from bot.paths import default_root
from bot.text import fold, normalised

Record = Mapping[str, Any]
"""A summary as its YAML says it: id, title, text, summary, implications, study ..."""

MAX_SUBJECT = 300
"""Characters of a subject; a longer one helps no reader."""
_SHORT = 90
"""Characters up to which a text is one quoted line; a longer one is a folded block."""
_WIDTH = 108
_SLUG = 80
_PART = ".part"
IMPORT_FOLDER = ".import"
"""In the library's folder: what imports note for the next one. It may be deleted at any time."""


class WriteError(ExpectedError):
    """Nothing was written to a file; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class ImportedMonth:
    """The entries of one month as one source has them, in its order. `complete`: the source shows that these are all;
    `continued`: entries that come before them may be on another page.
    """

    month: str
    records: tuple[Record, ...]
    complete: bool = False
    subjects: tuple[str, ...] = ()
    note: str | None = None
    continued: bool = False


@dataclass(slots=True)
class Plan:
    """What would change: new contents by month, the titles that are added, remarks for the user, and what cannot be done.

    `extended` counts the entries already there that get what the sources now say of them besides, such as topics.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    added: list[tuple[str, str]] = field(default_factory=list)
    extended: int = 0
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
        self.written = _written(root)
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
    return list(yaml.safe_load(content.decode("utf-8-sig"))["summaries"]) if content is not None else []


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
        _note_written(folder.root, planned.files.values())
        for month, content in sorted(planned.files.items()):
            path = issues / f"{month}.yaml"
            if (path.read_bytes() if path.exists() else None) != folder.files.get(month):
                raise WriteError(f"{path} was changed meanwhile: it was left alone; run the import again")
            write_atomically(path, content)
    except OSError as error:
        raise WriteError(f"{error.filename or issues} cannot be written ({error.strerror})") from None


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file so that it is there whole, the old or the new, whatever happens meanwhile."""
    path = path.resolve()  # a link stays a link
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_PART, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), path.stat().st_mode & 0o7777 if path.exists() else 0o644)
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _written(root: Path) -> frozenset[str]:
    """Return the marks of all contents that imports have written: a file with one of them has been changed by no one."""
    try:
        return frozenset((root / IMPORT_FOLDER / "written").read_text("ascii").split())
    except (OSError, ValueError):
        return frozenset()


def _note_written(root: Path, contents: Iterable[bytes]) -> None:
    """Note what is going to be written, where imports keep notes."""
    folder = root / IMPORT_FOLDER
    if folder.is_dir() and (marks := sorted(set(map(_mark, contents)) - _written(root))):
        with (folder / "written").open("a", encoding="ascii") as file:
            file.write("".join(f"\n{mark}" for mark in marks))  # begins a line: a kill may have cut the last one


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def sweep(folder: Path) -> None:
    """Remove what processes that were killed have left half written: no one has it open any more."""
    for path in folder.glob(f".*{_PART}"):
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


# -- one month --------------------------------------------------------------------------------------------------------


def _plan_month(folder: CorpusFolder, month: str, imported: Sequence[ImportedMonth], planned: Plan) -> None:
    old = folder.files.get(month)
    # Plain values of a file that the strict reader has taken: no alias, tag or bomb is left in it.
    before: dict[str, Any] = yaml.safe_load(old.decode("utf-8-sig")) if old is not None else _empty(month)
    ours = old is None or render(before) == old  # the layout is the importer's: nothing but values can be lost
    imported, mended = _recognised(before["summaries"], imported)
    there = [(normalised(str(each["title"])), each) for each in before["summaries"]]
    printed = _fullest(imported)
    untouched = old is not None and _mark(old) in folder.written and all(key in printed for key, _ in there)
    if untouched:  # no one has changed a word: the month is what its sources say now, as if they had come at once
        there = [(key, _with_id(each["id"], printed[key])) for key, each in there]
        planned.extended += sum(now != each for (_, now), each in zip(there, before["summaries"], strict=True))
    new = _new_records(folder, month, printed, planned)
    sequences = _sequences(imported)
    order = _in_order(sequences if untouched else [[key for key, _ in there], *sequences], _continued(imported))
    place = {key: at for at, key in enumerate(order)}
    for key in sorted(new, key=lambda key: place[key]):
        found = new[key]
        summary_id = _id_for(found["title"], month, folder.ids)
        study = found.get("study") or {}
        folder.note(month, summary_id, found["title"], study.get("doi"))
        new[key] = _with_id(summary_id, found)
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
    content = render(after) if ours else _inserted(month, old or b"", before, list(new.values()), after)
    try:
        read_issue(month, content, {topic.id for topic in folder.topics})
    except CorpusError as error:
        raise WriteError(f"{month} cannot be written so that it reads back: {error.faults[0]}") from None
    planned.files[month] = content


def _recognised(
    held: Sequence[Record], imported: Sequence[ImportedMonth]
) -> tuple[list[ImportedMonth], dict[str, set[str]]]:
    """Return the imported months with the titles that the file has for their entries, and by the id of a summary the titles
    that its entry has on the pages, where they are others.
    """
    mended: dict[str, set[str]] = {}
    known = {normalised(str(each["title"])) for each in held}

    def titled(record: Record, beside: set[str]) -> Record:
        if normalised(record["title"]) in known:
            return record
        others = (each for each in held if normalised(str(each["title"])) not in beside)
        found = next((each for each in others if same_entry(each, record)), None)
        if found is None:
            return record
        mended.setdefault(found["id"], set()).add(record["title"])
        return {**record, "title": found["title"]}

    def recognised(source: ImportedMonth) -> ImportedMonth:
        beside = {normalised(each["title"]) for each in source.records}
        return replace(source, records=tuple(titled(each, beside) for each in source.records))

    return list(map(recognised, imported)), mended


def _retitle(after: dict[str, Any], mended: Mapping[str, set[str]], planned: Plan, month: str, *, may_change: bool) -> None:
    """Give entries the titles that their pages have now: those that still have the title they were imported with."""
    summaries = []
    for each in after["summaries"]:
        titles = mended.get(each["id"], set())
        unedited = each["text"] == "original" and _slug(each["title"]) == each["id"]
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


def _fullest(imported: Sequence[ImportedMonth]) -> dict[str, Record]:
    """Return each entry once, by its normalised title: of two printings, the fuller one, whichever came first. What one page
    prints side by side are two entries, however alike.
    """
    by_title: dict[str, Record] = {}
    beside: dict[str, set[str]] = {}
    for source in imported:
        titles = {normalised(each["title"]) for each in source.records}
        for each in source.records:
            key = normalised(each["title"])
            beside.setdefault(key, set()).update(titles)
            if key not in by_title or (each != by_title[key] and _fullness(each) > _fullness(by_title[key])):
                by_title[key] = each
    kept: dict[str, Record] = {}
    for key, record in sorted(by_title.items(), key=lambda pair: _fullness(pair[1]), reverse=True):
        if not any(other not in beside[key] and same_entry(each, record) for other, each in kept.items()):
            kept[key] = record
    return kept


def _fullness(each: Record) -> tuple[int, str]:
    text = json.dumps(_without_id(each), ensure_ascii=False, sort_keys=True)
    return len(text), text


def _with_id(summary_id: str, record: Record) -> Record:
    return {"id": summary_id, **_without_id(record)}


def _without_id(record: Record) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "id"}


def _sequences(imported: Sequence[ImportedMonth]) -> list[list[str]]:
    return sorted([normalised(each["title"]) for each in source.records] for source in imported)


def _continued(imported: Sequence[ImportedMonth]) -> set[str]:
    """Return the entries of which no source shows that the month begins with them, or goes on to them."""
    every = {normalised(each["title"]) for source in imported for each in source.records}
    return every - {normalised(each["title"]) for source in imported if not source.continued for each in source.records}


def _in_order(sequences: Sequence[Sequence[str]], last: Set[str] = frozenset()) -> list[str]:
    """Return all keys, in each sequence's order where they do not contradict each other; else those that are not in `last`
    come first, and then by the alphabet.
    """
    after: dict[str, set[str]] = {key: set() for keys in sequences for key in keys}
    for keys in sequences:
        for one, next_ in pairwise(keys):
            if one != next_:
                after[one].add(next_)
    waits = {key: sum(key in others for others in after.values()) for key in after}
    ready = [(key in last, key) for key, count in waits.items() if not count]
    heapq.heapify(ready)
    ordered: list[str] = []
    left = set(after)
    while left:
        key = heapq.heappop(ready)[1] if ready else min(left)
        if key not in left:
            continue
        left.discard(key)
        ordered.append(key)
        for next_ in after[key] & left:
            waits[next_] -= 1
            if not waits[next_]:
                heapq.heappush(ready, (next_ in last, next_))
    return ordered


def _slug(title: str) -> str:
    slug = "-".join(re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", fold(title[:300]))))
    return slug if len(slug) <= _SLUG else slug[: _SLUG + 1].rpartition("-")[0] or slug[:_SLUG]


def _id_for(title: str, month: str, taken: set[str]) -> str:
    """Return a stable id: the title's words, cut at a word; with the month where another summary has that id already."""
    slug = _slug(title)
    mark = hashlib.sha256(normalised(title).encode()).hexdigest()[:8]
    candidates = (slug, f"{slug}-{month}", f"{slug}-{mark}") if slug else (f"summary-{mark}", f"summary-{month}-{mark}")
    return next((each for each in candidates if each not in taken), f"{candidates[0]}-{month}-{mark}")


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


# -- YAML -------------------------------------------------------------------------------------------------------------


class _Quoted(str):
    __slots__ = ()


class _Folded(str):
    __slots__ = ()


class _Flow(list[Any]):
    __slots__ = ()


class _FlowMap(dict[str, Any]):
    __slots__ = ()


_STR, _SEQ, _MAP = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


_Dumper.add_representer(_Quoted, lambda dumper, text: dumper.represent_scalar(_STR, text, style='"'))
_Dumper.add_representer(_Folded, lambda dumper, text: dumper.represent_scalar(_STR, text, style=">"))
_Dumper.add_representer(_Flow, lambda dumper, each: dumper.represent_sequence(_SEQ, each, flow_style=True))
_Dumper.add_representer(_FlowMap, lambda dumper, each: dumper.represent_mapping(_MAP, each.items(), flow_style=True))

ORDER = {
    name: place
    for place, name in enumerate(
        """issue complete note subjects summaries id title text topics later bottom_line summary implications caution asks
        draft_asks study citation authors also year doi url design sample effects read_from""".split()
    )
}
"""The keys of a month and of a summary in the order in which they are written."""
_WORDS = frozenset(("text", "design", "id"))
_NAMES = frozenset(("topics", "authors", "also"))


def render(values: Mapping[str, Any]) -> bytes:
    """Return a month's file in the importer's layout: keys in a fixed order, short texts in quotes, long ones as folded
    blocks.
    """
    dumped: str = yaml.dump(
        _styled(values), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False
    )
    return dumped.encode()


def _styled(value: Any, key: str = "") -> Any:
    if key == "read_from":
        return {name: [_styled(each, "item") for each in value[name]] for name in READABLE if name in value}
    if key in ("sample", "effects"):
        return [_FlowMap(each) for each in value] or _Flow() if isinstance(value, list) else _FlowMap(value or {})
    if isinstance(value, Mapping):
        inside = "note" in value and "id" in value  # a summary's note comes after its asks, a month's before its subjects
        places = ORDER | {"note": ORDER["asks"]} if inside else ORDER
        return {name: _styled(value[name], name) for name in sorted(value, key=lambda name: (places.get(name, 99), name))}
    if isinstance(value, list):
        if key in _NAMES or not value:
            return _Flow(value)
        return [_styled(each, "item") for each in value]
    if isinstance(value, str) and key not in _WORDS:
        return _Folded(value) if len(value) > _SHORT or "\n" in value else _Quoted(value)
    return value


def _inserted(month: str, old: bytes, before: Any, new: Sequence[Record], after: Mapping[str, Any]) -> bytes:
    """Return a file in a person's own layout, with the new entries at its end and nothing else touched. Raises
    WriteError.
    """
    text = old.decode("utf-8").rstrip("\n") + "\n"
    if new:
        block = render({"summaries": list(new)}).decode().partition("\n")[2]
        indent = re.search(r"^( *)- ", text.partition("\nsummaries:")[2], re.MULTILINE)
        shift = (len(indent[1]) if indent else 2) - 2
        lines = block.split("\n")
        text += "\n".join(line[-shift:] if shift < 0 else " " * shift + line if line else "" for line in lines)
    if after.get("note") != before.get("note"):
        line = render({"note": after["note"]}).decode()
        text = re.sub(r"^(?=summaries:)", lambda _: line, text, count=1, flags=re.MULTILINE)
    wanted = {name: value for name, value in after.items() if name != "summaries"}
    with suppress(yaml.YAMLError):
        found = yaml.safe_load(text)
        said = {name: value for name, value in found.items() if name != "summaries"}
        if said == wanted and found["summaries"] == [*before["summaries"], *(_plain(each) for each in new)]:
            return text.encode()
    raise WriteError(
        f"issues/{month}.yaml is laid out in a way to which nothing can be added without touching the rest: "
        f"add {', '.join(repr(each['title']) for each in new) or 'the note'} by hand"
    )


def _plain(each: Record) -> Any:
    return yaml.safe_load(render({"summaries": [each]}))["summaries"][0]
