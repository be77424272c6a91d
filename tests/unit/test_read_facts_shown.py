"""How facts that were read from the text are shown: marked, and a finding as the quotation that it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.blocks import card
from bot.blocks.kit import dump
from bot.blocks.study import study_view
from bot.cli.text import text_of
from bot.commands.reply import Answer, Compared, Heading, Reply
from bot.corpus.model import Corpus, Effect, Issue, Lexicon, Study, Summary
from bot.evidence.table import gather
from bot.evidence.words import plain
from bot.phrases import facts

SAID = "More gardening was associated with better sleep (r = .30)."
READ = Summary(
    id="gardens",
    issue="2022-09",
    title="Gardens",
    text="original",
    summary=f"In this survey of 141 therapists, Roe and colleagues asked. {SAID}",
    implications=("Ask about gardens.",),
    bottom_line=SAID,
    study=Study(
        citation=None,
        authors=("Roe",),
        design="survey",
        sample=(("therapists", 141),),
        effects=(Effect("More gardening was associated with better sleep", "r", 0.3),),
    ),
    read_from=(("design", ("In this survey of 141 therapists, Roe and colleagues asked.",)), ("effects", (SAID,))),
)
CHECKED = replace(READ, read_from=())
"""The same, every fact of it checked by a person."""
OURS = replace(CHECKED, bottom_line="Gardening went with sleep.")
MARK = "(read from the text)"


def words(block: Any) -> Iterator[str]:
    """Every text in blocks, whatever they are."""
    if isinstance(block, dict):
        elements = block.get("elements", [])
        if block.get("type") == "rich_text_section":
            yield "".join(str(element.get("text", "")) for element in elements)
        elif isinstance(block.get("text"), str):
            yield block["text"]
        else:
            for part in block.values():
                yield from words(part)
    elif isinstance(block, list):
        for part in block:
            yield from words(part)


def seen_in_card(summary: Summary) -> str:
    """The words of a card's blocks, and its text."""
    return "\n".join([*words(dump(card.body(summary))), card.text(summary)])


def seen_in_study(summary: Summary) -> str:
    """The words of the window behind *Details*, as opened from a list."""
    corpus = Corpus((Issue("2022-09", True, (), (summary,)),), (), Lexicon())
    return "\n".join(words(study_view(summary, corpus, listed=True)["blocks"]))


def test_facts_that_were_read_are_marked_on_the_card_and_in_the_window() -> None:
    assert seen_in_card(READ).count(f"Roe and colleagues · year not stated · survey · 141 therapists {MARK}") == 2
    window = seen_in_study(READ)
    assert f"PPRNet Sep 2022 {MARK}" in window
    assert f"Effect sizes as printed {MARK}" in window


def test_facts_that_a_person_checked_are_not() -> None:
    for seen in (seen_in_card(CHECKED), seen_in_study(CHECKED), text_of(Reply(Answer(CHECKED)), None)):
        assert MARK not in seen


def test_only_what_is_shown_is_marked() -> None:
    effects_only = replace(READ, read_from=READ.read_from[1:])
    assert MARK not in seen_in_card(effects_only)
    window = seen_in_study(effects_only)
    assert window.count(MARK) == 1
    assert f"Effect sizes as printed {MARK}" in window


def test_a_finding_is_a_quotation_and_a_bottom_line_is_not() -> None:
    for seen in (seen_in_card(CHECKED), seen_in_study(CHECKED), text_of(Reply(Answer(CHECKED)), None)):
        assert "In the summary's words" in seen
        assert f"“{SAID}”" in seen
        assert "Bottom line" not in seen
    for seen in (seen_in_card(OURS), seen_in_study(OURS), text_of(Reply(Answer(OURS)), None)):
        assert "Bottom line" in seen
        assert "In the summary's words" not in seen
    assert facts.finding(READ) == f"“{SAID}”"
    assert facts.finding(OURS) == "Gardening went with sleep."


def test_the_comparison_and_the_evidence_mark_them_too() -> None:
    compared = text_of(Reply(Compared((("survey", (READ, OURS)),), Heading())), None)
    assert " ".join(compared.split()).count(MARK) == 1
    assert "In the summary's words" in compared
    assert plain(gather((READ,))).count(MARK) == 1
    assert MARK not in plain(gather((CHECKED,)))
    assert plain(gather((READ,), fit=lambda _: 0)).count(MARK) == 1
    assert MARK not in plain(gather((CHECKED,), fit=lambda _: 0))


def test_what_could_not_be_read_is_not_called_not_stated() -> None:
    unread = replace(CHECKED, study=Study(citation=None, authors=("Roe",)))
    assert facts.context(unread) == "Roe and colleagues · year not stated · PPRNet Sep 2022"
    assert facts.no_effects(unread) == "No effect size could be read from the text."
    assert "No effect size stated, or none that could be read from the text: Roe and colleagues" in plain(gather((unread,)))
    stated = replace(unread, text="digest")
    assert "design not stated · numbers not stated" in facts.context(stated)
    assert "No effect size stated: Roe and colleagues" in plain(gather((stated,)))


def test_a_bottom_line_that_could_not_be_read_is_not_called_not_stated() -> None:
    unread = replace(CHECKED, bottom_line=None)
    compared = text_of(Reply(Compared((("survey", (unread, OURS)),), Heading())), None)
    assert "No finding could be read from the text." in compared
    assert "not stated." not in compared
    compared = text_of(Reply(Compared((("survey", (replace(unread, text="digest"), OURS)),), Heading())), None)
    assert "Bottom line not stated." in compared


def test_authors_that_only_the_citation_has_are_not_called_not_stated() -> None:
    cited = replace(CHECKED, study=Study(citation="Roe A., Poe B. (2018). Gardens. Journal, 1, 1-2.", year=2018))
    assert facts.context(cited) == "2018 · PPRNet Sep 2022"
    uncited = replace(cited, study=Study(citation=None, year=2018))
    assert facts.context(uncited) == "authors not stated · 2018 · PPRNet Sep 2022"
