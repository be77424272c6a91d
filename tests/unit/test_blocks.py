"""Blocks: whatever the corpus says, what Slack gets is valid, whole to the sentence, and pings nobody."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.blocks import browse, card, correction, following, home, monthly, notes, search, share, study
from bot.blocks.message import Message
from bot.blocks.modal import message_view
from bot.blocks.mrkdwn import escape, escape_within
from bot.blocks.reader import Reader
from bot.blocks.render import render
from bot.blocks.validation import problems
from bot.commands import conversation, results
from bot.commands.lists import topic_list
from bot.commands.reply import Answer, Compared, Content, Heading, Help, Reply, UnknownTopic
from bot.corpus.load import load
from bot.corpus.model import DESIGNS, MEASURES, Corpus, Effect, Issue, Lexicon, Study, Summary, Topic
from bot.paths import default_root
from bot.phrases import facts
from bot.playground.slack import LocalSlack, check_message, check_view
from bot.playground.slack.block_kit import blocks_too_long, pings_in, view_too_large
from bot.playground.slack.model import texts_of
from bot.search.browse import Library, Suggestion, library
from bot.search.engine import Engine
from bot.search.result import Hit, Outcome, Result
from bot.slack.client import SlackApi
from bot.text import clean, fit
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


@pytest.mark.parametrize("char", ["-", "–", ",", ";", ":", "- "])
def test_a_text_of_nothing_but_dashes_is_cut_too(char: str) -> None:
    text = (char * 10_000)[:10_000].strip()
    assert 1 < len(fit(text, 150)) <= 150
    summary = replace(LONGEST, summary=text)
    assert_good_view("study", study.study_view(summary, Corpus((), (), Lexicon())))


# -- the longest that the loader lets through ---------------------------------------------------------------------

SENTENCE = "Therapists who ask for feedback, and who act on it, may keep more of their clients. "


def _long(length: int, text: str = SENTENCE) -> str:
    return (text * (length // len(text) + 1))[:length].strip().ljust(length, ".")


LONGEST = Summary(
    id="-".join(["long"] * 20),
    issue="2022-09",
    title=_long(300),
    text="digest",
    summary=_long(10_000),
    implications=tuple(_long(3000 - place) for place in range(20)),
    topics=tuple(f"topic-{place}" for place in range(36)),
    bottom_line=_long(600, "Longestwordsthere "),
    asks=tuple(_long(300 - place) for place in range(60)),
    caution=_long(600, "Longestwordsinacaution "),
    note=_long(1000),
    study=Study(
        citation=_long(2000),
        authors=tuple(_long(100 - place) for place in range(20)),
        year=2022,
        doi="10.1037/" + "x" * 290,
        url="https://example.org/" + "x" * 1970,
        design="secondary analysis of a trial",
        sample=tuple((f"{place} " + "w" * 90, 10**9) for place in range(50)),
        effects=tuple(
            Effect(_long(200), "indirect effect", -123456.123456, 123456.123456, (-1.5, 1.5), "p" * 40, 10**6)
            for _ in range(100)
        ),
    ),
)


@pytest.fixture(scope="module")
def longest(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A month of 50 summaries: the first, read by the loader, is as long as it allows; the others are listed like it."""
    effects = [
        {key: value for key, value in asdict(effect).items() if value is not None} for effect in LONGEST.study.effects
    ]
    study = {**asdict(LONGEST.study), "sample": dict(LONGEST.study.sample), "effects": effects}
    summary = {key: value for key, value in asdict(LONGEST).items() if key not in ("issue", "read_from", "is_own", "source")}
    del study["notices"]  # they come from the check of papers, not from a file
    summary["study"] = study
    root = tmp_path_factory.mktemp("longest")
    (root / "issues").mkdir()
    files: dict[str, object] = {
        "topics.yaml": {"topics": [{"id": f"topic-{place}", "name": _long(140 - place)} for place in range(36)]},
        "lexicon.yaml": {"abbreviations": {"CBT": ["cognitive therapy"]}, "synonyms": [["a b", "c d"]]},
        "issues/2022-09.yaml": {"issue": "2022-09", "complete": True, "summaries": [summary]},
    }
    for name, content in files.items():
        (root / name).write_text(json.dumps(content, indent=1), "utf-8")  # JSON is YAML
    corpus = load(root)
    (first,) = corpus.summaries
    assert first == LONGEST
    summaries = (first, *(like(first, place) for place in range(1, 50)))
    return replace(corpus, issues=(replace(corpus.issues[0], summaries=summaries),))


