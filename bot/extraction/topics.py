"""The topics of a library that a summary is about, by their own names and aliases in its title and sentences. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from bot.corpus.model import Topic
from bot.extraction.study_text import StudyText
from bot.text import fold

SENTENCES = 3
"""In how many sentences a topic must be named that is in the study's aim, but in no title."""
_ASIDE = re.compile(r"\([^()]*\)")
_PARTS = re.compile(r"\band/or\b|\band\b|[,/()]")
_LOOSE = frozenset("other groups cost costs worry panic crisis awareness frequency outcomes".split())
"""Names and aliases that mean something else as often."""
_BESIDE = {"training": re.compile(r"\b(?:psycho)?therapists?\b|\btrainees?\b|\bclinicians?\b|\bcounsell?ors?\b|\bsupervis")}
"""What must be beside the name of a topic: skills training is of clients."""
_LONGER = re.compile(
    r"\bmindfulness[- ]based cognitive therap(?:y|ies)\b|\bself[- ]harm\w*"
    r"|\b(?:grief|bereave\w+|mourning|loss|survivors?) (?:after|by|of|from|through|to) suicide\b"
    r"|\bsuicide (?:bereavement|loss|survivors?)\b|\b(?:premature|early) terminations?\b"
    r"|\bresistance training\b|\btreatment resistan\w+|\bschool attendance\b|\bbrain injur\w+|\bct scans?\b"
)
"""Terms that have the name of a topic in them and mean another thing, unless they are themselves a name of the topic."""
_MORE_NAMES = {"drop-out": ("early termination",)}
_EVERYWHERE = frozenset(("outcomes", "training", "efficacy"))
"""Topics whose names are in texts about anything; only a title shows that a summary is about them."""


class _Text:
    """A text in which topics are looked for: plain, with its longer terms, which are found once for all topics."""

    __slots__ = ("_longer", "text")

    def __init__(self, text: str) -> None:
        self.text = _plain(text)
        self._longer: list[tuple[int, int]] | None = None

    def names(self, named: re.Pattern[str]) -> bool:
        """Return whether it names a topic, if only beside a longer term that means another thing."""
        return any(self._is_alone(*match.span()) for match in named.finditer(self.text))

    def _is_alone(self, start: int, stop: int) -> bool:
        if self._longer is None:
            self._longer = [match.span() for match in _LONGER.finditer(self.text)]
        return all(not (begin <= start and stop <= end) or (start, stop) == (begin, end) for begin, end in self._longer)


def read_topics(title: str, paper: str, text: StudyText, topics: Iterable[Topic]) -> tuple[str, ...]:
    """Return the ids of the topics that the title names, or the paper's title and the text, or the sentence with the study's
    aim and others too.
    """
    titles = (_Text(title), _Text(paper))
    aim = _Text(_ASIDE.sub("", text.aim or ""))
    sentences: list[_Text] = []
    found = []
    for topic in topics:
        named = _names_of(topic)
        if named is None:
            continue
        beside = _BESIDE.get(topic.id)
        in_title, in_paper = (each.names(named) and bool(not beside or beside.search(each.text)) for each in titles)
        if not in_title:
            in_aim = topic.id not in _EVERYWHERE and aim.names(named)
            if not (in_paper or in_aim):
                continue
            sentences = sentences or [_Text(_ASIDE.sub("", sentence)) for sentence in text.sentences]
            in_sentences = sum(sentence.names(named) for sentence in sentences)
            if not (in_sentences if in_paper else in_sentences >= SENTENCES):
                continue
        found.append(topic.id)
    return tuple(found)


@lru_cache(maxsize=500)
def _names_of(topic: Topic) -> re.Pattern[str] | None:
    """Return what finds the names of a topic; None where it has none that means nothing else."""
    words = _words(topic)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(_pattern, words))})(?![\w-])") if words else None


def _words(topic: Topic) -> tuple[str, ...]:
    """Return the names of a topic: its name and the parts of it, and its aliases."""
    names = [topic.name, *_PARTS.split(topic.name), *topic.aliases, *_MORE_NAMES.get(topic.id, ())]
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
