"""Checks what was read of a page against the page: a reader must never see one study with words of another. Pure.

Every sentence is in exactly one place, nothing is in an entry that the page does not print under its month, and no text
contains a line that looks like a heading, a month, a citation or a title. What fails is not guessed: the page is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from rapidfuzz import fuzz, process

from bot.blog.citations import is_citation, nearly_citation
from bot.blog.entries import MAX_TITLE, ends_whole, is_email, is_marked, is_same, unmarked
from bot.blog.page import Entry, Line, PageError, quoted
from bot.blog.recipe import CitationPlace, Recipe
from bot.corpus.sentences import sentences

_TITLE = 200
"""Characters of a line that may be a title."""
_SHORTER, _LONG = 3, 100
"""A line that is so many times shorter than the next one, which has so many characters, may be a title however it ends."""
_SAME_TITLE = 92
_HEADING_WORDS = 4
"""Words of a title up to which a month and a year in it make it a heading."""
_PASTED = 60
"""Characters of a sentence that two authors' texts hardly share."""
_CANNOT_TELL = "cannot tell whether it is"


@dataclass(slots=True)
class _Part:
    """An entry, and the printed lines of its summary and implications."""

    entry: Entry
    title: Line
    lines: list[Line] = field(default_factory=list)


def verify(
    entries: Sequence[Entry], head: Sequence[Line], body: Sequence[Line], tail: Sequence[Line], recipe: Recipe
) -> None:
    """Check a page's entries, in its order, against its lines: those above the first month's heading, from there on, and
    behind the entries. Raises PageError with the line.
    """
    check_outside(head, "above the first month’s heading", recipe)
    check_outside(tail, "behind the links to other pages", recipe, may_be_long=True)
    titles = [entry.title for entry in entries]
    parts = _parts(entries, body, recipe)
    for part in parts:
        if found := _no_title(part.title.text, recipe):
            raise PageError("a title above each text", found, part.title.number)
        for line, after in zip_longest(part.lines, part.lines[1:]):
            if found := _foreign(line.text, after, titles, recipe):
                raise PageError("nothing but text in summaries and implications", found, line.number)
        _check_sentences(part)
    _check_shared(parts)


def _parts(entries: Sequence[Entry], body: Sequence[Line], recipe: Recipe) -> list[_Part]:
    """Return which printed lines are the text of which entry."""
    parts: list[_Part] = []
    month, cited, in_text = None, "", False
    elsewhere = recipe.citation_place is not CitationPlace.UNDER_TITLE
    for line in body:
        text = line.text
        following = entries[len(parts)] if len(parts) < len(entries) else None
        if found := recipe.months.month_of(text):
            month, in_text = found, True
        elif recipe.headings.is_heading(text) or is_email(text):
            in_text = True
        elif not in_text and is_same(text, parts[-1].entry.title):
            continue  # a title that is printed twice
        elif following and (following.month, following.title) == (month, text):
            parts.append(_Part(following, line))
            cited, in_text = following.citation or "", False
        elif (elsewhere or not in_text) and cited and (piece := _piece(text, cited, recipe)):
            cited = cited[len(piece) + 1 :]
        elif not parts or parts[-1].entry.month != month:
            raise PageError("every line in an entry", f"{quoted(text)} in none", line.number)
        else:
            parts[-1].lines.append(line)
            in_text = True
    if len(parts) < len(entries):
        raise PageError("every entry on the page", f"{quoted(entries[len(parts)].title)} nowhere")
    return parts


def _piece(text: str, cited: str, recipe: Recipe) -> str:
    """Return a line without a citation's label if what is left of a citation begins with it, else ""."""
    bare = (recipe.cited(text) if recipe.citation_label else None) or text
    return bare if f"{cited} ".startswith(f"{bare} ") else ""


def check_outside(lines: Sequence[Line], where: str, recipe: Recipe, *, may_be_long: bool = False) -> None:
    """Check lines that belong to no entry for what looks like a part of one: its month may have been overlooked. Raises
    PageError.
    """
    for line in lines:
        text = line.text
        if is_marked(text):  # navigation
            continue
        if what := _looks(text, recipe) or (None if may_be_long or len(text) <= _TITLE else "a text"):
            raise PageError(
                f"a month as a heading, like “{recipe.months.example}”, above every entry", f"{what} {where}", line.number
            )