@pytest.mark.slow
def test_the_longest_legal_summaries_fifty_in_a_month_are_valid_everywhere(longest: Corpus) -> None:
    assert len(longest.summaries) == 50
    for name, text, blocks in messages(longest):
        assert_good_message(name, text, blocks)
    for message, _ in monthly.month_messages(longest.issues[0]):
        assert_good_message("monthly", message.text, message.blocks)
    assert_good_view("study", study.study_view(longest.summaries[0], longest))
    assert_good_view("share", share.share_view(longest.summaries[0], "C0123456789"))


@pytest.mark.parametrize("words", ["evidence", "compare", ""])
def test_a_hundred_long_effect_sizes_and_long_texts_fit_into_every_reply(words: str) -> None:
    effects = tuple(
        Effect(_long(200), "r", 0.3 + place / 1000, None, (0.1, 0.5), "< .001", 12, "association") for place in range(100)
    )
    summaries = tuple(
        replace(like(LONGEST, place), study=replace(LONGEST.study, effects=effects), topics=("topic-0",))
        for place in range(12)
    )
    topics = tuple(Topic(f"topic-{place}", _long(140 - place)) for place in range(100))
    corpus = Corpus((Issue("2022-09", True, (), summaries),), topics, Lexicon())
    engine = Engine(corpus)
    message = render(reply_to(f"{words} therapists", engine), Reader(ephemeral=True))
    assert summaries[0].title[:40] in message.text
    assert_good_message(words, message.text, message.blocks)
    for listed in (following.listed(topics, topics), following.choices(topics)):
        assert_good_message("following", listed.text, listed.blocks)


def test_what_a_card_leaves_out_it_says_and_the_study_shows_whole(longest: Corpus) -> None:
    summary = longest.summaries[0]
    shown = texts_of(card.card(summary).blocks)
    assert [text for text in shown if re.fullmatch(r"… and \d+ more: press “Details”\.", text)]
    whole = "\n".join(texts_of(study.study_view(summary, longest)["blocks"]))
    assert "Details" not in whole
    for implication in summary.implications:
        assert implication in whole
    assert whole.count("indirect effect = ") == 100
    words = " ".join(whole.split())
    for sentence in re.findall(r"[A-Z][^.]*\.", summary.summary):
        assert sentence in words


def test_the_details_of_every_shipped_digest_say_what_was_done_what_was_found_and_its_limits() -> None:
    corpus = load(default_root())
    for summary in corpus:
        shown = "\n".join(texts_of(study.study_view(summary, corpus)["blocks"]))
        places = [shown.index(f"\n{heading}\n") for heading in ("What was done", "What was found", "Limits", "Citation")]
        assert places == sorted(places), summary.id
        assert all(part in shown for part in summary.summary.split("\n")), summary.id


def test_a_long_month_names_the_first_and_counts_the_rest(longest: Corpus) -> None:
    parent = monthly.parent(longest.issues[0])
    buttons = [block["accessory"] for block in parent.blocks if "accessory" in block]
    assert [each["value"] for each in buttons] == [each.id for each in longest.summaries[: len(buttons)]]
    assert len(buttons) >= 10
    assert f"… and {50 - len(buttons)} more, in the thread" in texts_of(parent.blocks)
    lines = parent.text.split("\n")
    assert len([line for line in lines if line.startswith("• Therapists")]) == len(buttons)
    assert f"… and {50 - len(buttons)} more, in the thread" in lines
    assert lines[-1].endswith("`/pprnet unsubscribe` stops it.")


