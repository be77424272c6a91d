"""The longest summaries and texts fit into every message and view, and what is left out is said."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from datetime import date

import pytest

from bot.blocks import card, correction, following, monthly, share, study
from bot.blocks.reader import Reader
from bot.blocks.render import render
from bot.corpus.load import load
from bot.corpus.model import Corpus, Effect, Issue, Lexicon, Study, Summary, Topic
from bot.paths import default_root
from bot.playground.slack import LocalSlack
from bot.playground.slack.model import texts_of
from bot.search.engine import Engine
from bot.slack.client import SlackApi
from bot.text import fit
from tests.support.harmless import (
    ENTITY,
    assert_good_message,
    assert_good_view,
    like,
    messages,
)
from tests.support.questions import reply_to


@pytest.mark.parametrize("char", ["-", "–", ",", ";", ":", "- "])
def test_a_text_of_nothing_but_dashes_is_cut_too(char: str) -> None:
    text = (char * 10_000)[:10_000].strip()
    assert 1 < len(fit(text, 150)) <= 150
    summary = replace(LONGEST, summary=text)
    assert_good_view("study", study.study_view(summary, Corpus((), (), Lexicon())))


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
