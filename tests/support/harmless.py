"""Texts that try to do something in Slack, and what is asserted of every message and view: valid, and pinging nobody."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from bot.blocks import card, monthly
from bot.blocks.message import Message
from bot.blocks.reader import Reader
from bot.blocks.render import render
from bot.blocks.validation import problems
from bot.commands import conversation, results
from bot.commands.lists import topic_list
from bot.commands.reply import Answer, Compared, Content, Heading, Reply, UnknownTopic
from bot.corpus.model import Corpus, Summary
from bot.playground.slack import check_message, check_view
from bot.playground.slack.block_kit import blocks_too_long, pings_in, view_too_large
from bot.playground.slack.model import texts_of
from bot.search.engine import Engine
from bot.search.result import Hit, Outcome, Result
from tests.support.questions import reply_to

PIECES = [
    "<!channel>", "<!here|here>", "<@U012ABC>", "<#C012ABC>", "<!subteam^S012>", "<https://x.example|y>",
    "&lt;!channel&gt;", "&amp;", "&", "<", ">", "*bold*", "_", "`code`", "```", "~x~", "|", "\\", ":smile:",
    "\u202e", "\u2066", "\u2069", "\u200b", "\u200d", "\ufeff", "\u00ad", "\x1b[31m", "\x00", "\x85", "\u2028", "\ud800",
    "e\u0301", "👩\u200d👩\u200d👧", "שלום", "العلاج", "?", ".", "!", ". ", " ", "-", "–", "…", "word",
    "A sentence that ends here. ",
]  # fmt: skip


BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


# What our own mrkdwn holds: the link of a footer. Everything else in angle brackets came from the corpus.
OUR_LINK = re.compile(r"<https://[^\s<>|]*\|PPRNet blog, [A-Z][a-z]{2} \d{4}>")


ENTITY = re.compile(r"&(?:amp|lt|gt);")


TYPED = ("help", "help more", "latest", "topics", "privacy")


def texts(most: int, least: int = 1) -> st.SearchStrategy[str]:
    """Any text as the loader lets it through: white space made single spaces, something visible in it, at most `most`."""
    pieces = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), min_size=least, max_size=12).map("".join)
    long = st.tuples(pieces, st.integers(1, most)).map(lambda found: found[0] * (found[1] // max(1, len(found[0])) + 1))
    return st.one_of(pieces, long).map(lambda text: " ".join(text.split())[:most].strip()).filter(visible)


def visible(text: str) -> bool:
    return any(char.isprintable() and char != " " for char in text)


def like(summary: Summary, place: int) -> Summary:
    """Another summary that looks the same in a list, and is quick to index."""
    return replace(summary, id=f"id-{place}", summary=summary.title, implications=(summary.title,), asks=())


def messages(corpus: Corpus) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Every kind of message the bot makes of a corpus: its name, text and blocks."""
    engine = Engine(corpus)
    hits = tuple(Hit(summary, 9.0, 0.9) for summary in corpus.summaries[:5])
    corrected = corpus.summaries[0].title
    found = {
        "card": card.card(corpus.summaries[0]),
        "answer": answered(Result(Outcome.ANSWER, hits, corrected), engine),
        "later": render(Reply(Answer(corpus.summaries[0], later=corpus.summaries[-1])), Reader()),
        "side by side": shown(Compared(by_design(corpus.summaries[:5]), Heading(corrected, corrected, (corrected,)))),
        "related": answered(Result(Outcome.RELATED, hits, corrected), engine),
        "nothing": answered(Result(Outcome.NOTHING, hits, corrected), engine),
        "nothing of a month": answered(Result(Outcome.NOTHING, (), corrected, "2021-01"), engine),
        "month": answered(Result(Outcome.ANSWER, hits, corrected, "2022-09"), engine),
        "more": render(conversation.more(corpus.summaries[0].id, engine), Reader()),
        "no more": render(conversation.more(corpus.summaries[0].id, Engine(only_first(corpus))), Reader()),
        "topic": shown(topic_list(corpus.topics[0], corpus)),
        "empty topic": shown(topic_list(corpus.topics[2], corpus)),
        "unknown topic": shown(UnknownTopic(corpus.summaries[0].summary)),
        **{
            words: render(reply_to(words, engine), Reader())
            for words in (*"help latest topics privacy".split(), "help more", corrected)
        },
    }
    found |= {f"month {place}": message for place, (message, _) in enumerate(monthly.month_messages(corpus.issues[0])[:5])}
    for name, message in found.items():
        yield name, message.text, message.blocks


def answered(result: Result, engine: Engine) -> Message:
    return render(results.answered(result, "", engine), Reader())


def shown(content: Content) -> Message:
    return render(Reply(content, details=True, danger=True), Reader())


def only_first(corpus: Corpus) -> Corpus:
    """The corpus with its first summary alone: nothing is near it."""
    [issue] = corpus.issues
    return replace(corpus, issues=(replace(issue, summaries=issue.summaries[:1]),))


def by_design(summaries: tuple[Summary, ...]) -> tuple[tuple[str, tuple[Summary, ...]], ...]:
    """As many groups as there can be."""
    return tuple((summary.study.design, (summary,)) for summary in summaries)


def assert_good_message(name: str, text: str, blocks: list[dict[str, Any]]) -> None:
    assert problems(blocks) == [], name
    assert check_message(text, blocks) == [], name
    assert not blocks_too_long(blocks), (name, sum(map(len, texts_of(blocks))))
    assert 0 < len(text) <= 4000, name
    assert_harmless(name, text, blocks)


def assert_good_view(name: str, view: dict[str, Any]) -> None:
    assert problems(view["blocks"], surface=view["type"]) == [], name
    assert check_view(view) == [], name
    assert not view_too_large(view), name
    assert_harmless(name, "", view["blocks"])


def assert_harmless(name: str, text: str, blocks: list[dict[str, Any]]) -> None:
    """Nobody is pinged, nothing unseen is in it, and what Slack interprets is escaped exactly once."""
    assert pings_in(text, blocks) == [], name
    for shown in (text, *texts_of(blocks)):
        unseen = {char for char in shown if unicodedata.category(char) in ("Cc", "Cs") or char in BIDI} - {"\n"}
        assert not unseen, (name, unseen)
    for markup in (text, *mrkdwn_of(blocks)):
        rest = ENTITY.sub("", OUR_LINK.sub("", markup))
        assert not {"&", "<", ">"} & set(rest), (name, rest[:200])


def mrkdwn_of(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            yield node["text"]
        for value in node.values():
            yield from mrkdwn_of(value)
    elif isinstance(node, list):
        for item in node:
            yield from mrkdwn_of(item)
