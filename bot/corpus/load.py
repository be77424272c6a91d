"""From the files of `knowledge/` to a `Corpus`, or to the list of every fault in them."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from bot.corpus.faults import CorpusError, Fault
from bot.corpus.fields import Fields, join, short
from bot.corpus.model import DESIGNS, KINDS, MEASURES, Corpus, Effect, Issue, Lexicon, Study, Summary, Topic
from bot.corpus.months import latest_month
from bot.corpus.read_from import read_from
from bot.corpus.strict_yaml import MAX_BYTES, Node, YamlError, parse

T = TypeVar("T")

MAX_FILES = 5_000
MAX_BOTTOM_LINE_WORDS = 45
MAX_QUOTED_WORDS = 60
"""Of a bottom line that is a sentence of an original: its words are not ours to shorten."""
MAX_CAUTION_WORDS = 30
MAX_NOTE = 300
"""Characters of the curator's word on a month."""
_MONTH = re.compile(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DOI = re.compile(r"10\.[0-9]{4,9}/[!-~]*[!-+\-/-:<-~]")  # visible ASCII; the last character is no . , or ;
_URL = re.compile(r"https://[!#-;=?-{}~]{1,1990}")  # visible ASCII without " < > |


def load(root: Path) -> Corpus:
    """Read a corpus. Raises CorpusError with every fault; never returns a corpus that has one."""
    corpus, faults = examine(root)
    if faults:
        raise CorpusError(faults)
    return corpus


def examine(root: Path) -> tuple[Corpus, list[Fault]]:
    """Read a corpus as far as it can be read, and all its faults (for `pprnet check`)."""
    if not root.is_dir():
        return Corpus((), (), Lexicon()), [
            Fault(str(root), 0, "", "there is no such folder: name the folder that contains issues/")
        ]
    faults: list[Fault] = []
    digest = hashlib.sha256()
    latest = latest_month()
    topics: tuple[Topic, ...] = _file(root, "topics.yaml", _topics, faults, digest, default=())
    lexicon = _file(root, "lexicon.yaml", _lexicon, faults, digest, default=Lexicon())
    names = [f"issues/{path.name}" for path in issue_files(root)]
    if not names:
        faults.append(Fault("issues", 0, "", "has no YYYY-MM.yaml file: add at least one month"))
    if len(names) > MAX_FILES:
        faults.append(Fault("issues", 0, "", f"has {len(names):,} files, at most {MAX_FILES:,} are read"))
    faults += [
        Fault(f"issues/{path.name}", 0, "", "is not read: name it YYYY-MM.yaml, or move it elsewhere")
        for path in sorted((root / "issues").glob("*"))
        if path.suffix != ".yaml" and not path.name.startswith(".") and not path.name.endswith("~")
    ]
    seen: dict[str, str] = {}
    known = {topic.id for topic in topics}
    issues = []
    for name in names[:MAX_FILES]:
        issue = _file(
            root, name, lambda node, fields: _issue(node, fields, known, seen, latest), faults, digest, default=None
        )
        if issue is not None:
            issues.append(issue)
    issues.sort(key=lambda issue: issue.month, reverse=True)
    return Corpus(tuple(issues), topics, lexicon, digest.hexdigest()), sorted(faults)


def read_issue(month: str, data: bytes, topics: set[str]) -> Issue:
    """Return one month's file, read alone. Raises CorpusError."""
    fields = Fields(f"issues/{month}.yaml")
    try:
        issue = _issue(parse(data), fields, topics, {}, latest_month())
    except YamlError as fault:
        raise CorpusError([Fault(fields.file, fault.line or 0, "", fault.problem)]) from None
    if fields.faults or issue is None:
        raise CorpusError(fields.faults)
    return issue


def read_topics(root: Path) -> tuple[Topic, ...]:
    """Return the topics of a corpus folder. Raises CorpusError."""
    faults: list[Fault] = []
    topics: tuple[Topic, ...] = _file(root, "topics.yaml", _topics, faults, hashlib.sha256(), default=())
    if faults:
        raise CorpusError(faults)
    return topics


def issue_files(root: Path) -> list[Path]:
    """Return the month files of a corpus, oldest first. Editors' and hidden files are passed over."""
    return sorted(path for path in (root / "issues").glob("*.yaml") if not path.name.startswith("."))


def _file(
    root: Path, name: str, read: Callable[[Node, Fields], T], faults: list[Fault], digest: hashlib._Hash, default: T
) -> T:
    path = root / name
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
        topic_id = _id(fields, keys.get("id"), f"{path}.id")
        if topic_id and topic_id in topics:
            fields.fault(item, f"{path}.id", f'"{topic_id}" appears twice: topic ids are unique')
        name = fields.text(keys.get("name"), f"{path}.name", most=140)
        topics[topic_id] = Topic(topic_id, name, fields.texts(keys.get("aliases"), f"{path}.aliases", length=100))
    return tuple(topics.values())


def _lexicon(node: Node, fields: Fields) -> Lexicon:
    top = fields.mapping(node, "", required=("abbreviations", "synonyms"), optional=("elsewhere", "units"))
    abbreviations = _lists(top.get("abbreviations"), "abbreviations", "CBT: [written out]", fields)
    groups = [fields.texts(item, path, least=2, length=100) for item, path in fields.items(top.get("synonyms"), "synonyms")]
    elsewhere = _lists(top.get("elsewhere"), "elsewhere", "medicine: [hip replacement]", fields)
    units = _lists(top.get("units"), "units", "therapies: [play therapy]", fields)
    elsewhere_terms, whole_terms = (
        tuple(dict.fromkeys(term for terms in lists.values() for term in terms)) for lists in (elsewhere, units)
    )
    named = {term.casefold() for terms in (*groups, *abbreviations.values()) for term in terms}
    for term in whole_terms:
        if len(term.replace("-", " ").split()) < 2:
            fields.fault(top["units"], "units", f'"{short(term)}" is one word: list only terms of several')
        elif term.casefold() in named:
            fields.fault(top["units"], "units", f'"{short(term)}" has synonyms above: list it only there')
    return Lexicon(abbreviations, tuple(groups), elsewhere_terms, whole_terms)


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


def _issue(node: Node, fields: Fields, topics: set[str], seen: dict[str, str], latest: str) -> Issue | None:
    top = fields.mapping(node, "", required=("issue", "complete", "summaries"), optional=("subjects", "note"))
    month = fields.text(top.get("issue"), "issue")
    stem = fields.file.removeprefix("issues/").removesuffix(".yaml")
    if month and not _MONTH.fullmatch(month):
        fields.fault(top["issue"], "issue", f'"{short(month)}" is not a month: write it as "2022-09"')
        month = ""
    if not _MONTH.fullmatch(stem):
        fields.fault(0, "", "the file's name is not a month: name it like 2022-09.yaml")
    elif month and month != stem:
        fields.fault(top["issue"], "issue", f'says "{month}", but the file is named {stem}.yaml: make them agree')
    elif month > latest:
        problem = (
            f'"{month}" is in the future (the latest that can be is {latest}): name the month it is of, and the file too'
        )
        fields.fault(top["issue"], "issue", problem)
    complete = fields.boolean(top.get("complete"), "complete")
    subjects = fields.texts(top.get("subjects"), "subjects", length=300)
    summaries = [
        _summary(item, path, fields, month, topics, seen)
        for item, path in fields.items(top.get("summaries"), "summaries", least=1, most=2000)
    ]
    note = fields.optional_text(top.get("note"), "note", most=MAX_NOTE)
    return Issue(month, complete, subjects, tuple(summaries), note) if month else None


def _summary(node: Node, path: str, fields: Fields, month: str, topics: set[str], seen: dict[str, str]) -> Summary:
    keys = fields.mapping(
        node,
        path,
        required=("id", "title", "text", "summary", "implications"),
        optional=("topics", "bottom_line", "asks", "draft_asks", "caution", "note", "later", "study", "read_from"),
    )
    summary_id = _id(fields, keys.get("id"), f"{path}.id")
    if summary_id in seen:
        fields.fault(
            keys["id"], f"{path}.id", f'"{summary_id}" is taken by {seen[summary_id]}: ids are unique in the corpus'
        )
    elif summary_id:
        seen[summary_id] = f"{fields.file}:{node.line}"
    text = fields.choice(keys.get("text"), f"{path}.text", ("digest", "original"))
    printed = fields.paragraphs(keys.get("summary"), f"{path}.summary")
    quoted = text == "original" and "bottom_line" in keys and " ".join(str(keys["bottom_line"].value).split()) in printed
    named = fields.texts(keys.get("topics"), f"{path}.topics")
    for topic in named:
        if topic and topic not in topics:
            fields.fault(keys["topics"], f"{path}.topics", f'"{short(topic)}" is not an id in topics.yaml')
    summary = Summary(
        id=summary_id,
        issue=month,
        title=fields.text(keys.get("title"), f"{path}.title", most=300),
        text=text,
        summary=printed,
        implications=fields.texts(keys.get("implications"), f"{path}.implications", least=1, most=20, length=3000),
        topics=named,
        bottom_line=_sentence(
            fields, keys.get("bottom_line"), f"{path}.bottom_line", MAX_QUOTED_WORDS if quoted else MAX_BOTTOM_LINE_WORDS
        ),
        asks=fields.texts(keys.get("asks"), f"{path}.asks", most=60, length=300),
        draft_asks=fields.texts(keys.get("draft_asks"), f"{path}.draft_asks", most=60, length=300),
        caution=_sentence(fields, keys.get("caution"), f"{path}.caution", MAX_CAUTION_WORDS),
        note=fields.optional_text(keys.get("note"), f"{path}.note", most=1000),
        later=_later(fields, keys["later"], f"{path}.later", summary_id) if "later" in keys else None,
        study=_study(keys["study"], f"{path}.study", fields) if "study" in keys else Study(),
    )
    if "read_from" in keys:
        return replace(summary, read_from=read_from(keys["read_from"], f"{path}.read_from", fields, summary))
    return summary


def _sentence(fields: Fields, node: Node | None, path: str, most: int) -> str | None:
    """Return an optional text of at most `most` words."""
    text = fields.optional_text(node, path, most=600)
    if node is not None and text and (words := len(text.split())) > most:
        fields.fault(node, path, f"has {words} words, at most {most}: shorten it")
    return text


def _later(fields: Fields, node: Node, path: str, summary_id: str) -> str | None:
    if node.is_null:
        return None
    later = _id(fields, node, path)
    if later and later == summary_id:
        fields.fault(node, path, "is the summary itself: name a newer one, or leave the key out")
    return later


def _study(node: Node, path: str, fields: Fields) -> Study:
    names = ("citation", "authors", "also", "year", "doi", "url", "design", "sample", "effects")
    keys = fields.mapping(node, path, optional=names)
    doi = fields.optional_text(keys.get("doi"), f"{path}.doi", most=300)
    if doi and not _DOI.fullmatch(doi):
        fields.fault(keys["doi"], f"{path}.doi", f'"{short(doi)}" is not a bare DOI: write it like "10.1037/pst0000172"')
    url = fields.optional_text(keys.get("url"), f"{path}.url", most=2000)
    if url and not _URL.fullmatch(url):
        fields.fault(keys["url"], f"{path}.url", "must be a full https:// address without spaces")
    sample: list[tuple[str, int | str]] = []
    if "sample" in keys and not keys["sample"].is_null:
        members = keys["sample"].value
        if isinstance(members, dict):
            sample = [(who, _count(value, join(f"{path}.sample", who), fields)) for who, value in members.items()]
            for who, line in keys["sample"].duplicates:
                fields.fault(line, join(f"{path}.sample", who), "the key appears twice: keep one")
        else:
            fields.mapping(keys["sample"], f"{path}.sample")
    return Study(
        citation=fields.optional_text(keys.get("citation"), f"{path}.citation", most=2000),
        authors=fields.texts(keys.get("authors"), f"{path}.authors", length=100, may_repeat=True),
        also=fields.texts(keys.get("also"), f"{path}.also", length=100),
        year=fields.integer(keys.get("year"), f"{path}.year", 1850, 2100),
        doi=doi,
        url=url,
        design=fields.choice(keys["design"], f"{path}.design", DESIGNS) if "design" in keys else "not stated",
        sample=tuple(sample),
        effects=tuple(
            _effect(item, where, fields) for item, where in fields.items(keys.get("effects"), f"{path}.effects", most=100)
        ),
    )


def _count(node: Node, path: str, fields: Fields) -> int | str:
    """Return a count, or the words the page prints for it ("over 30,000")."""
    if node.plain and isinstance(node.value, str) and node.value[:1].isdigit():
        return fields.integer(node, path, 0, 10**9) or 0
    return fields.text(node, path, most=100)


def _effect(node: Node, path: str, fields: Fields) -> Effect:
    keys = fields.mapping(node, path, required=("what", "measure", "value"), optional=("kind", "to", "ci", "p", "k"))
    ci = None
    if "ci" in keys and not keys["ci"].is_null:
        members = fields.items(keys["ci"], f"{path}.ci", least=2, most=2)
        ends = [end for item, where in members if (end := _printed(item, where, fields)) is not None]
        if len(ends) == 2:
            ci = (ends[0], ends[1])
            if ci[0] > ci[1]:
                fields.fault(keys["ci"], f"{path}.ci", "the lower end comes first")
    return Effect(
        what=fields.text(keys.get("what"), f"{path}.what", most=200),
        measure=fields.choice(keys.get("measure"), f"{path}.measure", MEASURES),
        value=_printed(keys.get("value"), f"{path}.value", fields) or 0.0,
        to=fields.number(keys.get("to"), f"{path}.to"),
        ci=ci,
        p=fields.optional_text(keys.get("p"), f"{path}.p", most=40),
        k=fields.integer(keys.get("k"), f"{path}.k", 1, 10**6),
        kind=fields.choice(keys["kind"], f"{path}.kind", KINDS) if "kind" in keys and not keys["kind"].is_null else None,
    )


def _printed(node: Node | None, path: str, fields: Fields) -> float | None:
    """Return a number that must not be left empty."""
    if node is not None and node.is_null:
        fields.fault(node, path, "is empty: write the printed number")
    return fields.number(node, path)


def _id(fields: Fields, node: Node | None, path: str) -> str:
    value = fields.text(node, path, most=100)
    if value and node is not None and not _ID.fullmatch(value):
        fields.fault(
            node, path, f'"{short(value)}" is not an id: use lower-case words joined by hyphens, like alliance-rupture'
        )
    return value
