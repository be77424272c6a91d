"""The topics of a library that a summary is about, by their own names and aliases in its title and sentences. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.corpus.model import Topic
from bot.extraction.study_text import StudyText
from bot.text import fold

SENTENCES = 3
"""In how many sentences a topic must be named that is in the study's aim, but in no title."""
_ASIDE = re.compile(r"\([^()]*\)")
_PARTS = re.compile(r"\band/or\b|\band\b|[,/()]")
_LOOSE = frozenset("other groups cost costs worry panic crisis awareness frequency".split())
"""Names and aliases that mean something else as often."""
_BESIDE = {"training": re.compile(r"\b(?:psycho)?therapists?\b|\btrainees?\b|\bclinicians?\b|\bcounsell?ors?\b|\bsupervis")}
"""What must be beside the name of a topic: skills training is of clients."""
_EVERYWHERE = frozenset(("outcomes", "training", "efficacy"))
"""Topics whose names are in texts about anything; only a title shows that a summary is about them."""


def read_topics(titles: Iterable[str], text: StudyText, topics: Iterable[Topic]) -> tuple[str, ...]:
    """Return the ids of the topics that a title names (the summary's or the paper's), or that the sentence with the study's
    aim names and others too.
    """
    plain_titles = [_plain(title) for title in titles]
    aim = _plain(_ASIDE.sub("", text.aim or ""))
    plain_sentences = [_plain(_ASIDE.sub("", sentence)) for sentence in text.sentences]
    found = []
    for topic in topics:
        words = _words(topic)
        if not words:
            continue
        named = re.compile(rf"(?<![\w-])(?:{'|'.join(map(_pattern, words))})(?![\w-])")
        beside = _BESIDE.get(topic.id)
        in_title = any(named.search(title) and (not beside or beside.search(title)) for title in plain_titles)
        in_aim = topic.id not in _EVERYWHERE and named.search(aim)
        if in_title or (in_aim and sum(bool(named.search(sentence)) for sentence in plain_sentences) >= SENTENCES):
            found.append(topic.id)
    return tuple(found)


def _words(topic: Topic) -> tuple[str, ...]:
    """Return the names of a topic: its name and the parts of it, and its aliases."""
    names = [topic.name, *_PARTS.split(topic.name), *topic.aliases]
    plain = dict.fromkeys(_plain(name) for name in names)
    return tuple(name for name in plain if len(name) > 2 and name not in _LOOSE)


def _plain(text: str) -> str:
    """Return a text in small letters with its hyphens, by which another word is made ("psychodynamic-interpersonal")."""
    folded = fold(text[:3000]).replace("'s", "").replace("trauma-focused", "trauma")
    return " ".join(re.findall(r"[a-z0-9'-]+", folded))


def _pattern(name: str) -> str:
    """Return a pattern for a name in the singular and the plural, with hyphens or without."""
    words = re.split("[ -]", name.removesuffix("s") if len(name) > 4 else name)
    return "[ -]".join(map(re.escape, words)) + ("s?" if len(name) > 4 else "")
