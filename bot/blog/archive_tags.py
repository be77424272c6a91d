"""What it says of an entry that one of the blog's filtered lists has it: a topic, or a design. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.corpus.merging import ImportedMonth, Record
from bot.corpus.model import Topic
from bot.text import normalised

Key = tuple[str, str]
"""An entry: its month and its normalised title."""

_DESIGNS = {
    "meta-analysis": "meta-analysis|meta-analyses|meta-analytic reviews?|meta-analytic stud(?:y|ies)",
    "review of meta-analyses": "reviews? of meta-analyses|umbrella reviews?",
    "systematic review": "systematic reviews?",
    "qualitative study": "qualitative (?:stud(?:y|ies)|research)",
    "randomised trial": "randomi[sz]ed (?:controlled |clinical )?trials?(?: \\(rcts?\\))?|rcts?",
    "naturalistic study": "naturalistic (?:stud(?:y|ies)|research)",
    "longitudinal study": "longitudinal (?:stud(?:y|ies)|research)",
    "process study": "process (?:stud(?:y|ies)|research)",
    "cross-sectional study": "cross-sectional (?:stud(?:y|ies)|research)",
    "survey": "surveys?(?: research)?",
    "expert consensus": "expert consensus",
    "case study": "case stud(?:y|ies)",
}
"""Names of types of research that mean one design and no other. "Reviews" or "clinical trials" may be several."""


@dataclass(frozen=True, slots=True)
class Tag:
    """What a list is about: the id of a topic, or a design."""

    kind: str
    value: str


def tag_for(name: str, topics: Sequence[Topic]) -> Tag | None:
    """Return what a list of this name is surely about, or None."""
    key = normalised(name)
    for topic in topics:
        if key in (normalised(topic.id), normalised(topic.name), *map(normalised, topic.aliases)):
            return Tag("topic", topic.id)
    plain = re.sub(r"[ -]+", " ", name.strip().lower())
    for design, pattern in _DESIGNS.items():
        if re.fullmatch(pattern.replace("-", " "), plain):
            return Tag("design", design)
    return None


def tagged(month: ImportedMonth, tags: Mapping[Key, frozenset[Tag]], topics: Sequence[Topic]) -> ImportedMonth:
    """Return a month whose entries carry what the lists say: their topics instead of those suggested by the text, in the
    library's order, and a design where all lists agree and the text names none.
    """
    return replace(
        month,
        records=tuple(_tagged(each, tags.get(key_of(month.month, each), frozenset()), topics) for each in month.records),
    )


def key_of(month: str, record: Record) -> Key:
    """Return by what an entry is known."""
    return month, normalised(str(record["title"]))


def _tagged(record: Record, tags: frozenset[Tag], topics: Sequence[Topic]) -> Record:
    named = {tag.value for tag in tags if tag.kind == "topic"}
    designs = {tag.value for tag in tags if tag.kind == "design"}
    after = dict(record)
    if named:
        after["topics"] = [topic.id for topic in topics if topic.id in named]
    study = dict(record.get("study") or {})
    if len(designs) == 1 and not study.get("design"):
        after["study"] = study | {"design": designs.pop()}
    return after
