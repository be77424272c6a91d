"""From the words somebody typed to the message that answers them: the same for the command, mentions and direct messages.

Pure: it searches and builds, it sends and stores nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.blocks import answer, evidence, notes
from bot.blocks import compare as compare_blocks
from bot.blocks.message import Message
from bot.evidence.choose import choose
from bot.evidence.table import Evidence
from bot.safety.client_details import without_details
from bot.safety.crisis import speaks_of_danger
from bot.search.compare import compare, words_to_compare
from bot.search.engine import Engine
from bot.search.question import clip
from bot.search.result import Outcome, Result
from bot.search.text import tokens
from bot.text import fold

FOLLOW_UPS = frozenset(
    " ".join(phrase.split())
    for phrase in """more|another|another one|next|next one|others|show more|more like this|more please|what else|
    anything else|similar|any others|show me more|and more|else""".split("|")
)
"""What people say in a thread to see the neighbours of the last answer."""
_NOT_EVIDENCE = ("based", "that ", "is ", "informed")
"""How questions go on that only begin with the word: "evidence based practice", "evidence that ..."."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A message, and the id of the summary it shows (None where it shows none): what a thread is then about.

    `evidence`: the printed effect sizes that the message lists, where a picture of them was asked for. `details`: something
    in the question looked like client details and was left out of the search.
    """

    message: Message
    summary_id: str | None = None
    evidence: Evidence | None = None
    details: bool = False


def reply(
    text: str, engine: Engine, *, about: str | None = None, public: bool = False, crisis_line: str | None = None
) -> Reply:
    """Answer what was typed. `about` is the summary that the conversation is about, for follow-ups.

    `public`: others read the answer, so it repeats none of the words that were typed, and does not carry the reminder about
    client details: the listener gives it to the asker alone. `crisis_line`: the clinic's own line, shown first where
    somebody may be in danger; the answer follows it all the same.
    """
    searched, details = without_details(clip(text), engine.knows)
    found = _reply(searched, engine, about=about, public=public)
    if details:
        found = replace(found, message=found.message if public else notes.reminded(found.message), details=True)
    if not speaks_of_danger(text):
        return found
    # The line stands above words; a picture would come without it, so the table has to do.
    return replace(found, message=notes.after_crisis_line(found.message, crisis_line), evidence=None)


def related(text: str, engine: Engine, *, crisis_line: str | None = None) -> Reply:
    """What the library holds on a message that was written for others: its words are searched, whatever they say, and none
    of them is repeated.
    """
    searched, details = without_details(clip(text), engine.knows)
    result = _for_readers(engine.search(searched), searched, public=True)
    shown = result.hits[0].summary.id if result.outcome is Outcome.ANSWER and result.hits else None
    found = notes.note(notes.NO_WORDS) if result.outcome is Outcome.HELP else answer.reply(result, engine, marked=True)
    if speaks_of_danger(text):
        found = notes.after_crisis_line(found, crisis_line)
    return Reply(found, shown, details=details)


def _reply(text: str, engine: Engine, *, about: str | None, public: bool) -> Reply:
    words = " ".join(fold(text[:200]).split()).strip(" .!?/")
    first, _, rest = words.partition(" ")
    if words == "privacy":
        return Reply(notes.privacy_message())
    if words in ("help more", "more help"):
        return Reply(notes.more_help())
    if words == "topics":
        return Reply(answer.topics_list(engine.corpus))
    if first == "topic":
        return Reply(_topic(rest, engine, public=public))
    if first == "evidence" and not rest.startswith(_NOT_EVIDENCE):
        return _evidence(rest, engine)
    if words in ("latest", "newest", "latest issue", "this month", "latest month"):
        return Reply(latest(engine))
    if (asked := words_to_compare(text)) is not None:
        return _compare(asked, engine, public=public)
    if about and words in FOLLOW_UPS:
        return more(about, engine)
    result = _for_readers(engine.search(text, about=about), text, public=public)
    shown = result.hits[0].summary.id if result.outcome is Outcome.ANSWER else None
    return Reply(answer.reply(result, engine, marked=not public), shown)


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


def _compare(text: str, engine: Engine, *, public: bool) -> Reply:
    """The summaries that answer a question side by side; where there are fewer than two, what there is."""
    if not text:
        return Reply(notes.note(compare_blocks.WHICH))
    found = compare(text, engine)
    found = replace(found, result=_for_readers(found.result, text, public=public))
    if len(found.summaries) > 1:
        return Reply(compare_blocks.comparison(found))
    if found.summaries:
        best = found.summaries[0]
        marks = None if public else engine.marker(found.result).spans
        return Reply(compare_blocks.only_one(found, engine.corpus.later(best), marks), best.id)
    return Reply(answer.reply(found.result, engine))


def _for_readers(result: Result, text: str, *, public: bool) -> Result:
    """A result that repeats none of the words typed, where others read it."""
    if public and result.corrected:
        return replace(result, corrected=_repaired_words(text, result.corrected))
    return result


def _repaired_words(text: str, corrected: str) -> str:
    """The words that the repair put in: words of the library, not of the question."""
    known = set(tokens(text))
    return " ".join(word for word in corrected.split() if word not in known)


def _evidence(words: str, engine: Engine) -> Reply:
    """The printed effect sizes of what fits, as a table; the picture is for the caller to send."""
    first, _, rest = words.partition(" ")
    wanted = rest if first in ("for", "on", "about", "of") and rest else words
    if not wanted:
        return Reply(notes.note(evidence.WHICH))
    found = choose(wanted, engine)
    if found is None:
        return Reply(answer.nothing(engine.corpus, engine.near_topics(engine.search(wanted))))
    if not found.count:
        return Reply(evidence.none_stated(found))
    return Reply(evidence.table(found), evidence=found)


def _topic(name: str, engine: Engine, *, public: bool) -> Message:
    topic = engine.topic(name) if name else None
    if topic is None:
        return notes.unknown_topic("" if public else name)
    return answer.topic_list(topic, engine.corpus.on_topic(topic.id))
