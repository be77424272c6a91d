"""From the files of `knowledge/` to a `Corpus`, or to the list of every fault in them."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bot.corpus.faults import CorpusError, Fault
from bot.corpus.fields import Fields, join, short
from bot.corpus.model import OURS, Corpus, Issue, Lexicon, Summary, Topic
from bot.corpus.month_file import id_of, issue_of, own_of
from bot.corpus.months import latest_month
from bot.corpus.strict_yaml import MAX_BYTES, Node, YamlError, parse

T = TypeVar("T")

MAX_FILES = 5_000
OWN = "ours.yaml"
"""The file of the team's own summaries, beside the topics; there need not be one."""


def load(root: Path) -> Corpus:
    """Read a corpus. Raises CorpusError with every fault; never returns a corpus that has one."""
    corpus, faults = examine(root)
    if faults:
        raise CorpusError(faults)
    return corpus


def examine(root: Path) -> tuple[Corpus, list[Fault]]:
    """Read a corpus as far as it can be read, and all its faults (for `pprnet check`)."""
    return examine_with(root, None)


def examine_with(root: Path, month: Path | None) -> tuple[Corpus, list[Fault]]:
    """Like `examine`, with a month's file from elsewhere in the place of the one of that name, or beside the others."""
    if not root.is_dir():
        return Corpus((), (), Lexicon()), [
            Fault(str(root), 0, "", "there is no such folder: name the folder that contains issues/")
        ]
    faults: list[Fault] = []
    digest = hashlib.sha256()
    latest = latest_month()
    topics: tuple[Topic, ...] = _file(root / "topics.yaml", "topics.yaml", _topics, faults, digest, default=())
    lexicon = _file(root / "lexicon.yaml", "lexicon.yaml", _lexicon, faults, digest, default=Lexicon())
    paths = {f"issues/{path.name}": path for path in (*issue_files(root), *([month] if month else ()))}
    names = sorted(paths)
    if not names:
        faults.append(Fault("issues", 0, "", "has no YYYY-MM.yaml file: add at least one month"))
    if len(names) > MAX_FILES:
        faults.append(Fault("issues", 0, "", f"has {len(names):,} files, at most {MAX_FILES:,} are read"))
    faults += [
        Fault(f"issues/{path.name}", 0, "", "is not read: name it YYYY-MM.yaml, or move it elsewhere")
        for path in sorted((root / "issues").glob("*"))
        if path.suffix != ".yaml" and not _is_no_ones(path.name)
    ]
    seen: dict[str, str] = {}
    known = {topic.id for topic in topics}
    issues = []
    for name in names[:MAX_FILES]:
        issue = _file(
            paths[name], name, lambda node, fields: issue_of(node, fields, known, seen, latest), faults, digest, default=None
        )
        if issue is not None:
            issues.append(issue)
    issues.sort(key=lambda issue: issue.month, reverse=True)
    own: tuple[Summary, ...] = ()
    if (root / OWN).exists():
        own = _file(
            root / OWN, OWN, lambda node, fields: own_of(node, fields, known, seen, latest), faults, digest, default=()
        )
    return Corpus(tuple(issues), topics, lexicon, digest.hexdigest(), own), sorted(faults)


def read_issue(month: str, data: bytes, topics: set[str]) -> Issue:
    """Return one month's file, read alone. Raises CorpusError."""
    fields = Fields(f"issues/{month}.yaml")
    try:
        issue = issue_of(parse(data), fields, topics, {}, latest_month())
    except YamlError as fault:
        raise CorpusError([Fault(fields.file, fault.line or 0, "", fault.problem)]) from None
    if fields.faults or issue is None:
        raise CorpusError(fields.faults)
    return issue


def read_own(data: bytes, topics: set[str], seen: dict[str, str] | None = None) -> tuple[Summary, ...]:
    """Return the team's own summaries, read alone; `seen` are ids that they may not have. Raises CorpusError."""
    fields = Fields(OWN)
    try:
        found = own_of(parse(data), fields, topics, seen or {}, latest_month())
    except YamlError as fault:
        raise CorpusError([Fault(OWN, fault.line or 0, "", fault.problem)]) from None
    if fields.faults:
        raise CorpusError(fields.faults)
    return found


def own_in(root: Path, topics: set[str]) -> tuple[Summary, ...]:
    """Return the team's own summaries in a library's folder. Raises CorpusError."""
    path = root / OWN
    return read_own(path.read_bytes(), topics) if path.exists() else ()


def file_of(month: str) -> str:
    """Return the file of a month (OURS: of the team's own summaries) within a library's folder (see `Summary.place`)."""
    return OWN if month == OURS else f"issues/{month}.yaml"


def read_summaries(month: str, data: bytes, topics: set[str]) -> tuple[Summary, ...]:
    """Return the summaries of the file of a month, or of OURS, read alone. Raises CorpusError."""
    return read_own(data, topics) if month == OURS else read_issue(month, data, topics).summaries


