"""From a page's lines to its entries: months and the headings of implications divide them, as a recipe says. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.blog import citations
from bot.blog.page import Entry, Line, PageError, quoted
from bot.blog.recipe import CitationPlace, Form, MonthPlace, Recipe
from bot.corpus.sentences import sentences
from bot.text import normalised

MAX_ENTRIES = 1_000
"""Entries on a page; the blog lists six."""
MAX_TITLE = 300
MAX_SUMMARY = 10_000
MAX_IMPLICATION = 3_000
MAX_IMPLICATIONS = 20

_EMAIL = re.compile(r"(?:corresponding )?author(?:[’']s)? e-?mails?\b.{0,200}|[\w.+-]{1,64}@[\w.-]{1,100}", re.IGNORECASE)
_PAGER = re.compile(
    r"(?:- )?(?:[«‹<]{0,2} ?(?:previous|prev|next|first|last|older|newer)(?: (?:page|posts|entries))? ?[»›>]{0,2}"
    r"|[0-9]{1,3}|page [0-9]{1,3}(?: of [0-9]{1,3})?|[«‹»›…|]{1,3})",
    re.IGNORECASE,
)
_MARK = re.compile(r"[-•·▪◦‣] ?|: ?")
_SENTENCE_END = re.compile(r"[.?!…:;][\"”’')\]]{0,3}$|https?://\S+$")


def is_email(line: str) -> bool:
    """Return whether a line says an author's e-mail address, which is nobody's text."""
    return bool(_EMAIL.fullmatch(line))


def unmarked(line: str) -> str:
    """Return a line without a list's mark, or the colon of a heading that was in the same line."""
    match = _MARK.match(line)
    return line[match.end() :].strip() if match else line


def is_marked(line: str) -> bool:
    """Return whether a line is a list's member."""
    return bool(_MARK.match(line)) and not line.startswith(":")


def is_same(one: str, other: str) -> bool:
    """Return whether two lines are one title printed twice."""
    return normalised(one) == normalised(other)


def ends_whole(text: str) -> bool:
    """Return whether a text ends as a sentence does."""
    return bool(_SENTENCE_END.search(text[-400:]))


def pager_at(lines: Sequence[Line], start: int) -> int:
    """Return where the links to the blog's other pages begin; behind the last line where there are none.

    A figure alone among other lines is no link.
    """
    pagers = [bool(_PAGER.fullmatch(line.text)) for line in lines]
    for at in range(start, len(lines)):
        alone = not (at + 1 == len(lines) or pagers[at + 1])
        if pagers[at] and not (alone and not re.search("[a-z]{4}", lines[at].text)):
            return at
    return len(lines)


def entries_in(lines: Sequence[Line], recipe: Recipe) -> list[Entry]:
    """Return the entries of a page's lines, which begin with a month, each as often as it is printed. Raises PageError."""
    month_of = recipe.months.month_of
    found: list[Entry] = []
    at = 0
    while at < len(lines):
        after = next((place for place in range(at + 1, len(lines)) if month_of(lines[place].text)), len(lines))
        month = month_of(lines[at].text)
        if month:
            found += _month(month, lines[at], lines[at + 1 : after], recipe)
        if len(found) > MAX_ENTRIES:
            raise PageError(f"at most {MAX_ENTRIES:,} entries", "more", lines[at].number)
        at = after
    return found


def _month(month: str, heading: Line, lines: Sequence[Line], recipe: Recipe) -> list[Entry]:
    """Return the entries of one month's line: those under a heading, or the one whose title it is with."""
    name = heading.text
    marks = [at for at, line in enumerate(lines) if recipe.headings.is_heading(line.text)]
    if not marks:
        seen = f"only {quoted(lines[0].text)} there" if lines else "nothing there"
        raise PageError(f"“{recipe.headings.name}” under {name}", seen, heading.number)
    if recipe.month_place is MonthPlace.UNDER_TITLE and len(marks) > 1:
        near = next((line for line in lines if recipe.months.nearly(line.text)), None)
        found = f"a second “{lines[marks[1]].text}” after {name}" if near is None else quoted(near.text)
        raise PageError(f"a month under each title, like “{recipe.months.example}”", found, (near or lines[marks[1]]).number)
    entries = []
    begin = 0
    for place, mark in enumerate(marks):
        last = place == len(marks) - 1
        after = lines[mark + 1 :] if last else lines[mark + 1 : marks[place + 1]]
        length = len(after) if last else _next_title([line.text for line in after], name, lines[mark], recipe)
        below = [line for line in after[:length] if not is_email(line.text)]
        entries.append(_entry(month, name, lines[begin : mark + 1], below, recipe))
        begin = mark + 1 + length
    return entries


