"""A page of the PPRNet blog, text or HTML, as months and entries: what is printed, word for word. Pure.

A page is read whole or not at all: where it does not look like the blog, PageError says what was expected and what was
found. docs/curator.md, "Import the blog", says what is read.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass

from bot.blog.html import Html, read_html
from bot.blog.page_address import filter_in
from bot.errors import ExpectedError
from bot.text import normalised

MAX_BYTES = 2 * 1024 * 1024
"""The largest page that is read."""
MAX_TITLE = 300
MAX_SUMMARY = 10_000
MAX_IMPLICATION = 3_000
MAX_IMPLICATIONS = 20

_NUMBERS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}
_MONTH = re.compile(rf"({'|'.join(_NUMBERS)}) (20[0-9]{{2}})", re.IGNORECASE)
_HEADING = re.compile(r"(?:practi(?:ce|cal) implications?|implications? for practice) ?:?", re.IGNORECASE)
_THIS_MONTH = re.compile(r"this month ?(?:\.{3}|…)?", re.IGNORECASE)
_BLOG_ABOUT = re.compile(r"\bI (?:blog|write) about ", re.IGNORECASE)
_EMAIL = re.compile(r"(?:corresponding )?author e-?mails?\b.*|[\w.+-]{1,64}@[\w.-]{1,100}", re.IGNORECASE)
_PAGER = re.compile(
    r"(?:- )?(?:[«‹<]{0,2} ?(?:previous|prev|next|first|last|older|newer)(?: (?:page|posts|entries))? ?[»›>]{0,2}"
    r"|[0-9]{1,3}|page [0-9]{1,3}(?: of [0-9]{1,3})?|[«‹»›…|]{1,3})",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(?:!doctype|html|head|body|main|article|section|div|p|h[1-6]|ul|br)\b[^<>]{0,500}>", re.IGNORECASE)
_GARBLED = re.compile(r"â€.|Ã[\u0080-\u00bf©¨¤¶¼]|\ufffd")
_CHARSET = re.compile(rb"<meta[^>]{1,200}charset=[\"']?([A-Za-z0-9_-]{1,30})", re.IGNORECASE)
_CLEARED = re.compile(r"- (?!ALL\b)(.{1,80}) \(clear\)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.?!…:;][\"”’')\]]{0,3}$|https?://\S+$")

# "Surname, A. B., ... (2022, November 10)." or "Some Society. (2020)."; what a citation begins with, up to its year.
_YEAR = r"\((?:(?P<year>(?:19|20)[0-9]{2})[a-z]?(?:,[^()]{1,40})?|in press|n\. ?d\.|advance online publication)\) ?[.,:]"
_CITATION = re.compile(rf"(?P<names>[^()]{{2,2000}}?)(?:\(Eds?\.?\)[.,]? ?)?{_YEAR}")
_AUTHOR = re.compile(r"[^\W\d_][^\d,.;:?!]{0,60}, ?[^\W\d_a-z][.‐-]")
_SOCIETY = re.compile(r"[^\W\d_a-z][^\s.]{1,40}(?: (?:[^\W\d_a-z][^\s.]{1,40}|of|for|and|the|on|in|&)){1,14}\. ?")
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.?[ ‐-]?){1,6}|[Jj]r\.?|I{2,3}")
_DOI = re.compile(r"10\.[0-9]{4,9}/[!-~]{1,200}")
_URL = re.compile(r"https?://[!-~]{4,500}")


class PageError(ExpectedError):
    """A page that cannot be read as one of the blog. The message says what was expected and what was found."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected = expected
        self.found = found


