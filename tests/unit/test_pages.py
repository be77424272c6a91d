"""Reading the blog's pages: what is printed comes out word for word, and what is no such page is refused with reasons."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.blog.citations import surnames
from bot.blog.completeness import check_completeness, subjects_of
from bot.blog.page import MAX_BYTES, PageError
from bot.blog.pages import read_page
from bot.corpus.sentences import sentences
from tests.support.blog_pages import ABOUT, DOGS, GARDENS, LETTERS, SILENCE, WINDOWS, Item, html_page, text_page
from tests.support.examples import examples

PAGE = text_page()
ENTRY = "<p>Title {0}</p><p>Said {0}.</p><h4>Practice Implications</h4><p>Do {0}.</p>"


def test_every_entry_comes_out_word_for_word_under_its_month() -> None:
    page = read_page(PAGE.encode())
    assert page.months == ("2022-11", "2020-04", "2017-12")
    assert [entry.title for entry in page.of_month("2022-11")] == [GARDENS.title, WINDOWS.title, SILENCE.title]
    for item, entry in zip((GARDENS, WINDOWS, SILENCE, DOGS, LETTERS), page.entries, strict=False):
        assert entry.paragraphs == (item.summary,)
        assert list(entry.implications) == sentences(item.implications)
        assert entry.citation == item.citation
    assert len(page.entries) == 6
    assert page.about == ABOUT
    assert not any("@" in text for entry in page.entries for text in entry.texts)  # an e-mail address is nobody's text


def test_citations_give_years_names_and_dois_as_printed_and_nothing_where_none_is() -> None:
    gardens, windows, silence, dogs, letters, _ = read_page(PAGE.encode()).entries
    assert (gardens.year, gardens.doi) == (2021, "10.9999/inv.2021.004")
    assert gardens.authors == ("Northam", "Ó Súilleabháin", "van Dale", "Holm Berg")
    assert (windows.citation, windows.year, windows.doi, windows.authors) == (None, None, None, ())
    assert (silence.year, silence.doi, silence.authors) == (2016, "10.9999/jcpp.12767", ("Ferro", "Lind"))
    assert (dogs.year, dogs.doi, dogs.authors) == (2019, None, ("Quist", "Zed"))
    assert (letters.year, letters.doi) == (2018, "10.9999/cpp.2180")


@pytest.mark.parametrize(
    ("citation", "names"),
    [
        ("Mason, A-M., Lee, E. (2019). T.", ("Mason", "Lee")),
        ("McRae, A., Del Oro, C. et al. (2021). T.", ("McRae", "Del Oro")),
        ("Norn, J. C., & Lamb, M. J. (Eds.). (2018). T.", ("Norn", "Lamb")),
        ("Lee, A., Kim, B., Lee, C., & Roe, D. (2020). T.", ("Lee", "Kim", "Lee", "Roe")),
        ("Some Society for Research. (2020). T.", ()),
        ("Kring, M., … Wolf, B. E. (in press). T.", ("Kring", "Wolf")),
    ],
)
def test_surnames(citation: str, names: tuple[str, ...]) -> None:
    assert surnames(citation) == names


@pytest.mark.parametrize("kind", ["plain", "breaks", "bold", "nested"])
def test_html_gives_what_the_text_of_the_page_gives(kind: str) -> None:
    page = read_page(html_page(kind=kind).encode())
    assert page.entries == read_page(PAGE.encode()).entries
    assert page.about == ABOUT
    assert page.filtered is None


def test_a_page_that_says_how_it_is_written_is_read_so() -> None:
    text = html_page().replace("utf-8", "windows-1252").replace("−", "-").replace("‐", "-")
    read = read_page(text.encode("windows-1252"))
    assert read.entries[0].authors[1] == "Ó Súilleabháin"
    assert read_page(text.encode("windows-1252"), charset="ISO-8859-1").entries == read.entries
    assert read_page(b"\xef\xbb\xbf" + PAGE.replace("\n", "\r\n").encode()).entries == read_page(PAGE.encode()).entries


@pytest.mark.parametrize(
    ("page", "expected", "found"),
    [
        (b"", "a page of the blog", "it is empty"),
        (b"  \n", "a page of the blog", "it is empty"),
        (b"x" * (MAX_BYTES + 1), "at most 2 MiB", "bytes"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "text or HTML", "89 50 4e 47"),
        (b"%PDF-1.7 ...", "text or HTML", "25 50 44 46"),
        (PAGE.encode("utf-16"), "text or HTML", "other data"),
        (PAGE.encode("latin-1", "replace").replace(b"\n", b"\xe9\n"), "a page in UTF-8", "which is not"),
        (PAGE.encode().decode("windows-1252", "replace").encode(), "readable characters", "wrong character set"),
        (b"<html><head><title>Sign in</title></head><body>Password</body></html>", "I blog about", "titled “Sign in”"),
        (b"503 Service Unavailable", "I blog about", "begins “503 Service Unavailable”"),
        (PAGE.replace("I blog about", "je parle de").encode(), "I blog about", "begins “Blog / "),
        (PAGE.replace("This month...", "Ce mois-ci").encode(), "This month", "Ce mois-ci"),
        (PAGE[: PAGE.index("November 2022")].encode(), "a month as a heading", "none in the"),
        (PAGE[: PAGE.index(DOGS.summary)].encode(), "“Practice Implications” under April 2020", "only “Dogs"),
        (PAGE[: PAGE.index("Practice Implication\n") + 20].encode(), "text under “Practice Implications”", "cut off"),
        (PAGE[:-20].encode(), "whole sentences in the entry “Chairs", "cut off"),
        (html_page()[:-3000].encode(), "</html> at the end", "cut off"),
        (PAGE.replace("Practice Implications", "What to do").encode(), "Practice Implications", "only"),
        (PAGE.replace(GARDENS.summary + "\n", "").encode(), "a summary in the entry “Do Gardens", "none"),
        (PAGE.replace(DOGS.title, "Dogs " * 80).encode(), "a title of at most 300", "“Dogs"),
        (PAGE.replace(DOGS.summary, "Dogs bark. " * 2000).encode(), "10,000 characters of summary", "more"),
    ],
    ids=lambda value: str(value)[:20] if isinstance(value, str) else None,
)
def test_what_is_no_page_of_the_blog_is_refused_with_what_was_expected_and_found(
    page: bytes, expected: str, found: str
) -> None:
    with pytest.raises(PageError) as refused:
        read_page(page)
    assert expected in refused.value.expected
    assert found in refused.value.found
    assert len(str(refused.value)) < 300
    assert str(refused.value).isprintable()


def test_two_entries_that_nothing_parts_are_not_guessed_apart() -> None:
    extra = WINDOWS.implications + "\nAnd one more remark\n" + "Another long paragraph that ends. " * 5
    months = (("November 2022", (WINDOWS, Item("Chairs", WINDOWS.summary, WINDOWS.implications))),)
    page = text_page(months).replace(WINDOWS.implications, extra)
    with pytest.raises(PageError, match="a title between two entries of November 2022"):
        read_page(page.encode())


@pytest.mark.parametrize(
    ("address", "html", "says"),
    [
        ("https://blog.example/blog?p=8&cat_1=26", "", "filters by cat_1"),
        ("https://blog.example/blog?p=2", "", "names page 2"),
        ("https://blog.example/blog?p=1&cat_1=&cat_2=0", "", None),
        (None, "<link rel=canonical href='/blog?cat_2=41'>", "filters by cat_2"),
        (None, "<a href='?p=2&amp;cat_2=41'>2</a>", "keep a filter"),
        (None, "<select name=cat_1><option value=''>All<option value=26 selected>Trials</select>", "its list cat_1"),
        (None, "<select name=cat_1><option value='' selected>All<option value=26>Trials</select>", None),
    ],
)
def test_a_filter_is_seen_in_the_address_and_in_the_page(address: str | None, html: str, says: str | None) -> None:
    filtered = read_page(html_page(more=html).encode(), address=address).filtered
    assert filtered is None if says is None else says in str(filtered)


def test_a_filter_is_seen_in_the_text_of_a_page() -> None:
    page = read_page(PAGE.replace("- Adherance", "- Adherance (clear)").encode())
    assert page.filtered == "its list of topics can be cleared of “Adherance”"


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>" * 200_000,
        "<b>" * 150_000 + "x",
        "<b><i><u>" * 5_000 + "<p>" * 5_000,
        "<p " + "a='1' " * 150_000 + ">",
        "&amp;" * 300_000,
        "<" * 1_000_000,
        "<!--" * 300_000,
        "(" * 1_000_000,
        "Aa " * 400_000,
        "A" * 1_500_000,
        "".join(f"<p>Title {at}</p><p>Said {at}.</p><h4>Practice Implications</h4><p>Do {at}.</p>" for at in range(15_000)),
        "".join(
            f"<h2>May 2020</h2><p>Title {at}</p><p>Said {at}.</p><h4>Implications</h4><p>Do {at}.</p>" for at in range(900)
        ),
        "<h2>May 2020</h2><p>Title</p>" + "<p>Said so.</p>" * 100_000 + "<h4>Implications</h4><p>Do.</p>",
    ],
    ids=lambda value: value[:6],
)
@pytest.mark.slow
def test_hostile_html_costs_no_more_than_its_size(hostile: str) -> None:
    text = html_page().replace("<h2>November 2022</h2>", hostile + "<h2>November 2022</h2>" + hostile[:20_000])
    begun = time.process_time()
    with contextlib.suppress(PageError):
        read_page(text.encode()[:MAX_BYTES])
    assert time.process_time() - begun < 20  # quadratic ones took minutes


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_a_damaged_page_is_read_or_refused_and_never_anything_else(data: st.DataObject) -> None:
    source = data.draw(st.sampled_from([PAGE, html_page(), html_page(kind="bold")]))
    begin = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(begin, min(len(source), begin + 2_000)))
    some = st.sampled_from(["<script>", "</p>", "\n\n", "<b>", "November 2022\n", "&#0;"])
    put = data.draw(st.one_of(st.text(max_size=60), some))
    damaged = source[:begin] + put + source[end:]
    page = None
    with contextlib.suppress(PageError):
        page = read_page(damaged.encode("utf-8", "surrogatepass"))
    if page is None:
        return
    printed = " ".join(line.text for line in page.lines)
    for entry in page.entries:
        assert entry.implications
        assert all(text in printed for text in entry.texts)


def test_subjects_are_read_from_the_line_in_every_way_it_can_be_meant() -> None:
    assert subjects_of("therapist empathy, borderline disorder, and research on depression") == (
        ("therapist empathy", "borderline disorder", "research on depression"),
    )
    assert subjects_of("gardens and windows") == (("gardens and windows",), ("gardens", "windows"))
    assert subjects_of("gardens, windows and silence")[-1] == ("gardens", "windows", "silence")
    assert subjects_of("") == ()


def test_a_month_is_whole_only_when_every_subject_has_an_entry_and_every_entry_a_subject() -> None:
    page = read_page(PAGE.encode())
    november = page.of_month("2022-11")
    assert check_completeness(ABOUT, november).whole
    assert check_completeness(ABOUT, november[:2]).reason == "The blog announces 3 subjects but shows 2 summaries."
    assert (
        check_completeness("listening in gardens, and silence", november).reason
        == "The blog announces 2 subjects but shows 3 summaries."
    )
    lost = check_completeness("gardens, cost of medication, and borderline personality disorder", november)
    assert lost.reason == "Only 1 of the 3 subjects that the blog announces fits a summary on its page."
    none = check_completeness("cost of medication", november[:1])
    assert none.reason == "The subject that the blog announces does not fit the summary on its page."
    assert (
        check_completeness("gardens and windows", november[:1]).reason
        == "The blog announces 2 subjects but shows 1 summary. Its announcement can be read in two ways."
    )
    assert check_completeness("gardens and windows", november[:2]).whole
    assert not check_completeness("", november).whole
