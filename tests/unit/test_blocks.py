"""Blocks: whatever the corpus says, what Slack gets is valid, whole to the sentence, and pings nobody."""

from __future__ import annotations

import json
import os
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.blocks import browse, card, home, notes, search, share, study
from bot.blocks.modal import message_view
from bot.blocks.mrkdwn import escape, escape_within
from bot.blocks.reader import Reader
from bot.blocks.render import render
from bot.blocks.validation import problems
from bot.commands.reply import Help
from bot.corpus.model import DESIGNS, MEASURES, Corpus, Effect, Issue, Lexicon, Study, Summary, Topic
from bot.phrases import facts
from bot.playground.slack import check_message
from bot.playground.slack.block_kit import pings_in
from bot.search.browse import Library, Suggestion, library
from bot.search.engine import Engine
from bot.text import clean, fit
from tests.support.harmless import (
    ENTITY,
    OUR_LINK,
    assert_good_message,
    assert_good_view,
    like,
    messages,
    shown,
    texts,
)
from tests.support.questions import reply_to

IDS = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,4}", fullmatch=True)
URLS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='"<>|'), min_size=1, max_size=1990)
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 4))
EFFECTS = st.builds(
    Effect,
    what=texts(200),
    measure=st.sampled_from(MEASURES),
    value=NUMBERS,
    to=st.none() | NUMBERS,
    ci=st.none() | st.tuples(NUMBERS, NUMBERS),
    p=st.none() | texts(40),
    k=st.none() | st.integers(1, 10**6),
)
STUDIES = st.builds(
    Study,
    citation=st.none() | texts(2000),
    authors=st.lists(texts(100), max_size=3).map(tuple),
    year=st.none() | st.integers(1850, 2100),
    doi=st.none() | st.just("10.1037/x&y"),
    url=st.none() | URLS.map(lambda path: f"https://{path}"),
    design=st.sampled_from(DESIGNS),
    sample=st.lists(st.tuples(texts(100), st.integers(0, 10**9) | texts(100)), max_size=8).map(tuple),
    effects=st.lists(EFFECTS, max_size=6).map(tuple),
)
SUMMARIES = st.builds(
    Summary,
    id=IDS,
    issue=st.just("2022-09"),
    title=texts(300),
    text=st.sampled_from(("digest", "original")),
    summary=texts(10_000),
    implications=st.lists(texts(3000), min_size=1, max_size=20).map(tuple),
    topics=st.just(("one", "two")),
    bottom_line=st.none() | texts(600),
    asks=st.lists(texts(300), max_size=2).map(tuple),
    caution=st.none() | texts(600),
    note=st.none() | texts(1000),
    study=STUDIES,
)


@st.composite
def corpora(draw: st.DrawFn) -> Corpus:
    """A corpus of one month with up to 50 summaries: a few that differ, and more of the same."""
    drawn = draw(st.lists(SUMMARIES, min_size=1, max_size=3))
    count = draw(st.sampled_from([1, 2, 3, 21, 50]))
    summaries = (drawn[0], *(like(drawn[place % len(drawn)], place) for place in range(1, count)))
    subjects = tuple(draw(st.lists(texts(300), max_size=3)))
    topics = (
        Topic("one", draw(texts(140)), (draw(texts(100)),)),
        Topic("two", draw(texts(140))),
        Topic("three", draw(texts(140))),
    )
    return Corpus((Issue("2022-09", draw(st.booleans()), subjects, summaries),), topics, Lexicon())


EXAMPLES = 25 if os.environ.get("CI") else 8
"""Made-up corpora a test tries: more where nobody waits."""
FUZZ = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


# -- any corpus text ----------------------------------------------------------------------------------------------


@pytest.mark.slow
@given(corpus=corpora())
@FUZZ
def test_any_text_in_any_field_makes_valid_messages_that_ping_nobody(corpus: Corpus) -> None:
    for name, text, blocks in messages(corpus):
        assert_good_message(name, text, blocks)


@pytest.mark.slow
@given(corpus=corpora())
@FUZZ
def test_any_text_in_any_field_makes_valid_modals_that_ping_nobody(corpus: Corpus) -> None:
    summary = corpus.summaries[0]
    assert_good_view("study", study.study_view(summary, corpus))
    assert_good_view("share", share.share_view(summary, "C0123456789"))
    assert_good_view("study from a list", study.study_view(summary, corpus, listed=True))
    assert_good_view("share from a direct message", share.share_view(summary, None))
    held = library(Engine(corpus))
    for kind, shelves in held.shelves.items():
        assert_good_view(kind, browse.index_view(held, kind))
        for page in (1, 2, 99):
            assert_good_view(f"{kind} {page}", browse.shelf_view(corpus, shelves[0], page))
    for name, message in {"card": card.card(summary), "help": shown(Help(facts.coverage(corpus)))}.items():
        assert_good_view(f"search: {name}", search.search_view(message, found=True, question=summary.title[:75]))
        assert_good_view(f"{name} in a modal", message_view(message, summary.title))