def _foreign(text: str, after: Line | None, titles: Sequence[str], recipe: Recipe) -> str | None:
    """Return what a line inside a text looks like that is none of a text; None of one that is."""
    if found := _looks(text, recipe) or _begins_within(text):
        return found
    if len(text) <= MAX_TITLE and process.extractOne(text, titles, scorer=fuzz.ratio, score_cutoff=_SAME_TITLE):
        return f"the title {quoted(text)}"
    return f"{quoted(text)}, of which I {_CANNOT_TELL} a title," if _looks_like_title(text, after) else None


def _no_title(text: str, recipe: Recipe) -> str | None:
    """Return what an entry's title looks like that is none; a title may speak of implications, or of a year."""
    if is_marked(text):
        return "a list’s member"
    of_implications = recipe.headings.nearly(text) and not recipe.headings.misspelt(text)
    of_a_year = recipe.months.nearly(text) and len(text.split()) > _HEADING_WORDS
    return None if of_implications or of_a_year else _looks(text, recipe)


def _looks(text: str, recipe: Recipe) -> str | None:
    """Return what a line looks like that is a part of no text; None of a line of text."""
    if recipe.headings.is_heading(text):
        return "the heading of implications"
    if recipe.months.month_of(text):
        return "a month"
    if recipe.months.nearly(text):
        return f"{quoted(text)}, of which I {_CANNOT_TELL} a month’s heading,"
    if recipe.headings.nearly(text):
        return f"{quoted(text)}, of which I {_CANNOT_TELL} the heading of implications,"
    if is_citation(text) or (recipe.citation_label and recipe.cited(text)):
        return "a citation"
    if nearly_citation(text):
        return f"{quoted(text)}, of which I {_CANNOT_TELL} a citation,"
    return None


def _begins_within(text: str) -> str | None:
    """Return what begins at a sentence's start inside a line, where the end of the line before it was lost."""
    at = 0
    for sentence in sentences(text):
        at = text.find(sentence, at)
        if at > 0 and is_citation(text[at : at + 600]) and re.match(r"[^,]{2,60}, ", text[at:]):
            return "a citation"
        at += len(sentence)
    return None


def _looks_like_title(text: str, after: Line | None) -> bool:
    """Return whether a line inside a text may be a title: short, and no sentence, or much shorter than the text's next
    line.
    """
    if len(text) > _TITLE or is_marked(text):
        return False
    before_list = after is not None and is_marked(after.text)
    if not ends_whole(text) or text.endswith("?") or (text[-1] in ":;" and not before_list) or _in_capitals(text):
        return True
    return after is not None and not before_list and len(after.text) >= max(_SHORTER * len(text), _LONG)


def _in_capitals(text: str) -> bool:
    """Return whether a line's long words begin with capitals, as a title's do."""
    words = [word for word in re.findall(r"[^\W\d_]{4,}", text) if word not in ("with", "from", "that")]
    return len(words) >= 2 and sum(word[0].isupper() for word in words) >= 0.75 * len(words)


def _check_sentences(part: _Part) -> None:
    """Check that an entry says what is printed between its title and the next one, sentence by sentence."""
    printed = {sentence: line.number for line in part.lines for sentence in sentences(unmarked(line.text))}
    held = [sentence for text in (*part.entry.paragraphs, *part.entry.implications) for sentence in sentences(text)]
    for sentence in held:
        if sentence not in printed:
            raise PageError(
                "texts to be kept as they are printed", f"{quoted(sentence)}, which is not printed", part.title.number
            )
    for sentence in printed:
        if sentence not in held:
            raise PageError("each sentence in one place", f"{quoted(sentence)} in none", printed[sentence])


def _check_shared(parts: Sequence[_Part]) -> None:
    """Check that no sentence is in two entries: a text was pasted twice. Short ones may be."""
    owners: dict[str, str] = {}
    for part in parts:
        for line in part.lines:
            for sentence in sentences(unmarked(line.text)):
                if len(sentence) >= _PASTED and owners.setdefault(sentence, part.entry.title) != part.entry.title:
                    found = f"{quoted(sentence)} also in {quoted(owners[sentence])}"
                    raise PageError("each sentence in one entry", found, line.number)
