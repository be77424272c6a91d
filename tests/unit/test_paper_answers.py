"""What counts as a notice on a paper: an explicit retraction, correction or concern for that very DOI, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.blocks import card, monthly
from bot.blocks.library import notices_message
from bot.blocks.study import study_view
from bot.blocks.validation import problems
from bot.cli.text import text_of
from bot.commands import conversation
from bot.corpus.load import load
from bot.corpus.model import NOTICE_KINDS, Notice
from bot.evidence.table import label
from bot.papers.answer import AnswerError, notices_in
from bot.paths import default_root
from bot.phrases import facts
from bot.publishing import content
from bot.search.engine import Engine
from tests.support.paper_source import Update, update, work

DOI = "10.1037/pst0000503"
NOTICE = "10.1037/pst0000599"
OTHER = "10.1037/ccp0000853"


def read(*updates: Update, doi: str = DOI) -> list[tuple[str, str, str | None]]:
    """The notices in an answer."""
    return [(each.kind, each.doi, each.date) for each in notices_in(json.dumps(work(doi, *updates)).encode(), DOI)]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("retraction", "retraction"),
        ("Retraction", "retraction"),
        ("partial_retraction", "partial retraction"),
        ("withdrawal", "withdrawal"),
        ("removal", "removal"),
        ("expression_of_concern", "expression of concern"),
        ("Expression of concern", "expression of concern"),
        ("correction", "correction"),
        ("erratum", "correction"),
        ("corrigendum", "correction"),
    ],
)
def test_each_kind_of_notice_is_read_with_its_doi_and_date(kind: str, said: str) -> None:
    assert read(update(kind, NOTICE, 2024, 5, 3)) == [(said, NOTICE, "2024-05-03")]
    assert set(NOTICE_KINDS) == set(facts.NOTICE)


@pytest.mark.parametrize(
    "kind", ["new_version", "new_edition", "addendum", "clarification", "", "retracted?", "not_a_retraction", "comment"]
)
def test_other_updates_are_no_notices(kind: str) -> None:
    assert read(update(kind, NOTICE, 2024, 5, 3)) == []


def test_a_paper_without_updates_has_no_notices_and_a_notice_itself_is_not_marked_by_what_it_updates() -> None:
    assert read() == []
    answer = work(DOI)
    answer["message"]["update-to"] = [update("retraction", OTHER, 2024, 5, 3)]  # this paper is the notice on another
    answer["message"]["relation"] = {"is-retracted-by": [{"id": NOTICE}]}
    answer["message"]["title"] = ["RETRACTED: A paper"]
    assert notices_in(json.dumps(answer).encode(), DOI) == ()


def test_notices_come_gravest_first_each_once_the_publishers_date_before_others() -> None:
    found = read(
        update("correction", "10.1037/c2", 2020),
        update("retraction", NOTICE.upper(), 2024, 6, 1, source="retraction-watch"),
        update("correction", "10.1037/c1", 2019, 2),
        update("retraction", NOTICE, 2024, 5, 3),
    )
    assert found == [
        ("retraction", NOTICE, "2024-05-03"),
        ("correction", "10.1037/c1", "2019-02"),
        ("correction", "10.1037/c2", "2020"),
    ]
    assert len(read(*(update("correction", f"10.1037/c{number}", 2020) for number in range(40)))) == 5


@pytest.mark.parametrize(
    "updated",
    [
        *(None, "2024", {}, {"date-parts": []}, {"date-parts": [[]]}, {"date-parts": [[2024, 13, 1]]}),
        *({"date-parts": [["2024"]]}, {"date-parts": [[True]]}, {"date-parts": [[None]]}, {"date-parts": [[2024, 2, 30]]}),
        *(
            {"date-parts": [[0]]},
            {"date-parts": [[10**30]]},
            {"date-parts": [[2024, 1, 1, 1]]},
            {"date-parts": "2024-05-03"},
        ),
    ],
)
def test_a_date_that_is_none_is_left_out(updated: Any) -> None:
    assert read({**update("retraction", NOTICE), "updated": updated}) == [("retraction", NOTICE, None)]


@pytest.mark.parametrize("doi", [None, "", "unavailable", "10.1/x", 7, "10.1037/with space", "https://doi.org/10.1037/x"])
def test_a_notice_that_cannot_be_named_is_none(doi: Any) -> None:
    assert read({**update("retraction", NOTICE, 2024), "DOI": doi}) == []


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"null", b"7", b"\xff\xfe", b"<html>", b"[" * 100_000, b'{"message": []}', b'{"message": {}}'),
        b'{"message": {"DOI": 7}}',
        b'{"status": "ok", "message": {"DOI": "10.1037/pst0000503", "updated-by": {}}}',
        b'{"message": {"DOI": "10.1037/pst0000503", "updated-by": ["retraction"]}}',
        b'{"message": {"DOI": "10.1037/pst0000503", "updated-by": null}}',
    ],
)
def test_what_is_no_answer_is_refused(body: bytes) -> None:
    with pytest.raises(AnswerError):
        notices_in(body, DOI)


def test_an_answer_about_another_paper_is_refused() -> None:
    with pytest.raises(AnswerError, match="about another DOI"):
        read(update("retraction", NOTICE, 2024), doi=OTHER)
    assert read(update("retraction", NOTICE, 2024), doi=DOI.upper()) == [("retraction", NOTICE, "2024")]


# What is shown


RETRACTED = Notice("retraction", NOTICE, "2024-05-03")
CORRECTED = Notice("correction", NOTICE, "2024-05")


def test_a_mark_is_seen_wherever_the_study_is_named_and_nothing_changes_without_one() -> None:
    corpus = load(default_root())
    marked = corpus.with_notices({DOI: (RETRACTED, CORRECTED)})
    summary = next(each for each in marked if each.study.doi == DOI)
    month = marked.issue(summary.issue)
    assert month
    assert problems(card.card(summary).blocks) == []
    line = "*Retracted* (<https://doi.org/10.1037/pst0000599|notice of 3 May 2024>) · *Paper corrected* "
    assert line in json.dumps(card.card(summary).blocks, ensure_ascii=False)
    assert "Retracted (notice of 3 May 2024)\nPaper corrected (notice of May 2024)" in card.card(summary).text
    view = study_view(summary, marked)
    assert problems(view["blocks"]) == []
    assert line in json.dumps(view, ensure_ascii=False)
    assert label(summary).endswith(" (retracted)")
    parent = monthly.parent(month)
    for said in (parent.text, json.dumps(parent.blocks, ensure_ascii=False)):
        assert "Retracted. Please do not rely on what it found." in said
        assert not any(implication in said for implication in (summary.bottom_line, *summary.implications) if implication)
    printed = text_of(conversation.card(summary, Engine(replace(marked, issues=(month,)))), None)
    assert "Retracted (notice of 3 May 2024): https://doi.org/10.1037/pst0000599" in " ".join(printed.split())
    assert "(retracted)" in facts.context(summary)

    before = next(each for each in corpus if each.study.doi == DOI)
    old = corpus.issue(summary.issue)
    assert old
    assert content.of_summary(before) != content.of_summary(summary)
    assert content.of_month(old) != content.of_month(month)
    assert content.of_titles(old) != content.of_titles(month)
    for each in corpus:
        same = marked.get(each.id)
        assert same is each or each.study.doi == DOI
    back = marked.with_notices({})
    assert back == corpus
    assert corpus.with_notices({}) is corpus
    assert marked.with_notices({DOI: (RETRACTED, CORRECTED)}) is marked
    assert marked.fingerprint != corpus.fingerprint


def test_a_correction_is_said_on_the_card_but_takes_nothing_back() -> None:
    corpus = load(default_root()).with_notices({DOI: (CORRECTED,)})
    summary = next(each for each in corpus if each.study.doi == DOI)
    assert "Paper corrected (notice of May 2024)" in card.card(summary).text
    assert "corrected" not in facts.byline(summary) + facts.finding(summary) + label(summary)


def test_the_message_to_curators_says_what_came_and_what_went() -> None:
    corpus = load(default_root()).with_notices({DOI: (RETRACTED,)})
    papers = [each for each in corpus if each.study.doi == DOI]
    came = notices_message(papers, [RETRACTED], [], "notices.example")
    assert "There is a notice on a paper in the library: *Retracted* (<https://doi.org/" in came.text
    assert papers[0].title in came.text
    went = notices_message(papers, [], [replace(RETRACTED, date=None)], "notices.example")
    assert "No longer listed for a paper in the library: *Retracted* (" in went.text
    assert "notice without a date" in went.text
    assert problems(came.blocks) + problems(went.blocks) == []
