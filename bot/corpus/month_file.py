"""From one month's file to an `Issue` with its summaries, studies and effect sizes, every fault noted."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.corpus.effects import effect_of
from bot.corpus.fields import Fields, join, short
from bot.corpus.figures import MINUS
from bot.corpus.model import DESIGNS, Issue, Source, Study, Summary
from bot.corpus.read_from import read_from
from bot.corpus.source import source_of
from bot.corpus.strict_yaml import Node

_OPTIONAL = ("topics", "bottom_line", "asks", "draft_asks", "caution", "note", "later", "study", "read_from", "source")
MAX_BOTTOM_LINE_WORDS = 45
MAX_QUOTED_WORDS = 60
"""Of a bottom line that is a sentence of an original: its words are not ours to shorten."""
MAX_CAUTION_WORDS = 30
MAX_NOTE = 300
"""Characters of the curator's word on a month."""
_MONTH = re.compile(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DOI = re.compile(r"10\.[0-9]{4,9}/[!-~]*[!-+\-/-:<-~]")  # visible ASCII; the last character is no . , or ;
_NEGATIVE = re.compile(rf"[{MINUS}] ?[0-9][0-9,.]*")
_URL = re.compile(r"https://[!#-;=?-{}~]{1,1990}")  # visible ASCII without " < > |


def issue_of(node: Node, fields: Fields, topics: set[str], seen: dict[str, str], latest: str) -> Issue | None:
    """Return a month's file as an issue, noting its faults; None where the month itself cannot be read. `seen` are the ids
    of earlier summaries, with their places; `latest` is the latest month that can be.
    """
    top = fields.mapping(node, "", required=("issue", "complete", "summaries"), optional=("subjects", "note"))
    month = fields.text(top.get("issue"), "issue")
    stem = fields.file.removeprefix("issues/").removesuffix(".yaml")
    if month and not _MONTH.fullmatch(month):
        fields.fault(top["issue"], "issue", f'"{short(month)}" is not a month: write it as "2022-09"')
        month = ""
    if not _MONTH.fullmatch(stem):
        fields.fault(0, "", "the file's name is not a month: name it like 2022-09.yaml")
        month = ""
    elif month and month != stem:
        fields.fault(top["issue"], "issue", f'says "{month}", but the file is named {stem}.yaml: make them agree')
        month = stem
    elif month > latest:
        problem = (
            f'"{month}" is in the future (the latest that can be is {latest}): name the month it is of, and the file too'
        )
        fields.fault(top["issue"], "issue", problem)
    complete = fields.boolean(top.get("complete"), "complete")
    subjects = fields.texts(top.get("subjects"), "subjects", length=300)
    summaries = []
    for item, path in fields.items(top.get("summaries"), "summaries", least=1, most=2000):
        with fields.within(_named(item)):
            summaries.append(_summary(item, path, fields, month, topics, seen))
    note = fields.optional_text(top.get("note"), "note", most=MAX_NOTE)
    return Issue(month, complete, subjects, tuple(summaries), note) if month else None


def own_of(node: Node, fields: Fields, topics: set[str], seen: dict[str, str], latest: str) -> tuple[Summary, ...]:
    """Return the team's own summaries, noting the faults of their file; the arguments are those of `issue_of`."""
    top = fields.mapping(node, "", required=("summaries",))
    found = []
    for item, path in fields.items(top.get("summaries"), "summaries", most=2000):
        with fields.within(_named(item)):
            added = item.value.get("added") if isinstance(item.value, dict) else None
            month = fields.text(added, f"{path}.added")
            if not _MONTH.fullmatch(month) or month > latest:
                fields.fault(
                    added or item, f"{path}.added", f'must be the month in which it was added, up to "{latest}", in quotes'
                )
            found.append(replace(_summary(item, path, fields, month, topics, seen, own=True), is_own=True))
    return tuple(found)


def _named(node: Node) -> str:
    """Return the id of a summary that has not been read yet, or ""."""
    found = node.value.get("id") if isinstance(node.value, dict) else None
    return found.value if found and isinstance(found.value, str) and _ID.fullmatch(found.value[:100]) else ""


def _summary(
    node: Node, path: str, fields: Fields, month: str, topics: set[str], seen: dict[str, str], *, own: bool = False
) -> Summary:
    keys = fields.mapping(
        node,
        path,
        required=("id", "title", "text", "summary", "implications"),
        optional=(*_OPTIONAL, *(["added"] if own else [])),
    )
    summary_id = id_of(fields, keys.get("id"), f"{path}.id")
    if summary_id in seen:
        fields.fault(
            keys["id"], f"{path}.id", f'"{summary_id}" is taken by {seen[summary_id]}: ids are unique in the library'
        )
    elif summary_id:
        seen[summary_id] = f"{fields.file}:{node.line}"
    text = fields.choice(keys.get("text"), f"{path}.text", ("digest", "original"))
    printed = fields.paragraphs(keys.get("summary"), f"{path}.summary")
    quoted = text == "original" and "bottom_line" in keys and " ".join(str(keys["bottom_line"].value).split()) in printed
    named = fields.texts(keys.get("topics"), f"{path}.topics")
    for topic in named:
        if topic and topic not in topics:
            problem = f'"{short(topic)}" is not an id in topics.yaml{_did_you_mean(topic, topics)}'
            fields.fault(keys["topics"], f"{path}.topics", problem)
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
        source=_source(keys["source"], f"{path}.source", fields) if "source" in keys else None,
    )
    if "read_from" in keys:
        return replace(summary, read_from=read_from(keys["read_from"], f"{path}.read_from", fields, summary))
    return summary


def _source(node: Node, path: str, fields: Fields) -> Source:
    return source_of(fields, fields.mapping(node, path, required=("name", "url"), optional=("by",)), path)


def _did_you_mean(topic: str, topics: set[str]) -> str:
    from rapidfuzz import process  # only for a fault: its import would slow every start

    near = process.extractOne(topic[:100].lower(), sorted(topics), score_cutoff=70)
    return f": did you mean {near[0]}?" if near else ""


def _sentence(fields: Fields, node: Node | None, path: str, most: int) -> str | None:
    """Return an optional text of at most `most` words."""
    text = fields.optional_text(node, path, most=600)
    if node is not None and text and (words := len(text.split())) > most:
        fields.fault(node, path, f"has {words} words: shorten it to at most {most}")
    return text


def _later(fields: Fields, node: Node, path: str, summary_id: str) -> str | None:
    if node.is_null:
        return None
    later = id_of(fields, node, path)
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
            effect_of(item, where, fields) for item, where in fields.items(keys.get("effects"), f"{path}.effects", most=100)
        ),
    )


def _count(node: Node, path: str, fields: Fields) -> int | str:
    """Return a count, or the words the page prints for it ("over 30,000")."""
    if isinstance(node.value, str) and _NEGATIVE.fullmatch(node.value):
        fields.fault(node, path, f"{short(node.value)} cannot be a count: write the printed number, without quotes")
        return 0
    if node.plain and isinstance(node.value, str) and node.value[:1].isdigit():
        return fields.integer(node, path, 0, 10**9) or 0
    return fields.text(node, path, most=100)


def id_of(fields: Fields, node: Node | None, path: str) -> str:
    """Return an id, or "" with a fault noted."""
    value = fields.text(node, path, most=100)
    if value and node is not None and not _ID.fullmatch(value):
        fields.fault(
            node, path, f'"{short(value)}" is not an id: use lower-case words joined by hyphens, like alliance-rupture'
        )
    return value