def _next_title(lines: Sequence[str], name: str, mark: Line, recipe: Recipe) -> int:
    """Return where, between the heading of one entry's implications and that of the next one's, the next one's title is.

    Nothing separates the two. What tells is an author's e-mail before the title, a citation before or after it, the title
    once more after it, the end of a list, or that three lines can only be implications, title and summary.
    """
    if recipe.citation_place is CitationPlace.AT_END:
        at_end = [at for at in range(1, len(lines) - 1) if recipe.cited(lines[at])]
        if len(at_end) == 1:
            rest = range(at_end[0] + 1, len(lines))
            return next((at for at in rest if not is_email(lines[at]) and not citations.goes_on(lines[at])), len(lines))
    if recipe.form is Form.LIST:
        end = next((at for at, line in enumerate(lines) if not is_marked(line)), len(lines))
        if 0 < end < len(lines) - 1:
            return end
    for at in range(len(lines) - 1, 0, -1):
        if is_email(lines[at - 1]):
            return at
    for at in range(2, len(lines)):
        if recipe.citation_place is CitationPlace.UNDER_TITLE and _is_cited(lines[at], recipe):
            return at - 2 if at > 2 and is_same(lines[at - 1], lines[at - 2]) else at - 1
    for at in range(1, len(lines) - 1):
        if is_same(lines[at], lines[at + 1]):
            return at
    if len(lines) == 3:
        return 1
    listed = [at for at, line in enumerate(lines) if is_marked(line)]
    if listed and listed[0] <= 1 and listed == list(range(listed[0], listed[-1] + 1)) and listed[-1] < len(lines) - 2:
        return listed[-1] + 1
    likely = [
        at
        for at in range(1, len(lines) - 1)
        if len(lines[at]) <= 200 and len(lines[at - 1]) > len(lines[at]) < len(lines[at + 1]) and not lines[at].endswith(".")
    ]
    if len(likely) == 1:
        return likely[0]
    found = f"{len(lines)} lines, of which {len(likely)} could be one, after the heading"
    raise PageError(f"a title between two entries of {name}", found, mark.number)


def _entry(month: str, name: str, head: Sequence[Line], printed: Sequence[Line], recipe: Recipe) -> Entry:
    """Return one entry from the lines above and below the heading of its implications, the last line of `head`."""
    heading = recipe.headings.name
    mark = head[-1].number
    if len(head) == 1:
        raise PageError(f"a title above “{heading}” in {name}", "none", mark)
    title, rest = head[0].text, [line.text for line in head[1:-1]]
    what = f"the entry {quoted(title)} of {name}"
    if rest and is_same(rest[0], title):  # printed twice in a row
        del rest[0]
    below = [line.text for line in printed]
    citation = _citation(rest, below, recipe)
    printed = printed[: len(below)]
    if recipe.form is Form.LIST and (loose := next((line for line in printed if not is_marked(line.text)), None)):
        raise PageError(f"nothing but a list under “{heading}” in {what}", quoted(loose.text), loose.number)
    implications = _bullets([text for line in printed if (text := unmarked(line.text))], below)
    if not rest:
        raise PageError(f"a summary in {what}", "none above the heading", mark)
    if not implications:
        raise PageError(f"text under “{heading}” in {what}", "none: the page may be cut off", mark)
    if len(title) > MAX_TITLE:
        found = f"{len(title):,} in {quoted(title)}"
        raise PageError(f"a title of at most {MAX_TITLE} characters in {name}", found, head[0].number)
    if sum(len(line) + 1 for line in rest) > MAX_SUMMARY or len(implications) > MAX_IMPLICATIONS:
        raise PageError(
            f"at most {MAX_SUMMARY:,} characters of summary in {what}", "more: the layout may have changed", mark
        )
    if any(len(line) > MAX_IMPLICATION for line in implications):
        raise PageError(f"implications of at most {MAX_IMPLICATION:,} characters each in {what}", "longer ones", mark)
    for text, number in ((rest[-1], head[-2].number), (implications[-1], printed[-1].number)):
        if not ends_whole(text):
            found = f"a text that ends “…{text[-40:]}” (the page may be cut off)"
            raise PageError(f"whole sentences in {what}", found, number)
    doi = citations.doi(citation or "")
    return Entry(
        month=month,
        title=title,
        paragraphs=tuple(rest),
        implications=implications,
        citation=citation,
        authors=citations.surnames(citation) if citation else (),
        year=citations.year(citation or ""),
        doi=doi,
        url=citations.url(citation or "") if doi is None else None,
    )


def _citation(above: list[str], below: list[str], recipe: Recipe) -> str | None:
    """Take the citation out of the lines between title and heading, or below the heading, and return it."""
    if recipe.citation_place is CitationPlace.UNDER_TITLE:
        citation = recipe.cited(above[0]) if above else None
        if citation:
            del above[0]
        while citation and above and citations.goes_on(above[0]):
            citation += " " + above.pop(0)
        return citation
    lines = above if recipe.citation_place is CitationPlace.ABOVE_IMPLICATIONS else below
    last = next((at for at in range(len(lines) - 1, max(-1, len(lines) - 4), -1) if recipe.cited(lines[at])), None)
    if last is None or not all(map(citations.goes_on, lines[last + 1 :])):
        return None
    citation = " ".join([recipe.cited(lines[last]) or "", *lines[last + 1 :]])
    del lines[last:]
    return citation


def _is_cited(line: str, recipe: Recipe) -> bool:
    """Return whether a line is surely a citation."""
    return bool(recipe.cited(line)) if recipe.citation_label else citations.is_citation(line)


def _bullets(texts: Sequence[str], lines: Sequence[str]) -> tuple[str, ...]:
    """Return the implications one by one: those of a list as they are, a single paragraph sentence by sentence."""
    if len(texts) == 1 and not is_marked(lines[0]):
        split = sentences(texts[0])
        if len(split) <= MAX_IMPLICATIONS and len({each.casefold() for each in split}) == len(split):
            return tuple(split)
    return tuple(dict.fromkeys(texts))
