"""From the words that someone typed to the reply: the same for the command, mentions, direct messages and the terminal.

Pure: it searches and decides; it sends and stores nothing.
"""

from __future__ import annotations

from dataclasses import replace

from bot.commands.parse import Parsed, screen
from bot.commands.reply import (
    AboutSubject,
    Answer,
    Aside,
    Compared,
    Content,
    EffectSizes,
    Heading,
    Help,
    Mentioned,
    MoreHelp,
    Note,
    Nothing,
    OnlyMentioned,
    Privacy,
    Related,
    Reply,
    SummaryList,
    TopicList,
    UnknownTopic,
)
from bot.commands.table import MORE_OF_WHAT, Name
from bot.corpus.model import Corpus, Summary, Topic, month_name
from bot.evidence.choose import choose
from bot.phrases import facts
from bot.search.compare import compare
from bot.search.confidence import ANSWER_FROM
from bot.search.engine import Engine
from bot.search.nearness import Nearness
from bot.search.result import Outcome, Result, Subject
from bot.search.text import split
from bot.text import clean, fit, plural

ALSO = 2
"""Further answers that are named under the first."""
LOOSELY = 3
"""Related summaries that are shown."""
SUBJECT = 60
"""Characters of a subject that are repeated."""
OF_A_TOPIC = 10
"""Summaries of a topic that are listed."""
OF_A_MONTH = 20
"""Summaries of a month that are listed."""

NOTHING = "I found nothing in the library on this."
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


def related(text: str, engine: Engine) -> Reply:
    """Reply with what the library has on a message that was written for others: its words are searched, whatever they say,
    and none of them is repeated.
    """
    screened = screen(text, engine.knows)
    result = engine.search(screened.text)
    if result.outcome is Outcome.HELP:
        found = Reply(Note(NO_WORDS))
    else:
        heading = heading_of(result, screened.text)
        content = _content(result, replace(heading, corrected=heading.replacements), engine, repeat=False)
        found = Reply(content, _about(content))
    return replace(found, details=screened.details, danger=screened.danger)


def more(summary_id: str, engine: Engine) -> Reply:
    """List the nearest neighbours of a summary."""
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


def topic_list(topic: Topic, corpus: Corpus) -> SummaryList:
    """List the summaries of a topic, newest first."""
    found = corpus.on_topic(topic.id)
    if not found:
        return SummaryList(f"The library has nothing on {topic.name} yet.")
    left = len(found) - OF_A_TOPIC
    rest = f"… and {left} more. Ask in your own words to narrow it down." if left > 0 else ""
    return SummaryList(f"{topic.name}: {plural(len(found), 'summary')}, newest first", found[:OF_A_TOPIC], rest)


def month_list(month: str, corpus: Corpus) -> SummaryList:
    """List the summaries of a month ("YYYY-MM")."""
    issue = corpus.issue(month)
    return SummaryList(facts.month_line(corpus, month), issue.summaries[:OF_A_MONTH] if issue else ())


def latest(engine: Engine) -> Reply:
    """List the newest month in the library."""
    issues = engine.corpus.issues
    return Reply(month_list(issues[0].month, engine.corpus) if issues else nothing_found(engine))


def nothing_found(engine: Engine, result: Result | None = None) -> Nothing:
    """Say that a search found nothing, and what the library covers."""
    lead = NOTHING
    if result and result.month:
        lead = f"The library has nothing from {month_name(result.month)}."
    elif result and result.language:
        lead = f"{NOTHING} {facts.other_language(result.language)}"
    elif result and result.filters and result.filters.selects:
        lead = f"The library has nothing for this filter: {fit(result.filters.said(), 300)}."
    return Nothing(lead, facts.coverage(engine.corpus), engine.near_topics(result) if result else ())


def answered(result: Result, text: str, engine: Engine) -> Reply:
    """Reply with the result of a search for a text."""
    content = _content(result, heading_of(result, text), engine)
    found = isinstance(content, Answer | Related | AboutSubject | OnlyMentioned | Nothing)
    return Reply(content, _about(content), searched=found)


