"""The reply to a question: an answer, something related, nothing, or help. It always says which."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from slack_sdk.models.blocks import Block

from bot.blocks import card, ids, keep, kit
from bot.blocks.message import Message, message
from bot.blocks.mrkdwn import escape, escape_within
from bot.blocks.notes import help_message
from bot.corpus.model import Corpus, Summary, Topic, month_name
from bot.phrases import facts
from bot.search.confidence import ANSWER_FROM
from bot.search.engine import Engine
from bot.search.result import Outcome, Result
from bot.text import clean, fit, plural

ALSO = 2
"""Further answers that are named under the first."""
BOLD = "In bold: what your question matched. The emphasis is not the source's."


def reply(result: Result, engine: Engine, *, marked: bool = False) -> Message:
    """What the bot says to a search result. `marked`: the words that the question met stand out (for the asker alone)."""
    if result.outcome is Outcome.HELP:
        return help_message(engine.corpus)
    if result.month and result.outcome is Outcome.ANSWER and len(result.hits) > 1:
        return month_list(engine.corpus, result.month)
    if len(result.hits) > 1 and result.listing:
        return _listing(result)
    if result.outcome is Outcome.ANSWER:
        return _answer(result, engine, engine.marker(result).spans if marked else None)
    if result.outcome is Outcome.RELATED:
        return _related(result)
    return nothing(engine.corpus, engine.near_topics(result), result)


def _answer(result: Result, engine: Engine, marks: kit.Marks | None) -> Message:
    best = result.hits[0].summary
    later = engine.corpus.later(best)
    above = [*correction(result), *_filters(result)]
    others = [hit.summary for hit in result.hits[1 : ALSO + 1] if hit.confidence >= ANSWER_FROM and hit.summary is not later]
    save = keep.save_button(best, also=None if above else others)
    blocks = [*above, *card.body(best, save=save, marks=marks, later=later), *bold_explained(best, marks), *_also(others)]
    return message(corrected_text(result) + _filters_text(result) + card.text(best, later) + _also_text(others), blocks)


def anew(summary: Summary, others: Sequence[Summary], *, saved: bool, later: Summary | None = None) -> Message:
    """An answer that stands already, with its *Save* button as it is now; `others` are named under it."""
    save = keep.save_button(summary, also=others, saved=saved)
    return message(
        card.text(summary, later) + _also_text(others), [*card.body(summary, save=save, later=later), *_also(others)]
    )


def _also(others: Sequence[Summary]) -> list[Block]:
    return [kit.divider(), kit.fine_print("Also on this:"), *rows(others)] if others else []


def _also_text(others: Sequence[Summary]) -> str:
    return "\nAlso on this: " + "; ".join(escape(summary.title) for summary in others) if others else ""


def _related(result: Result) -> Message:
    lead = "Nothing in the library answers this directly. Loosely related:"
    shown = [hit.summary for hit in result.hits[:3]]
    blocks = [
        *correction(result),
        *_filters(result),
        kit.prose(f"*{lead}*"),
        *rows(shown),
        kit.fine_print(facts.NO_CLIENT_DETAILS),
    ]
    titles = "\n".join(f"• {escape(summary.title)}" for summary in shown)
    return message(f"{corrected_text(result)}{_filters_text(result)}{lead}\n{titles}", blocks)


def _listing(result: Result) -> Message:
    """What filters alone keep ("meta-analyses since 2020"), newest first."""
    said = result.filters.said() if result.filters else ""
    summaries = [hit.summary for hit in result.hits]
    lead = f"{escape(fit(said[:1].upper() + said[1:], 300))}: {plural(result.listing, 'summary')}, newest first"
    blocks = [kit.prose(f"*{lead}*"), *rows(summaries)]
    if result.listing > len(summaries):
        more = f"… and {result.listing - len(summaries)} more. Add a subject to narrow it down."
        blocks.append(kit.fine_print(more))
    titles = "\n".join(f"• {escape(summary.title)}" for summary in summaries)
    return message(f"{lead}\n{titles}", blocks)


def nothing(corpus: Corpus, topics: Sequence[Topic], result: Result | None = None) -> Message:
    """Nothing was found: what the library covers, and that this proves nothing."""
    lead = "I found nothing in the library on this."
    if result and result.month:
        lead = f"The library holds nothing from {month_name(result.month)}."
    elif result and result.filters and result.filters.selects:
        lead = f"The library holds nothing for this filter: {escape(fit(result.filters.said(), 300))}."
    rest = f"{facts.coverage(corpus)} This does not mean that there is no research."
    blocks = [*(correction(result) if result else []), kit.prose(f"*{lead}*\n{rest}")]
    if topics:
        near = "Nearest topics:"
        blocks += [kit.fine_print(near), kit.buttons(*(_topic_button(topic) for topic in topics))]
    blocks.append(kit.fine_print(f"Try other or fewer words, or /pprnet topics. {facts.NO_CLIENT_DETAILS}"))
    named = f" Nearest topics: {', '.join(escape(topic.name) for topic in topics)}." if topics else ""
    return message(f"{corrected_text(result) if result else ''}{lead} {rest}{named}", blocks)


def more(summary: Summary, found: Sequence[Summary]) -> Message:
    """*More like this*: the nearest neighbours of a summary."""
    if not found:
        lead = f"The library holds nothing close to “{escape(summary.title)}”."
        return message(lead, [kit.prose(lead)])
    lead = f"More like “{escape(fit(clean(summary.title), 200))}”:"
    titles = "\n".join(f"• {escape(item.title)}" for item in found)
    return message(f"{lead}\n{titles}", [kit.prose(f"*{lead}*"), *rows(found)])


def topic_list(topic: Topic, summaries: Sequence[Summary], limit: int = 10) -> Message:
    """The summaries on a topic, newest first."""
    count = plural(len(summaries), "summary")
    lead = (
        f"{escape(topic.name)}: {count}, newest first"
        if summaries
        else f"The library holds nothing on {escape(topic.name)} yet."
    )
    blocks = [kit.prose(f"*{lead}*"), *rows(summaries[:limit])]
    if len(summaries) > limit:
        blocks.append(kit.fine_print(f"… and {len(summaries) - limit} more. Ask with your own words to narrow it down."))
    titles = "\n".join(f"• {escape(summary.title)}" for summary in summaries[:limit])
    return message(f"{lead}\n{titles}".strip(), blocks)


def topics_list(corpus: Corpus) -> Message:
    """All topics with how many summaries carry each."""
    counts = [(topic, len(corpus.on_topic(topic.id))) for topic in corpus.topics]
    held = [f"• {escape(topic.name)}: {count}" for topic, count in counts if count]
    empty = [topic.name for topic, count in counts if not count]
    lead = "Topics in the library, with the number of summaries"
    blocks = [kit.prose(fit(f"*{lead}*\n" + "\n".join(held), 2_900))]
    if empty:
        blocks.append(kit.fine_print(f"Nothing yet on: {', '.join(empty)}"))
    blocks.append(kit.fine_print("/pprnet topic NAME lists the summaries of one."))
    return message(f"{lead}:\n" + "\n".join(held), blocks)


def month_list(corpus: Corpus, month: str) -> Message:
    """The summaries of one month."""
    issue = corpus.issue(month)
    lead = escape(facts.month_line(corpus, month))
    summaries = issue.summaries if issue else ()
    titles = "\n".join(f"• {escape(summary.title)}" for summary in summaries)
    return message(f"{lead}\n{titles}".strip(), [kit.prose(f"*{lead}*"), *rows(summaries[:20])])


def bold_explained(summary: Summary, marks: kit.Marks | None) -> list[Block]:
    """A line on what the bold words of a card are, where there are any: they are not the source's emphasis."""
    shown = (summary.bottom_line or "", *summary.implications)
    return [kit.fine_print(BOLD)] if marks and any(marks(text) for text in shown) else []


