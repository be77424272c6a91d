"""No study is ever shown with words of another: whatever is wrong with a page's lines, it is read right or refused with
the line.
"""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.blog.page import Entry, PageError
from bot.blog.pages import read_page
from bot.corpus.sentences import sentences
from tests.support.blog_pages import DOGS, GARDENS, LETTERS, MONTHS, SILENCE, WINDOWS, Item, html_page, text_page
from tests.support.examples import examples

ITEMS = (GARDENS, WINDOWS, SILENCE, DOGS, LETTERS)
PAGE = text_page()
LINES = PAGE.split("\n")
HEADINGS = [at for at, line in enumerate(LINES) if line in ("Practice Implications", "Practical Implications")]
INVISIBLE = "\u200b\u00ad\ufeff\u2060\u200e\u202a\u2069\u200d\ufe0f"
SPACES = "\u00a0\u2009\u202f\u3000\t"


def said_by(entry: Entry) -> list[str]:
    """The sentences of an entry's summary and implications."""
    return [each for text in (*entry.paragraphs, *entry.implications) for each in sentences(text)]


def read(lines: list[str]) -> dict[str, list[str]]:
    """The titles of a page's entries, each with the sentences of its summary and implications."""
    page = read_page("\n".join(lines).encode())
    assert len({(entry.month, entry.title) for entry in page.entries}) == len(page.entries)
    return {
        f"{entry.month} {entry.title}": [
            each for text in (*entry.paragraphs, *entry.implications) for each in sentences(text)
        ]
        for entry in page.entries
    }


RIGHT = read(LINES)


def without(text: str) -> str:
    """A text without what nobody sees, every white space one space."""
    return " ".join("".join(char for char in text if char not in INVISIBLE).split())


@pytest.mark.parametrize("char", INVISIBLE + SPACES)
def test_invisible_characters_and_odd_spaces_are_no_part_of_any_line(char: str) -> None:
    dirty = [f"{line[:3]}{char}{line[3:]}" if char in INVISIBLE else line.replace(" ", char) for line in LINES]
    assert read([f"{char}{line}{char}" if line else "" for line in dirty]) == RIGHT
    assert read_page(
        html_page().replace(" Implications", f"{char} Implicat{char if char in INVISIBLE else ''}ions").encode()
    )


@pytest.mark.parametrize(
    "heading",
    """Practice Implications.|Practice Implications:|PRACTICE IMPLICATIONS|practice implications|Practice Implication
    Practical Implications :|Clinical Implications|Clinical implication.|Implications for Practice.|Implications for practice
    Implications for Clinicians:|Implications|Practise Implications|Implications for Clinical Practice|Practice-Implications
    Practice  Implications|**Practice Implications**|Practice\u00a0Implications|Practice Implications…""".replace(
        "\n", "|"
    ).split("|"),
)
def test_the_heading_of_implications_is_read_in_all_its_wordings(heading: str) -> None:
    lines = list(LINES)
    lines[HEADINGS[0]] = heading.strip()
    assert read(lines) == RIGHT


@pytest.mark.parametrize(
    "heading",
    ["Practice Implications: ", "Practice Implications. ", "Clinical Implications:", "Implications for Practice – "],
)
def test_a_heading_in_the_line_of_its_text_is_a_heading(heading: str) -> None:
    at = HEADINGS[0]
    assert read([*LINES[:at], heading + LINES[at + 1], *LINES[at + 2 :]]) == RIGHT


@pytest.mark.parametrize(
    "heading",
    """Practice Implicatons|Practice lmplications|Practical Implicatoins.|Pratice implications:|Implications of This Study
    What to Do|Practice Points|Clinical Considerations.|Conclusions:|Implications for the Team|Practice Implicatons: Listen.
    Take-home message""".replace("\n", "|").split("|"),
)
@pytest.mark.parametrize("item", [0, 1])
def test_what_only_may_be_that_heading_refuses_the_page_with_the_line(heading: str, item: int) -> None:
    lines = list(LINES)
    lines[HEADINGS[item]] = heading.strip()
    with pytest.raises(PageError) as refused:
        read(lines)
    assert refused.value.line is not None
    assert abs(refused.value.line - (HEADINGS[item] + 1)) <= 3
    assert f"in line {refused.value.line}" in str(refused.value)


