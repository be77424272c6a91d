"""What a page of the blog means: which of its months are news, and which need a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.approval.blog_check import SEVERAL, offers
from bot.blog.page import PageError
from bot.blog.pages import read_page
from bot.corpus.load import load
from bot.corpus.write import CorpusFolder
from bot.paths import default_root
from bot.store.drafts import Draft
from tests.bot.test_watch import WHOLE
from tests.support.blog_pages import ABOUT, DOGS, GARDENS, LETTERS, SILENCE, WINDOWS, Item, text_page
from tests.support.small_corpus import small_corpus

LATER = (("January 2024", (LETTERS,)), *WHOLE)


# -- what a page means ----------------------------------------------------------------------------------------------


def means(page: str, tmp_path: Path, known: dict[str, Draft] | None = None, this_month: str = "2024-01") -> list[Any]:
    small_corpus(tmp_path)
    found = offers(read_page(page.encode()), CorpusFolder(tmp_path / "small"), known or {}, this_month)
    return [(offer.key, offer.reasons) for offer in found]


def test_more_than_one_new_month_or_a_jump_needs_a_person(tmp_path: Path) -> None:
    assert means(text_page(WHOLE), tmp_path) == [("2023-12", ())]
    several = means(text_page(LATER, "letters between sessions"), tmp_path)
    assert several == [("2023-12", ("Nothing on the page says whether it is complete.", SEVERAL)), ("2024-01", (SEVERAL,))]
    jump = means(text_page((("March 2024", (LETTERS,)),), "letters between sessions"), tmp_path, this_month="2024-03")
    assert jump == [("2024-03", ("It comes 4 months after November 2023: months in between may be missing.",))]


def test_a_month_whose_draft_waits_is_left_when_a_later_one_comes(tmp_path: Path) -> None:
    waiting = {"2023-12": Draft("2023-12", "new", "")}
    assert means(text_page(LATER, "letters between sessions"), tmp_path, waiting) == [("2024-01", ())]
    both = {"2023-12": Draft("2023-12", "held", "", (SEVERAL,)), "2024-01": Draft("2024-01", "held", "", (SEVERAL,))}
    assert means(text_page(LATER, "letters between sessions"), tmp_path, both) == [("2024-01", (SEVERAL,))]


def test_old_months_and_the_same_month_again_are_no_news(tmp_path: Path) -> None:
    assert means(text_page((("November 2023", (DOGS,)), ("June 2019", (LETTERS,)))), tmp_path) == []


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (text_page((("March 2024", (GARDENS,)),)), "no month later than the one after January 2024"),
        (text_page((("November 2023", (DOGS,)), ("December 2023", (GARDENS, WINDOWS, SILENCE)))), "newest to the oldest"),
        (text_page(WHOLE).replace("- Adherance", "- Adherance (clear)"), "only a part of the blog"),
    ],
)
def test_a_page_that_the_blog_never_shows_cannot_be_told(page: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(PageError, match=says):
        means(page, tmp_path)


def test_a_paper_that_is_held_already_is_no_part_of_a_whole_month(tmp_path: Path) -> None:
    held = next(summary for summary in load(default_root()).issues[1].summaries if summary.study.doi)
    again = Item("Gardens Once More", GARDENS.summary, GARDENS.implications, held.study.citation)
    ((month, reasons),) = means(text_page((("December 2023", (again, WINDOWS, SILENCE)),), ABOUT), tmp_path)
    assert month == "2023-12"
    assert reasons == ("1 of its entries are already in the library, under another month.",)
