"""From the words somebody typed to the message that answers them: the same for the command, mentions and direct messages.

Pure: it searches and builds, it sends and stores nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.blocks import answer, notes
from bot.blocks.message import Message
from bot.search.engine import Engine, Outcome
from bot.search.text import fold

FOLLOW_UPS = frozenset(
    """more|another|another one|next|next one|others|show more|more like this|more please|what else|anything
    else|similar|any others|
    show me more|and more|else""".replace("\n", "")
    .replace("  ", "")
    .split("|")
)
"""What people say in a thread to see the neighbours of the last answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A message, and the id of the summary it shows (None where it shows none): what a thread is then about."""

    message: Message
    summary_id: str | None = None


def reply(text: str, engine: Engine, *, about: str | None = None) -> Reply:
    """Answer what was typed. `about` is the summary that the conversation is about, for follow-ups."""
    words = " ".join(fold(text[:200]).split()).strip(" .!?/")
    first, _, rest = words.partition(" ")
    if words == "privacy":
        return Reply(notes.privacy_message())
    if words == "topics":
        return Reply(answer.topics_list(engine.corpus))
    if first == "topic":
        return Reply(_topic(rest, engine))
    if words in ("latest", "newest", "latest issue", "this month", "latest month"):
        return Reply(latest(engine))
    if about and words in FOLLOW_UPS:
        return more(about, engine)
    result = engine.search(text, about=about)
    shown = result.hits[0].summary.id if result.outcome is Outcome.ANSWER else None
    return Reply(answer.reply(result, engine), shown)


def more(summary_id: str, engine: Engine) -> Reply:
    """The neighbours of a summary."""
    summary = engine.corpus.get(summary_id)
    if summary is None:
        return Reply(notes.note(notes.GONE))
    found = [hit.summary for hit in engine.more_like(summary_id)]
    return Reply(answer.more(summary, found), summary_id)


def latest(engine: Engine) -> Message:
    """The newest month held."""
    issues = engine.corpus.issues
    return answer.month_list(engine.corpus, issues[0].month) if issues else answer.nothing(engine.corpus, ())


def _topic(name: str, engine: Engine) -> Message:
    topic = engine.topic(name) if name else None
    if topic is None:
        return notes.unknown_topic(name)
    return answer.topic_list(topic, engine.corpus.on_topic(topic.id))