@pytest.mark.parametrize(
    ("heading", "month"),
    [
        ("April, 2020", "2020-04"),
        ("Apr 2020", "2020-04"),
        ("APRIL 2020", "2020-04"),
        ("Apr\u200bil 2020\u200b", "2020-04"),
        ("Month of April 2020", "2020-04"),
        ("April2020", "2020-04"),
        ("April\u00a02020:", "2020-04"),
        ("2020 April", "2020-04"),
        ("Sept. 2020", "2020-09"),
        ("(Dec. 2019)", "2019-12"),
        ("the month of May, 2020.", "2020-05"),
    ],
)
@pytest.mark.parametrize("old", ["April 2020", "November 2022"])
def test_what_is_surely_a_month_is_read(heading: str, month: str, old: str) -> None:
    page = read_page(PAGE.replace(old, heading).encode())
    assert len(page.entries) == 6
    items = [DOGS] if old == "April 2020" else [GARDENS, WINDOWS, SILENCE]
    assert [entry.title for entry in page.of_month(month)][: len(items)] == [item.title for item in items]
    as_html = html_page().replace(f"<h2>{old}</h2>", f"<p><b>{heading}</b></p>")
    assert [entry.month for entry in read_page(as_html.encode()).entries] == [entry.month for entry in page.entries]


@pytest.mark.parametrize(
    "heading",
    """Aprill 2020|Avril 2020|April|April 20 20|3 April 2020|April 3, 2020|April 1820|Apr '20|2020-04|04/2020|Issue 4
    Summaries of April 2020|- April 2020|April/May 2020|Arpil, 2020|Decembre 2020""".replace("\n", "|").split("|"),
)
@pytest.mark.parametrize("old", ["November 2022", "April 2020", "December 2017"])
def test_what_may_be_a_month_or_is_none_refuses_the_page(heading: str, old: str) -> None:
    with pytest.raises(PageError):
        read_page(PAGE.replace(old, heading.strip()).encode())


def test_of_what_may_be_a_month_it_is_said_that_it_cannot_be_told() -> None:
    with pytest.raises(PageError, match=r"I cannot tell whether it is a month’s heading, .* in line 12"):
        read_page(PAGE.replace("November 2022", "Novembre 2022").encode())


@pytest.mark.parametrize(
    "line",
    [
        "November 2022",
        "Practice Implications",
        GARDENS.citation,
        GARDENS.title,
        "Lee, A., & Kim, B. 2020. Cats and their rooms. Journal of Invented Results, 1(2), 3-4.",
        "In A. Vale & C. Orr (Eds.), Handbook of animals (pp. 1-9). Inventors.",
        "Cats in Waiting Rooms",
        "Does a Cat Help?",
        "Is a cat enough? The role of cats in the associations between cats and outcome.",
    ],
)
@pytest.mark.parametrize("after", [GARDENS.summary, WINDOWS.implications, LETTERS.summary])
def test_nothing_that_looks_like_a_part_of_the_page_is_in_a_text(line: str, after: str) -> None:
    at = LINES.index(after) + 1
    lines = [*LINES[:at], line, "And a further paragraph of the same text, which is long enough. " * 6, *LINES[at:]]
    with pytest.raises(PageError):
        read(lines)


@pytest.mark.parametrize(
    "title",
    """Attachment and Its Implications for Treatment|Implications of Early Change for Outcome|Marching On: CBT Since 1990
    What Are the Clinical Implications of Therapist Empathy?|Depression After the Pandemic of 2020|Practice Makes Perfect
    Practical Wisdom in Therapy|Top Ten Findings of 2014|Therapy May Help|August Outcomes""".replace("\n", "|").split("|"),
)
def test_a_title_may_speak_of_implications_and_of_years(title: str) -> None:
    assert len(read_page(PAGE.replace(WINDOWS.title, title.strip()).encode()).entries) == len(RIGHT)


def test_lost_line_breaks_refuse_the_page() -> None:
    at = HEADINGS[0]
    for joined in (
        [*LINES[: at - 1], " ".join(LINES[at - 1 : at + 2]), *LINES[at + 2 :]],
        [*LINES[: at + 1], " ".join(LINES[at + 1 : at + 3]), *LINES[at + 3 :]],
        [*LINES[: at + 1], " ".join((WINDOWS.implications, str(SILENCE.citation), SILENCE.summary)), *LINES[at + 2 :]],
    ):
        with contextlib.suppress(PageError):
            assert set(read(joined)) != set(RIGHT)
            pytest.fail("a joined line was read")


def test_a_figure_alone_in_a_text_does_not_end_the_page() -> None:
    at = LINES.index(SILENCE.summary)
    with pytest.raises(PageError):
        read([*LINES[:at], "2", *LINES[at:]])
    with pytest.raises(PageError, match=r"behind the links to other pages"):
        read([*LINES[:at], "1", "2", "Next", *LINES[at:]])
    assert read([*LINES, "1", "2", "Next", "© University of Somewhere"]) == RIGHT


