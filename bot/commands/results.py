"""From the result of a search to a reply: an answer, something related, a list, or nothing."""

from __future__ import annotations

from bot.commands.listed import key_of
from bot.commands.lists import month_list
from bot.commands.reply import (
    AboutSubject,
    Answer,
    Content,
    Heading,
    Help,
    Mentioned,
    Nothing,
    OnlyMentioned,
    Related,
    Reply,
    SummaryList,
)
from bot.corpus.model import month_name
from bot.phrases import facts
from bot.search.confidence import ANSWER_FROM
from bot.search.engine import Engine
from bot.search.result import Outcome, Result, Subject
from bot.search.text import split
from bot.text import clean, fit, plural

ALSO = 2
"""Further answers that are named under the first."""
LOOSELY = 3
"""Related summaries that are shown."""
SUBJECT = 60
"""Characters of a subject that are repeated."""

NOTHING = "I found nothing in the library on this."


def answered(result: Result, text: str, engine: Engine) -> Reply:
    """Reply with the result of a search for a text."""
    content = content_of(result, heading_of(result, text), engine)
    found = isinstance(content, Answer | Related | AboutSubject | OnlyMentioned | Nothing)
    return Reply(content, about_of(content), searched=found, listed=key_of(content, engine))


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


def content_of(result: Result, heading: Heading, engine: Engine, *, repeat: bool = True) -> Content:
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


def about_of(content: Content) -> str | None:
    """The id of the summary that a conversation is about from then on: the one that is shown."""
    return content.summary.id if isinstance(content, Answer) else None


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
