"""A page of a digest, text or HTML, as months and entries: word for word. A recipe says where what is. Pure.

A page is read whole or not at all: where it does not look as its recipe says, or where what was read of it is not what it
prints, PageError says what was expected and what was found. docs/curator.md says what is read, in "Import the blog" and
"Other digests".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial

from bot.blog.entries import entries_in, pager_at
from bot.blog.page import EmptyPageError, Line, Page, PageError, quoted
from bot.blog.page_address import filter_in
from bot.blog.recipe import MonthPlace, Recipe, shows
from bot.blog.recipe_file import the_blog
from bot.blog.source import read_source
from bot.blog.verify import check_outside, verify
from bot.corpus.model import month_name
from bot.corpus.months import latest_month

_PLACES = {MonthPlace.ABOVE: "as a heading", MonthPlace.UNDER_TITLE: "under each title"}


def read_page(
    data: bytes,
    *,
    charset: str | None = None,
    address: str | None = None,
    today: date | None = None,
    recipe: Recipe | None = None,
) -> Page:
    """Read a page. `charset` as the server names it; `address` where it was fetched from; `today` for its months, which are
    not in the future; `recipe` None: the blog's. Raises PageError.
    """
    recipe = recipe or the_blog()
    text = read_source(data, charset, partial(_stands_alone, recipe), recipe.paging)
    lines = tuple(_one_heading_a_line(text.lines, recipe))
    named = _known(lines, text.title, recipe)
    if recipe.month_place is MonthPlace.UNDER_TITLE:
        lines = (*lines[: named + 1], *_months_first(lines[named + 1 :], recipe))
    start = _start(lines, named, recipe)
    _check_months(lines[start:], latest_month(today), recipe)
    end = min(
        pager_at(lines, start), next((at for at in range(start, len(lines)) if recipe.is_foot(lines[at].text)), len(lines))
    )
    about, after_about = _about(lines[:start], recipe)
    filtered = (filter_in(address, recipe.paging) if address else None) or text.filtered
    if filtered is None and (chosen := next(filter(None, (_chosen(line.text, recipe) for line in lines[:start])), None)):
        filtered = f"its list of topics can be cleared of “{chosen}”"
    entries = entries_in(lines[start:end], recipe)
    verify(entries, lines[after_about:start], lines[start:end], lines[end:], recipe)
    source = None if recipe.source == the_blog().source else recipe.source
    return Page(tuple(dict.fromkeys(entries)), about, filtered, lines, source)


def _stands_alone(recipe: Recipe, piece: str, first: bool) -> bool:
    """Return whether words set off in bold are a line of their own: a heading, or what may be one where a line begins."""
    if recipe.months.month_of(piece) or (recipe.headings.is_heading(piece) and (first or " " in piece)):
        return True
    return first and (recipe.months.nearly(piece) or recipe.headings.nearly(piece))


def _one_heading_a_line(lines: Iterable[Line], recipe: Recipe) -> Iterator[Line]:
    """Yield the lines that say something: a heading on a line of its own, a citation's label in the line of the citation."""
    label = None
    for line in lines:
        if recipe.is_passed_over(line.text):
            continue
        if label is not None:
            line, label = Line(label.number, f"{label.text.rstrip(' :')}: {line.text}"), None
        if recipe.citation_label and line.text.rstrip(" :").casefold() == recipe.citation_label.casefold():
            label = line
        elif parts := recipe.headings.run_in(line.text):
            yield from (Line(line.number, part) for part in parts)
        else:
            yield line
    if label is not None:
        yield label


def _months_first(lines: Sequence[Line], recipe: Recipe) -> list[Line]:
    """Return the lines with each month above the title that it is under on the page."""
    found: list[Line] = []
    for line in lines:
        found.insert(len(found) - 1 if found and recipe.months.month_of(line.text) else len(found), line)
    return found


def _known(lines: Sequence[Line], title: str, recipe: Recipe) -> int:
    """Return where the last of the lines is by which the digest's pages are known. Raises PageError."""
    *above, last = recipe.known_by
    expected = f"the line “…{last[0]} …”" + (f" under “{above[0][0]}”" if above else "")
    named = next((at for at, line in enumerate(lines) if shows(line.text, last)), None)
    if named is None:
        begins = " / ".join(line.text for line in lines[:3])
        seen = f"a page titled {quoted(title)}" if title.strip() else f"a page that begins {quoted(begins)}"
        raise PageError(expected, seen if lines else "no text at all")
    for phrase in above:
        if not any(shows(line.text, phrase) for line in lines[: named + 1]):
            there = lines[max(0, named - 1)]
            raise PageError(f"“{phrase[0]}” above the line “…{last[0]} …”", f"{quoted(there.text)} there", there.number)
    return named


def _start(lines: Sequence[Line], named: int, recipe: Recipe) -> int:
    """Return where the first month is, after the lines by which the page is known."""
    start = next((at for at in range(named, len(lines)) if recipe.months.month_of(lines[at].text)), None)
    if start is None:
        check_outside(lines[named + 1 :], "on a page without one", recipe)
        like = recipe.months.example
        raise EmptyPageError(
            f"a month {_PLACES[recipe.month_place]}, like “{like}”", f"none in the {len(lines)} lines of the page"
        )
    return start


def _check_months(lines: Sequence[Line], latest: str, recipe: Recipe) -> None:
    for line in lines:
        if (month := recipe.months.month_of(line.text)) and month > latest:
            raise PageError(f"no month later than {month_name(latest)}", quoted(line.text), line.number)


def _about(head: Sequence[Line], recipe: Recipe) -> tuple[str, int]:
    """Return what the page says that the newest issue is about, and where the lines after it begin."""
    for at, line in enumerate(head):
        if recipe.subjects and (match := shows(line.text, recipe.subjects)):
            return line.text[match.end() :].strip().rstrip(".").strip(), at + 1
    return "", (0 if recipe.subjects else _after_known(head, recipe))


def _after_known(head: Sequence[Line], recipe: Recipe) -> int:
    return next((at + 1 for at, line in enumerate(head) if shows(line.text, recipe.known_by[-1])), len(head))


def _chosen(line: str, recipe: Recipe) -> str | None:
    """Return what a list of filters marks as chosen; the one that means everything is none."""
    mark = recipe.paging.chosen
    if mark is None or not line.casefold().endswith(f" {mark}".casefold()):
        return None
    name = re.fullmatch(r"- (?!ALL\b)(.{1,80})", line[: -len(mark) - 1], re.IGNORECASE)
    return name[1] if name else None