class EmptyPageError(PageError):
    """A page of the blog without an entry, such as the one after the last."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One printed entry. `month` is "YYYY-MM"; year, DOI and surnames are those of its citation, where it prints one."""

    month: str
    title: str
    paragraphs: tuple[str, ...]
    implications: tuple[str, ...]
    citation: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str | None = None
    url: str | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """Return every printed text that goes into the corpus."""
        return (self.title, *self.paragraphs, *self.implications, *((self.citation,) if self.citation else ()))


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its entries in order, and the subjects that it names for the newest issue.

    `about` is the line "I blog about ..." without these words. `filtered` says by what the page shows only a part of the
    blog, or is None where nothing shows it.
    """

    entries: tuple[Entry, ...]
    about: str
    filtered: str | None
    lines: tuple[str, ...]

    @property
    def months(self) -> tuple[str, ...]:
        """Return the months of the headings, in the page's order."""
        return tuple(dict.fromkeys(entry.month for entry in self.entries))

    def of_month(self, month: str) -> tuple[Entry, ...]:
        """Return the entries under a month's heading."""
        return tuple(entry for entry in self.entries if entry.month == month)


def read_page(data: bytes, *, charset: str | None = None, address: str | None = None) -> Page:
    """Read a page. `charset` as the server names it; `address` where it was fetched from. Raises PageError."""
    text = _decode(data, charset)
    found = Html(lines=[line for part in re.split(r"\r\n|\r|\n", text) if (line := part.strip())])
    if _TAG.search(text):
        _whole_html(text)
        found = read_html(text, lambda piece: bool(_is_heading(piece) or _MONTH.fullmatch(piece)))
    lines = tuple(found.lines)
    start = _start(lines, found.title)
    about = _about(lines[:start])
    filtered = (filter_in(address) if address else None) or found.filtered
    if filtered is None and (cleared := next(filter(None, map(_CLEARED.fullmatch, lines[:start])), None)):
        filtered = f"its list of topics can be cleared of “{cleared[1]}”"
    return Page(tuple(_entries(lines, start)), about, filtered, lines)


# -- from bytes to lines ----------------------------------------------------------------------------------------------


def _decode(data: bytes, charset: str | None) -> str:
    if len(data) > MAX_BYTES:
        raise PageError(f"a page of at most {MAX_BYTES // 1024 // 1024} MiB", f"{len(data):,} bytes or more")
    if not data.strip():
        raise PageError("a page of the blog", "nothing: it is empty")
    if b"\0" in data[:65536] or data[:4] in (b"%PDF", b"PK\x03\x04"):
        raise PageError("text or HTML", f"other data (it begins with {data[:4].hex(' ')})")
    if charset is None and (declared := _CHARSET.search(data[:2048])):
        charset = declared[1].decode("ascii")
    name = (charset or "utf-8").lower().replace("_", "-")
    if name in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"):  # browsers read these as the larger windows-1252
        name = "windows-1252" if "8859" in name or "latin" in name else "utf-8"
    if name not in ("utf-8", "utf8", "windows-1252", "cp1252"):
        raise PageError("a page in UTF-8", f"one that says it is in {name[:30]}")
    try:
        text = data.decode("utf-8-sig" if name.startswith("utf") else name)
    except UnicodeDecodeError as error:
        raise PageError("a page in UTF-8", f"byte {error.start:,}, which is not: save the page as UTF-8") from None
    if match := _GARBLED.search(text):
        raise PageError("readable characters", f"“{match[0]}”: the page was read in a wrong character set when it was saved")
    return text


def _whole_html(text: str) -> None:
    low = text.lower()
    for tag in ("html", "body"):
        if re.search(rf"<{tag}\b", low) and f"</{tag}" not in low:
            raise PageError(f"</{tag}> at the end", "a page that was cut off before it")


