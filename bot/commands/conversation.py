"""From the words that someone typed to the reply: the same for the command, mentions, direct messages and the terminal.

Pure: it searches and decides; it sends and stores nothing.
"""

from __future__ import annotations

from dataclasses import replace

from bot.commands.listed import first_of, next_of
from bot.commands.lists import month_list, topic_list, topics
from bot.commands.parse import Parsed, screen
from bot.commands.reply import (
    Answer,
    Aside,
    Compared,
    Content,
    EffectSizes,
    Help,
    MoreHelp,
    Note,
    Privacy,
    Reply,
    SummaryList,
    UnknownTopic,
)
from bot.commands.results import about_of, answered, content_of, heading_of, nothing_found
from bot.commands.table import MORE_OF_WHAT, Name
from bot.corpus.model import Summary
from bot.evidence.choose import choose
from bot.phrases import facts
from bot.search.compare import compare
from bot.search.engine import Engine
from bot.search.nearness import Nearness
from bot.search.result import Outcome
from bot.text import clean, fit

NO_WORDS = "I found no words in that message to search for. Type some yourself: `/pprnet alliance rupture`."
SEARCH_INSTEAD = "If you want to search for that, please use more words."
COMPARE_WHAT = "Compare what? Type a question after it, for example `/pprnet compare video therapy`."
EVIDENCE_ON_WHAT = (
    "Evidence on what? Type a topic or your own words, like `/pprnet evidence empathy`. `/pprnet topics` lists the topics."
)

ANSWERED = (
    Name.LATEST,
    Name.TOPICS,
    Name.TOPIC,
    Name.COMPARE,
    Name.EVIDENCE,
    Name.MORE,
    Name.PRIVACY,
    Name.HELP,
    Name.HELP_MORE,
)
"""The commands that need nothing but the library."""


def reply(parsed: Parsed, engine: Engine, *, about: str | None = None, nearness: Nearness | None = None) -> Reply:
    """Reply to a question, or to one of the commands ANSWERED. `about` is the summary that the conversation is about,
    `nearness` that of the summaries to the question in meaning, where it is known.
    """
    return replace(
        _reply(parsed, engine, about, nearness),
        details=parsed.details,
        danger=parsed.danger,
        suggestion=parsed.meant.usage if parsed.meant else "",
    )


def related(text: str, engine: Engine, nearness: Nearness | None = None) -> Reply:
    """Reply with what the library has on a message that was written for others: its words are searched, whatever they say,
    and none of them is repeated. `nearness` is that of `searched(text)`.
    """
    screened = screen(text, engine.knows)
    result = engine.search(screened.text, nearness=nearness)
    if result.outcome is Outcome.HELP:
        found = Reply(Note(NO_WORDS))
    else:
        heading = heading_of(result, screened.text)
        content = content_of(result, replace(heading, corrected=heading.replacements), engine, repeat=False)
        found = Reply(content, about_of(content))
    return replace(found, details=screened.details, danger=screened.danger)


def searched(text: str, engine: Engine) -> str:
    """Return the words of a message that are searched: those that do not look like details of a client."""
    return screen(text, engine.knows).text


def more(about: str, engine: Engine) -> Reply:
    """Go on with a list, by its key, or list the nearest neighbours of a summary, by its id."""
    if going_on := next_of(about, engine):
        return Reply(going_on[0], listed=going_on[1])
    summary_id = first_of(about)
    summary = engine.corpus.get(summary_id)
    if summary is None:
        return Reply(Note(facts.GONE))
    found = tuple(hit.summary for hit in engine.more_like(summary_id))
    if not found:
        return Reply(SummaryList(f"The library has nothing close to “{clean(summary.title)}”."), summary_id)
    return Reply(SummaryList(f"More like “{fit(clean(summary.title), 200)}”:", found), summary_id)


def card(summary: Summary, engine: Engine) -> Reply:
    """Show the card of a summary."""
    return Reply(Answer(summary, later=engine.corpus.later(summary)), summary.id)


def latest(engine: Engine) -> Reply:
    """List the newest month in the library."""
    issues = engine.corpus.issues
    return Reply(month_list(issues[0].month, engine.corpus) if issues else nothing_found(engine))


def compared(text: str, engine: Engine) -> Reply:
    """Compare the summaries that answer a question; where there are fewer than two, reply with what there is."""
    if not text:
        return Reply(Note(COMPARE_WHAT))
    found = compare(text, engine)
    heading, summaries = heading_of(found.result, text), found.summaries
    heading = replace(heading, filters=()) if summaries else heading
    if len(summaries) > 1:
        return Reply(Compared(found.groups, heading))
    if summaries:
        only = Answer(
            summaries[0],
            later=engine.corpus.later(summaries[0]),
            heading=heading,
            only_one=True,
            highlighter=engine.marker(found.result).spans,
        )
        return Reply(only, only.summary.id)
    return replace(answered(found.result, text, engine), about=None)


def evidence(words: str, engine: Engine) -> Content:
    """The printed effect sizes of what fits, as a table; the picture is for the caller to send."""
    first, _, rest = words.partition(" ")
    wanted = rest if first.lower() in ("for", "on", "about", "of") and rest else words
    if not wanted:
        return Note(EVIDENCE_ON_WHAT)
    found = choose(wanted, engine)
    return EffectSizes(found) if found else nothing_found(engine, engine.search(wanted))


def _reply(parsed: Parsed, engine: Engine, about: str | None, nearness: Nearness | None) -> Reply:
    if parsed.misplaced or parsed.problem:
        return Reply(Note(parsed.misplaced or parsed.problem))
    if parsed.talk:
        return Reply(Aside(parsed.talk.value))
    match parsed.name:
        case Name.LATEST:
            return latest(engine)
        case Name.TOPICS:
            return Reply(topics(engine.corpus))
        case Name.TOPIC:
            return Reply(_topic(parsed.argument, engine))
        case Name.COMPARE:
            return compared(parsed.argument, engine)
        case Name.EVIDENCE:
            return Reply(evidence(parsed.argument, engine))
        case Name.MORE:
            return more(about, engine) if about else Reply(Aside(MORE_OF_WHAT))
        case Name.PRIVACY:
            return Reply(Privacy())
        case Name.HELP:
            return Reply(Help(facts.coverage(engine.corpus)))
        case Name.HELP_MORE:
            return Reply(MoreHelp())
        case _:
            result = engine.search(parsed.text, about=about, nearness=nearness)
            if parsed.meant and result.corrected == parsed.meant.name:  # nothing but the command was searched
                return Reply(Note(SEARCH_INSTEAD))
            return answered(result, parsed.text, engine)


def _topic(name: str, engine: Engine) -> Content:
    topic = engine.topic(name) if name else None
    return topic_list(topic, engine.corpus) if topic else UnknownTopic(name)