def test_a_list_of_months_beside_the_entries_is_no_heading() -> None:
    at = LINES.index("November 2022")
    archive = ["Archive", "- November 2022", "- April 2020 (1)"]
    assert read([*LINES[:at], *archive, *LINES[at:]]) == RIGHT
    assert read([*LINES, "1", "2", *archive]) == RIGHT


def test_the_same_entry_printed_twice_in_a_month_is_one_and_in_two_months_two() -> None:
    page = text_page((("June 2020", (DOGS, DOGS)), ("May 2020", (DOGS,))))
    assert list(read(page.split("\n"))) == [f"2020-06 {DOGS.title}", f"2020-05 {DOGS.title}"]


def test_a_list_of_implications_stays_as_it_is_and_one_sentence_one() -> None:
    listed = "- Bring a dog. Or two.\n- Ask first."
    page = read_page(text_page((("June 2020", (Item(DOGS.title, DOGS.summary, listed),)),)).encode())
    assert page.entries[0].implications == ("Bring a dog. Or two.", "Ask first.")
    page = read_page(text_page((("June 2020", (DOGS,)),)).encode())
    assert page.entries[0].implications == (DOGS.implications,)


@pytest.mark.parametrize(
    "citation",
    [
        "Quist, L. (2019). Dogs. In A. Vale & C. Orr (Eds.), Handbook of animals (pp. 1-9).",
        "In A. Vale & C. Orr (Eds.), Handbook of animals (pp. 1-9).",
        "Dogs as helpers. In A. Vale (Ed.) (2019). Handbook of animals. Inventors.",
        "Quist, L. & Zed, B. Dogs and rooms. Journal of Invented Results, 12(3), 1-9.",
        "Quist, L., & Zed, B. (2019) Dogs and rooms. Journal of Invented Results.",
        "Quist, L. (2019). Dogs.\nIn A. Vale & C. Orr (Eds.), Handbook of animals (pp. 1-9).",
        "Quist, L. (2019). Dogs.\nhttps://doi.org/10.9999/inv.1",
    ],
)
def test_what_is_printed_under_a_title_as_a_citation_is_one(citation: str) -> None:
    (entry,) = read_page(
        text_page((("June 2020", (Item(DOGS.title, DOGS.summary, DOGS.implications, citation),)),)).encode()
    ).entries
    assert entry.citation == citation.replace("\n", " ")
    assert entry.paragraphs == (DOGS.summary,)
    assert entry.year == (2019 if "2019" in citation else None)


# -- pages at random ------------------------------------------------------------------------------------------------

ALL = [item for _, items in MONTHS for item in items]
OWN = {
    f"{month}: {item.title}": {*sentences(item.summary), *sentences(item.implications)}
    for month, items in MONTHS
    for item in items
}
CHANGES = ("drop", "twice", "swap", "join", "cut", "misspell", "insert", "retitle", "break")
BITS = (
    *"1 2 | … Next :".split(),
    "- ",
    "Practice Implicatons",
    "Clinical Implications.",
    "Aprill 2020",
    "May, 2020",
    "A Title of Its Own",
    "Share this page",
    "x@example.org",
    *LINES[11:],
)


@st.composite
def changed(draw: st.DrawFn) -> list[str]:
    """The page's lines after up to three accidents."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(8, len(lines) - 2))
        line = lines[at]
        match draw(st.sampled_from(CHANGES)):
            case "drop":
                del lines[at]
            case "twice":
                lines.insert(at, line)
            case "swap":
                lines[at], lines[at + 1] = lines[at + 1], lines[at]
            case "join":
                lines[at : at + 2] = [draw(st.sampled_from(["", " ", ": "])).join((line, lines[at + 1]))]
            case "cut":
                lines[at] = line[: draw(st.integers(0, len(line)))]
            case "break":
                place = draw(st.integers(0, len(line)))
                lines[at : at + 1] = [line[:place], line[place:]]
            case "misspell":
                place = draw(st.integers(0, max(0, len(line) - 1)))
                lines[at] = line[:place] + draw(st.sampled_from(["", "x", "I", "\u0456", " ", "."])) + line[place + 1 :]
            case "insert":
                lines.insert(at, draw(st.sampled_from(BITS)))
            case _:
                lines[at] = draw(st.sampled_from(BITS))
    return lines


@settings(max_examples=examples(400), deadline=None)
@given(changed())
@example([line for line in LINES if line != "Practical Implications"])
@example([line for line in LINES if line != "Practice Implication"])
def test_whatever_happens_to_its_lines_no_entry_gets_words_of_another(lines: list[str]) -> None:
    try:
        page = read_page("\n".join(lines).encode())
    except PageError:
        return
    for entry in page.entries:
        owners = {at for each in said_by(entry) for at, own in enumerate(OWN) if each in own}
        assert len(owners) <= 1, entry