def _start(lines: tuple[str, ...], title: str) -> int:
    """Return where the first month's heading is, after the blog's own first lines."""
    named = next((at for at, line in enumerate(lines) if _BLOG_ABOUT.search(line)), None)
    if named is None:
        seen = f"a page titled {_quote(title)}" if title.strip() else f"a page that begins {_quote(' / '.join(lines[:3]))}"
        raise PageError("the blog's line “…I blog about …” under “This month...”", seen if lines else "no text at all")
    if not any(_THIS_MONTH.match(line) for line in lines[: named + 1]):
        raise PageError("“This month...” above the line “…I blog about …”", f"{_quote(lines[max(0, named - 1)])} there")
    start = next((at for at in range(named, len(lines)) if _MONTH.fullmatch(lines[at])), None)
    if start is None:
        empty = not any(len(line) > MAX_TITLE for line in lines[named + 1 :])
        kind = EmptyPageError if empty else PageError
        raise kind("a month as a heading, like “November 2023”", f"none in the {len(lines)} lines of the page")
    return start


def _about(head: tuple[str, ...]) -> str:
    line = next(line for line in head if _BLOG_ABOUT.search(line))
    match = _BLOG_ABOUT.search(line)
    return line[match.end() if match else 0 :].strip().rstrip(".").strip()


# -- from lines to entries --------------------------------------------------------------------------------------------


def _entries(lines: tuple[str, ...], start: int) -> list[Entry]:
    end = next((at for at in range(start, len(lines)) if _PAGER.fullmatch(lines[at])), len(lines))
    found: list[Entry] = []
    at = start
    while at < end:
        match = _MONTH.fullmatch(lines[at])
        after = next((place for place in range(at + 1, end) if _MONTH.fullmatch(lines[place])), end)
        if match:
            month = f"{match[2]}-{_NUMBERS[match[1].casefold()]:02d}"
            found += [entry for entry in _month(month, lines[at], lines[at + 1 : after]) if entry not in found]
        at = after
    return found


def _month(month: str, name: str, lines: tuple[str, ...]) -> list[Entry]:
    """Return the entries under one month's heading."""
    marks = [at for at, line in enumerate(lines) if _is_heading(line)]
    if not marks:
        seen = f"only {_quote(lines[0])} there" if lines else "nothing there"
        raise PageError(f"“Practice Implications” under {name}", seen)
    entries = []
    begin = 0
    for place, mark in enumerate(marks):
        last = place == len(marks) - 1
        after = lines[mark + 1 :] if last else lines[mark + 1 : marks[place + 1]]
        length = len(after) if last else _next_title(after, name)
        implications = [line for line in after[:length] if not _EMAIL.fullmatch(line)]
        entries.append(_entry(month, name, lines[begin:mark], implications))
        begin = mark + 1 + length
    return entries


def _next_title(lines: tuple[str, ...], name: str) -> int:
    """Return where, between the heading of one entry's implications and that of the next one's, the next one's title is.

    Nothing separates the two. What tells is an author's e-mail before the title, a citation or the title once more after
    it, or that three lines can only be implications, title and summary.
    """
    for at in range(len(lines) - 1, 0, -1):
        if _EMAIL.fullmatch(lines[at - 1]):
            return at
    for at in range(2, len(lines)):
        if _cited(lines[at]):
            return at - 2 if at > 2 and _same(lines[at - 1], lines[at - 2]) else at - 1
    for at in range(1, len(lines) - 1):
        if _same(lines[at], lines[at + 1]):
            return at
    if len(lines) == 3:
        return 1
    likely = [
        at
        for at in range(1, len(lines) - 1)
        if len(lines[at]) <= 200 and len(lines[at - 1]) > len(lines[at]) < len(lines[at + 1]) and not lines[at].endswith(".")
    ]
    if len(likely) == 1:
        return likely[0]
    raise PageError(f"a title between two entries of {name}", f"{len(lines)} lines, of which {len(likely)} could be one")


