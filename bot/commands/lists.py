"""Lists of the library as replies: all topics, the summaries of a topic, those of a month."""

from __future__ import annotations

from bot.commands.reply import SummaryList, TopicList
from bot.corpus.model import Corpus, Topic
from bot.phrases import facts
from bot.text import plural

OF_A_TOPIC = 10
"""Summaries of a topic that are listed."""
OF_A_MONTH = 20
"""Summaries of a month that are listed."""


def topics(corpus: Corpus) -> TopicList:
    """List all topics."""
    return TopicList(tuple((topic, len(corpus.on_topic(topic.id))) for topic in corpus.topics))


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
