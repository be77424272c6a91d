"""How `more` goes on with a list. A thread remembers no words, only a key: the topic that was listed, by which of its
names, and how many of its summaries were shown, or the first summary of a list that was shown whole.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.reply import AboutSubject, Content, OnlyMentioned, Related, SummaryList
from bot.corpus.model import Summary, Topic
from bot.search.engine import Engine

NEXT = 5
"""Summaries that `more` shows at once."""
ALL = 1_000
_MARK = ":"
"""Separates the parts of a key; no id has one."""


def key_of(content: Content, engine: Engine) -> str:
    """Return the key by which `more` goes on with a list; "" for what is none."""
    match content:
        case AboutSubject(summaries=found, rest=rest, topic=topic) if (
            rest and topic and (name := _named(topic, found, engine)) is not None
        ):
            return _MARK.join((topic.id, str(name), str(len(found))))
        case AboutSubject(summaries=found) | Related(summaries=found) if found:
            return f"{_MARK}{found[0].id}"
        case OnlyMentioned(mentioned) if mentioned.found:
            return f"{_MARK}{mentioned.found[0].summary.id}"
        case _:
            return ""


def first_of(key: str) -> str:
    """Return the id of the summary that `more` is about: a key's first summary, or what is no key as it is."""
    return key.removeprefix(_MARK)


def next_of(key: str, engine: Engine) -> tuple[SummaryList, str] | None:
    """Return the next summaries of a topic's list with the key for those after them; None for a key of another kind."""
    topic_id, *numbers = key.split(_MARK)
    topic = engine.corpus.topic(topic_id)
    if topic is None or len(numbers) != 2 or not all(map(str.isdigit, numbers)):
        return None
    name, start = map(int, numbers)
    whole = _about(_names(topic)[name % 2], engine)
    found = whole[start : start + NEXT]
    if not found:
        return SummaryList(f"That was all on {topic.name}."), key
    left = len(whole) - start - len(found)
    rest = f"… and {left} more." if left else ""
    return SummaryList(f"More on {topic.name}:", found, rest), _MARK.join((topic_id, str(name), str(start + len(found))))


def _names(topic: Topic) -> tuple[str, str]:
    """Return the two names by which a question may mean a topic; the order of its list depends on which."""
    return topic.name, topic.id.replace("-", " ")


def _named(topic: Topic, shown: Sequence[Summary], engine: Engine) -> int | None:
    """Return by which of its names a topic's list begins as shown; None by neither."""
    wanted = tuple(shown)
    return next((at for at, name in enumerate(_names(topic)) if _about(name, engine)[: len(wanted)] == wanted), None)


def _about(name: str, engine: Engine) -> tuple[Summary, ...]:
    """Return all summaries about a topic, in the order of its list."""
    result = engine.search(name, limit=ALL)
    about = result.subject.about if result.subject else 0
    return tuple(hit.summary for hit in result.hits[:about])