def _entry(month: str, name: str, head: tuple[str, ...], implications: list[str]) -> Entry:
    """Return one entry from the lines above and below its heading *Practice Implications*."""
    if not head:
        raise PageError(f"a title above “Practice Implications” in {name}", "none")
    title, rest = head[0], list(head[1:])
    what = f"the entry {_quote(title)} of {name}"
    if rest and _same(rest[0], title):  # printed twice in a row
        del rest[0]
    citation = rest.pop(0) if rest and _cited(rest[0]) else None
    while citation and rest and (_DOI.fullmatch(rest[0].removeprefix("doi:").strip()) or _URL.fullmatch(rest[0])):
        citation += " " + rest.pop(0)
    # A list's mark, or the colon of a heading that stood in the same line.
    implications = [text for line in implications if (text := re.sub(r"^(?:- |: ?)", "", line).strip())]
    if not rest:
        raise PageError(f"a summary in {what}", "none")
    if not implications:
        raise PageError(f"text under “Practice Implications” in {what}", "none: the page may be cut off")
    if len(title) > MAX_TITLE:
        raise PageError(f"a title of at most {MAX_TITLE} characters in {name}", f"{len(title):,} in {_quote(title)}")
    if sum(len(line) + 1 for line in rest) > MAX_SUMMARY or len(implications) > MAX_IMPLICATIONS:
        raise PageError(f"at most {MAX_SUMMARY:,} characters of summary in {what}", "more: the layout may have changed")
    if any(len(line) > MAX_IMPLICATION for line in implications):
        raise PageError(f"implications of at most {MAX_IMPLICATION:,} characters each in {what}", "longer ones")
    for line in (rest[-1], implications[-1]):
        if not _SENTENCE_END.search(line[-400:]):
            raise PageError(f"whole sentences in {what}", f"a text that ends “…{line[-40:]}”: the page may be cut off")
    doi = _doi(citation or "")
    return Entry(
        month=month,
        title=title,
        paragraphs=tuple(rest),
        implications=tuple(dict.fromkeys(implications)),
        citation=citation,
        authors=surnames(citation) if citation else (),
        year=_year(citation or ""),
        doi=doi,
        url=_url(citation or "") if doi is None else None,
    )


def _is_heading(line: str) -> bool:
    return bool(_HEADING.fullmatch(line))


def _same(one: str, other: str) -> bool:
    return normalised(one) == normalised(other)


# -- citations --------------------------------------------------------------------------------------------------------


def _cited(line: str) -> re.Match[str] | None:
    match = _CITATION.match(line)
    return match if match and (_AUTHOR.match(line) or _SOCIETY.fullmatch(match["names"])) else None


def _year(citation: str) -> int | None:
    match = _CITATION.match(citation)
    return int(match["year"]) if match and match["year"] else None


def surnames(citation: str) -> tuple[str, ...]:
    """Return the surnames of a citation's authors as printed, also twice; those left out by dots are not guessed."""
    match = _CITATION.match(citation)
    if not match or not _AUTHOR.match(citation):
        return ()
    listed = re.sub(r"\bet al\b\.?|(?:\. ?){3}|…", ",", match["names"])
    pieces = [piece.strip() for piece in re.split(r"[,;]|&| and ", listed)]
    found = [piece.rstrip(". ") for piece in pieces if piece and not _INITIALS.fullmatch(piece)]
    return tuple(name for name in found if re.search(r"[^\W\d_]{2}", name) and len(name) <= 80)


def _doi(citation: str) -> str | None:
    match = _DOI.search(citation)
    if not match:
        return None
    doi = match[0].rstrip(".,;:'\"")  # "DOI: 10.1002/cpp.2180." ends the sentence, not the name
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1].rstrip(".,;")
    return doi


def _url(citation: str) -> str | None:
    found = [match.rstrip(".,;)") for match in _URL.findall(citation) if match.startswith("https://")]
    return next((url for url in found if not re.search(r"[\"<>|]", url)), None)


def _quote(text: str) -> str:
    plain = " ".join(text.split())
    plain = "".join(char for char in plain if char.isprintable())
    return f"“{plain[:60]}…”" if len(plain) > 60 else f"“{plain}”"