def _about(content: Content) -> str | None:
    """The id of the summary that a conversation is about from then on: the one that is shown."""
    return content.summary.id if isinstance(content, Answer) else None


def _content(result: Result, heading: Heading, engine: Engine, *, repeat: bool = True) -> Content:
    """What a result says. `repeat`: the words of the question may be repeated."""
    subject = fit(clean(result.subject.words), SUBJECT) if result.subject and repeat else ""
    hits, is_answer = result.hits, result.outcome is Outcome.ANSWER
    if result.outcome is Outcome.HELP:
        return Help(facts.coverage(engine.corpus))
    if result.month and is_answer and len(hits) > 1:
        return month_list(result.month, engine.corpus)
    if result.listing and len(hits) > 1:
        return _filtered(result)
    if result.subject and not (is_answer and len(hits) == 1):
        return _of_subject(result, result.subject, heading, engine, subject)
    if is_answer:
        return _answer(result, heading, engine, subject)
    if result.outcome is Outcome.RELATED:
        return Related(tuple(hit.summary for hit in hits[:LOOSELY]), heading)
    return nothing_found(engine, result)


def heading_of(result: Result, text: str) -> Heading:
    """Say how the spelling of a text was corrected, and which of its words filter the results."""
    said = result.filters.said() if result.filters else ""
    lines = (
        facts.other_language(result.language) if result.language else "",
        result.remark,
        f"Filter: {said}" if said else "",
    )
    filters = tuple(fit(line, 300) for line in lines if line)
    known = set(split(text)) if result.corrected else set()
    corrected = result.corrected or ""
    return Heading(corrected, " ".join(word for word in corrected.split() if word not in known), filters)


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


def _of_subject(
    result: Result, found: Subject, heading: Heading, engine: Engine, subject: str
) -> AboutSubject | OnlyMentioned:
    """The list of what is about a subject, or of what only mentions it."""
    mentioned = _mentioned(found, subject)
    if result.outcome is not Outcome.ANSWER:
        return OnlyMentioned(mentioned or Mentioned(subject, ()), heading)
    summaries = tuple(hit.summary for hit in result.hits)
    topic = engine.corpus.topic(found.topic) if found.topic else None
    return AboutSubject(subject, summaries, found.about - len(summaries), topic, mentioned, heading)


def _mentioned(found: Subject, subject: str) -> Mentioned | None:
    """What only mentions a subject; None where nothing does."""
    if not found.mentions:
        return None
    return Mentioned(subject, found.mentions[:LOOSELY], max(0, len(found.mentions) - LOOSELY))


def _answer(result: Result, heading: Heading, engine: Engine, subject: str) -> Answer:
    """The best hit as a card, with what else surely answers, or mentions the subject."""
    best = result.hits[0].summary
    later = engine.corpus.later(best)
    sure = (hit.summary for hit in result.hits[1 : ALSO + 1] if hit.confidence >= ANSWER_FROM)
    others = tuple(summary for summary in sure if summary is not later)
    mentioned = _mentioned(result.subject, subject) if result.subject else None
    return Answer(best, others, later, heading, mentioned=mentioned, highlighter=engine.marker(result).spans)


def _filtered(result: Result) -> SummaryList:
    """What filters alone keep ("meta-analyses since 2020"), newest first."""
    said = result.filters.said() if result.filters else ""
    title = f"{fit(said[:1].upper() + said[1:], 300)}: {plural(result.listing, 'summary')}, newest first"
    left = result.listing - len(result.hits)
    rest = f"… and {left} more. Add a subject to narrow it down." if left > 0 else ""
    return SummaryList(title, tuple(hit.summary for hit in result.hits), rest)


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


def topics(corpus: Corpus) -> TopicList:
    """List all topics."""
    return TopicList(tuple((topic, len(corpus.on_topic(topic.id))) for topic in corpus.topics))


def _topic(name: str, engine: Engine) -> Content:
    topic = engine.topic(name) if name else None
    return topic_list(topic, engine.corpus) if topic else UnknownTopic(name)