def rows(summaries: Sequence[Summary], *, with_design: bool = True) -> list[Block]:
    """Summaries as lines, each with a button that shows its card."""
    return [_row(summary, with_design) for summary in summaries]


@lru_cache(maxsize=card.REMEMBERED)
def _row(summary: Summary, with_design: bool) -> Block:
    context = escape_within(facts.context(summary, with_design=with_design), 240).replace("_", " ")
    show = kit.button(f"{ids.SHOW}:{summary.id}", "Show", summary.id)
    return kit.ready(kit.prose(f"{escape_within(summary.title, 300)}\n_{context}_", button=show))[0]


def _topic_button(topic: Topic) -> kit.Button:
    return kit.button(f"{ids.TOPIC}:{topic.id}", topic.name, topic.id)


def under_heading(result: Result, shown: Message) -> Message:
    """A message under what was repaired in the question, and what was left out because of its words."""
    above = kit.dump([*correction(result), *_filters(result)])
    return Message(corrected_text(result) + _filters_text(result) + shown.text, [*above, *shown.blocks])


def _filters(result: Result) -> list[Block]:
    """What was left out because of the question's own words, or why nothing was."""
    return [kit.fine_print(line) for line in _filter_lines(result)]


def _filters_text(result: Result) -> str:
    return "".join(f"{escape(line)}\n" for line in _filter_lines(result))


def _filter_lines(result: Result) -> list[str]:
    said = result.filters.said() if result.filters else ""
    return [fit(line, 300) for line in (result.remark, f"Filter: {said}" if said else "") if line]


def correction(result: Result) -> list[Block]:
    """The line that says how the spelling was repaired, if it was."""
    return [kit.fine_markup(f"Showing results for *{escape(fit(result.corrected, 300))}*")] if result.corrected else []


def corrected_text(result: Result) -> str:
    """The same for the message's text."""
    return f"Showing results for {escape(fit(result.corrected, 300))}\n" if result.corrected else ""