def test_half_a_character_in_a_title_or_a_suggested_question_is_left_out() -> None:
    view = search.search_view(notes.note("Nothing here."), question="What is \ud800 an alliance?")
    json.dumps(view, ensure_ascii=False).encode("utf-8")
    assert message_view(notes.note("Nothing here."), "Half \ud800done")["title"]["text"] == "Half done"


@given(corpus=corpora())
@FUZZ
@pytest.mark.slow
def test_any_text_in_any_field_makes_a_valid_home_that_pings_nobody(corpus: Corpus) -> None:
    found = library(Engine(corpus))
    asked = tuple(Suggestion(summary.title[:75], summary) for summary in corpus.summaries[:3])
    held = Library(corpus, found.shelves, asked)
    for first, notice in ((True, None), (False, notes.PRESS_AGAIN), (False, corpus.summaries[0].title)):
        assert_good_view("home", home.home_view(home.Home(held, first=first, notice=notice)))
    assert_good_view("trouble", home.trouble_view(notes.failure("0123abcd")))


def test_a_home_over_an_empty_library_says_so_and_offers_nothing_that_leads_nowhere() -> None:
    view = home.home_view(home.Home(library(Engine(Corpus((), (Topic("one", "One"),), Lexicon()))), first=True))
    assert_good_view("home", view)
    assert "*The library is still empty.*" in str(view)
    buttons = [each for block in view["blocks"] if block["type"] == "actions" for each in block["elements"]]
    assert [button["action_id"] for button in buttons] == ["help", "privacy"]


@given(summary=SUMMARIES, line=texts(share.LONGEST) | st.just(""))
@FUZZ
def test_a_shared_card_names_the_sharer_and_nobody_else(summary: Summary, line: str) -> None:
    shared = share.shared_card(summary, "U0123456789", line, summary)
    assert problems(shared.blocks) == check_message(shared.text, shared.blocks) == []
    assert set(pings_in(shared.text, shared.blocks)) == {"<@U0123456789>"}


@given(text=texts(3000))
@FUZZ
def test_a_question_is_shown_back_without_markup_or_pings(text: str) -> None:
    engine = Engine(Corpus((), (Topic("one", "One"),), Lexicon()))
    for words in (text, f"topic {text}", f"latest {text}"):
        message = render(reply_to(words, engine), Reader())
        assert problems(message.blocks) == check_message(message.text, message.blocks) == []
        assert pings_in(message.text, message.blocks) == []
        assert not {"<", ">"} & set(ENTITY.sub("", OUR_LINK.sub("", message.text)))


# -- escaping and fitting -----------------------------------------------------------------------------------------


@given(text=texts(2000))
def test_escaping_is_done_once_and_undone_gives_the_cleaned_text(text: str) -> None:
    escaped = escape(text)
    assert not {"<", ">"} & set(escaped)
    assert "&" not in ENTITY.sub("", escaped)
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == clean(text)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("<!channel>", "&lt;!channel&gt;"),
        ("&lt;!channel&gt;", "&amp;lt;!channel&amp;gt;"),
        ("R&D", "R&amp;D"),
        ("a\u202eb\x00c\nd", "abc d"),
        ("<@U012|x>", "&lt;@U012|x&gt;"),
    ],
)
def test_what_slack_would_interpret_is_written_as_entities(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@given(text=texts(3000), limit=st.integers(10, 3000))
@settings(deadline=None)
def test_a_text_is_never_longer_than_its_limit_and_is_cut_only_at_its_end(text: str, limit: int) -> None:
    fitted = fit(text, limit)
    assert len(fitted) <= limit
    if len(text) <= limit:
        assert fitted == text
    else:
        assert fitted.endswith("…")
        assert text.startswith(fitted.removesuffix("…").removesuffix(" "))
    assert len(escape_within(text, limit)) <= limit


@given(
    sentences=st.lists(
        st.from_regex(r"[A-Z][a-z]{1,9}( [a-z.]{1,9}){0,9}[a-z][.!?]", fullmatch=True), min_size=2, max_size=40
    ),
    limit=st.integers(100, 600),
)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.slow
def test_a_long_text_is_cut_between_sentences_where_that_keeps_half_of_it(sentences: list[str], limit: int) -> None:
    text = " ".join(sentences)
    fitted = fit(text, limit)
    if fitted == text:
        assert len(text) <= limit
        return
    kept = fitted.removesuffix(" …")
    assert text[len(kept)] == " "
    whole = [end.end() for end in re.finditer(r"[.!?](?= )", text) if end.end() <= limit - 2]
    if whole and whole[-1] >= limit // 2:
        assert len(kept) == whole[-1]


def test_a_decimal_point_or_an_address_is_no_end_of_a_sentence() -> None:
    text = "The effect was large. It was r = 0.278 in all"
    for limit in range(24, len(text)):
        fitted = fit(text, limit)
        assert not fitted.endswith(("0. …", "0.2 …", "0.27 …")), fitted


# -- the longest that the loader lets through ---------------------------------------------------------------------