def test_a_months_message_and_its_text_say_of_each_summary_what_it_found() -> None:
    found = next(issue for issue in load(default_root()).issues if issue.month == "2023-11").summaries
    quoted = replace(
        found[0], text="original", summary="Roe asked. More went well. So be it.", bottom_line="More went well."
    )
    bare = replace(found[1], text="original", bottom_line=None, implications=("Listen first.", "Then speak."))
    shown = monthly.parent(Issue("2023-11", False, ("one", "two", "three"), (quoted, bare), "Read both."), "U1")
    lines = shown.text.split("\n")
    assert lines[:2] == [
        "PPRNet, November 2023: 2 of the 3 summaries on the blog this month",
        "From your curator: Read both.",
    ]
    assert (lines[2], lines[3]) == (f"• {quoted.title}: “More went well.”", f"• {bare.title}: Listen first.")
    assert lines[-1] == "One message a month. Set up by <@U1>; `/pprnet unsubscribe` stops it."
    titled = [block["text"]["text"] for block in shown.blocks if "accessory" in block]
    assert titled == [f"*{quoted.title}*\n“More went well.”", f"*{bare.title}*\nListen first."]


def test_a_correction_says_in_what_a_card_was_changed_and_nothing_where_no_reader_sees_it() -> None:
    summary = next(each for each in load(default_root()) if each.caution and each.bottom_line)
    original = replace(summary, text="original", summary=f"Roe asked. {summary.bottom_line}")  # shown as a quotation

    def noted(before: Summary, after: Summary) -> str | None:
        texts = [card.card(each).payload() for each in (before, after)]
        found = correction.correction(date(2026, 12, 3), after, *texts)
        if found:
            assert_good_message("correction", found.text, found.blocks)
        return found.text.removesuffix(f" of “{after.title}”. The card above has the new text.") if found else None

    lead = "Corrected on 3 Dec: "
    assert noted(summary, summary) is None
    assert noted(summary, replace(summary, topics=(), note="A note.")) is None
    assert noted(summary, replace(summary, bottom_line="Another.")) == f"{lead}bottom line"
    assert noted(original, replace(original, bottom_line=None)) == f"{lead}bottom line"
    assert noted(summary, replace(summary, caution=None)) == f"{lead}caution"
    assert noted(summary, replace(summary, title="It was (so) called")) == f"{lead}title"
    assert noted(summary, replace(summary, study=replace(summary.study, design="survey"))) == f"{lead}facts of the study"
    read = replace(original, read_from=(("design", (original.summary,)),))
    assert noted(read, replace(read, study=replace(read.study, design="survey"))) == f"{lead}facts of the study"
    several = replace(summary, title="New & <old>", implications=("Wait: and see.",), caution="Few: two.")
    assert str(noted(summary, several)).startswith(f"{lead}title, practice implications and caution")
    assert correction.correction(date(2026, 12, 3), LONGEST, {"text": "x"}, card.card(LONGEST).payload())


@pytest.mark.parametrize("char", ["&", "<", "&lt; "])
@pytest.mark.slow
def test_text_that_grows_when_it_is_escaped_still_fits(char: str) -> None:
    long = replace(
        LONGEST,
        title=(char * 300)[:300].strip(),
        bottom_line=char * 100,
        note=char * 200,
        implications=tuple(char * 500 for _ in range(20)),
        study=replace(LONGEST.study, url="https://" + "&" * 1980, citation=char * 400),
    )
    topics = tuple(Topic(f"topic-{place}", (char * 140)[:140].strip()) for place in range(36))
    summaries = (long, *(like(long, place) for place in range(1, 50)))
    corpus = Corpus((Issue("2022-09", True, (), summaries),), topics, Lexicon())
    for name, text, blocks in messages(corpus):
        assert_good_message(name, text, blocks)
    assert_good_view("study", study.study_view(long, corpus))
    assert_good_view("share", share.share_view(long, "C0123456789"))


@pytest.mark.parametrize("char", ["&", "a&", "<", "> ", "b <", "x> - "])
def test_the_plain_text_of_a_message_is_never_cut_within_an_escaped_character(char: str) -> None:
    for shift in range(1, 12):
        long = replace(LONGEST, title="x" * shift, implications=((char * 3000)[:2999].strip(),) * 20)
        text = card.card(long).text
        assert text.endswith("…")
        assert "&" not in ENTITY.sub("", text), text[-20:]


async def test_the_longest_month_is_taken_by_slack_itself(slack: LocalSlack, longest: Corpus) -> None:
    channel = slack.add_channel("team", [slack.add_user("ana")])
    api = SlackApi(slack.token, slack.url)
    sent = monthly.month_messages(longest.issues[0])[:3]
    for message, _ in sent:
        await api.once.chat_postMessage(channel=channel.id, **message.payload())
    assert [found.pings for found in slack.posted(channel)] == [[], [], []]