def read_topics(root: Path) -> tuple[Topic, ...]:
    """Return the topics of a corpus, which need not have a month yet. Raises CorpusError."""
    faults: list[Fault] = []
    topics: tuple[Topic, ...] = _file(root / "topics.yaml", "topics.yaml", _topics, faults, hashlib.sha256(), default=())
    if faults:
        raise CorpusError(faults)
    return topics


def issue_files(root: Path) -> list[Path]:
    """Return the month files of a corpus, oldest first. What editors and systems leave there is passed over."""
    return sorted(path for path in (root / "issues").glob("*.yaml") if not _is_no_ones(path.name))


def _is_no_ones(name: str) -> bool:
    """Return whether a file or folder is hidden, or was left by an editor or a system: nobody means it to be read."""
    return (
        name.startswith((".", "~$", "#"))
        or name.endswith("~")
        or name.casefold() in ("thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir", "lost+found", "__macosx", "icon\r")
    )


def _file(
    path: Path, name: str, read: Callable[[Node, Fields], T], faults: list[Fault], digest: hashlib._Hash, default: T
) -> T:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # reading a pipe or a device might never end
            raise YamlError("is not a regular file: replace it by one")
        if status.st_size > MAX_BYTES:
            raise YamlError(
                f"the file has {status.st_size:,} bytes, at most {MAX_BYTES:,} are read: split it, one file a month"
            )
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        digest.update(name.encode() + b"\0" + data + b"\0")
        node = parse(data)
    except FileNotFoundError:
        faults.append(Fault(name, 0, "", "is missing: add it (docs/curator.md says how)"))
        return default
    except OSError as error:
        faults.append(Fault(name, 0, "", f"cannot be read ({error.strerror}): check its permissions"))
        return default
    except YamlError as fault:
        faults.append(Fault(name, fault.line or 0, "", fault.problem))
        return default
    fields = Fields(name)
    value = read(node, fields)
    faults.extend(fields.faults)
    return value


def _topics(node: Node, fields: Fields) -> tuple[Topic, ...]:
    top = fields.mapping(node, "", required=("topics",))
    topics: dict[str, Topic] = {}
    for item, path in fields.items(top.get("topics"), "topics", least=1):
        keys = fields.mapping(item, path, required=("id", "name"), optional=("aliases",))
        topic_id = id_of(fields, keys.get("id"), f"{path}.id")
        if topic_id and topic_id in topics:
            fields.fault(item, f"{path}.id", f'"{topic_id}" appears twice: topic ids are unique')
        name = fields.text(keys.get("name"), f"{path}.name", most=140)
        topics[topic_id] = Topic(topic_id, name, fields.texts(keys.get("aliases"), f"{path}.aliases", length=100))
    return tuple(topics.values())


def _lexicon(node: Node, fields: Fields) -> Lexicon:
    top = fields.mapping(node, "", required=("abbreviations", "synonyms"), optional=("elsewhere", "units", "narrows"))
    abbreviations = _lists(top.get("abbreviations"), "abbreviations", "CBT: [written out]", fields)
    groups = [fields.texts(item, path, least=2, length=100) for item, path in fields.items(top.get("synonyms"), "synonyms")]
    elsewhere = _lists(top.get("elsewhere"), "elsewhere", "medicine: [hip replacement]", fields)
    units = _lists(top.get("units"), "units", "therapies: [play therapy]", fields)
    narrows = _lists(top.get("narrows"), "narrows", "people: [nurse]", fields)
    elsewhere_terms, whole_terms, narrowing_terms = (
        tuple(dict.fromkeys(term for terms in lists.values() for term in terms)) for lists in (elsewhere, units, narrows)
    )
    named = {term.casefold() for terms in (*groups, *abbreviations.values()) for term in terms}
    for term in whole_terms:
        if len(term.replace("-", " ").split()) < 2:
            fields.fault(top["units"], "units", f'"{short(term)}" is one word: list only terms of several')
        elif term.casefold() in named:
            fields.fault(top["units"], "units", f'"{short(term)}" has synonyms above: list it only there')
    return Lexicon(abbreviations, tuple(groups), elsewhere_terms, whole_terms, narrowing_terms)


def _lists(section: Node | None, path: str, example: str, fields: Fields) -> dict[str, tuple[str, ...]]:
    """Return a mapping whose every key has a list of texts."""
    if section is None:
        return {}
    if not isinstance(section.value, dict):
        fields.fault(section, path, f"must be a mapping ({example})")
        return {}
    for key, line in section.duplicates:
        fields.fault(line, join(path, key), "the key appears twice: keep one")
    return {key: fields.texts(value, join(path, key), least=1, length=100) for key, value in section.value.items()}
