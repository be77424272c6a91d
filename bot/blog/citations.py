"""A printed citation: what is one, what nearly is one, and the surnames, year, DOI and address in it. Pure."""

from __future__ import annotations

import re

# "Surname, A. B., ... (2022, November 10)." or "Some Society. (2020)."; what a citation begins with, up to its year.
_YEAR = r"\((?:(?P<year>(?:19|20)[0-9]{2})[a-z]?(?:,[^()]{1,40})?|in press|n\. ?d\.|advance online publication)\)"
_CITATION = re.compile(rf"(?P<names>[^()]{{2,2000}}?)(?:\(Eds?\.?\)[.,]? ?)?{_YEAR} ?[.,:]?")
_AUTHOR = re.compile(r"[^\W\d_][^\d,.;:?!]{0,60}, ?[^\W\d_a-z][.‐-]")
_NEXT_AUTHOR = re.compile(r"[.,] ?(?:& |and )?[^\W\d_a-z][^\d,.;:?!]{0,40}, ?[^\W\d_a-z]\.|et al\.|\. \. \.|…")
_SOCIETY = re.compile(r"[^\W\d_a-z][^\s.]{1,40}(?: (?:[^\W\d_a-z][^\s.]{1,40}|of|for|and|the|on|in|&)){1,14}\. ?")
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.?[ ‐-]?){1,6}|[Jj]r\.?|I{2,3}")
_DOI = re.compile(r"10\.[0-9]{4,9}/[!-~]{1,200}")
_URL = re.compile(r"https?://[!-~]{4,500}")
_EDITED = re.compile(r"\bIn:? (?=[^\W\d_a-z])[^()]{2,400}\((?:Eds?|Hrsg)\.?\)")
_BARE_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_JOURNAL = re.compile(r"[0-9]{1,4} ?\([0-9–-]{1,9}\)[,:] ?[0-9]{1,5} ?[–-] ?[0-9]{1,5}")
_LONGEST = 700
"""Characters up to which a line can be nothing but a citation."""


def is_citation(line: str) -> bool:
    """Return whether a line begins as a citation does: authors or a society, and the year in brackets."""
    match = _CITATION.match(line)
    if not match or (len(line) > _LONGEST and match[0][-1] not in ".,:"):  # "... (2020) found", in a long text
        return False
    return bool(_AUTHOR.match(line) or _SOCIETY.fullmatch(match["names"]))


def nearly_citation(line: str) -> bool:
    """Return whether a line, which is none, may be meant as one: names, a journal's pages, an edited book, a DOI."""
    if len(line) > _LONGEST:
        return False
    if _AUTHOR.match(line) and (_NEXT_AUTHOR.search(line, 0, 300) or _BARE_YEAR.search(line, 0, 400)):
        return True
    return bool(_JOURNAL.search(line) or _EDITED.search(line) or re.search(r"\bdoi(?:\.org/|: ?10\.)", line, re.IGNORECASE))


def in_citations_place(line: str) -> bool:
    """Return whether a line right under a title is its citation, also one without a year or of a chapter in a book."""
    return is_citation(line) or (nearly_citation(line) and not re.match(r"https?://|doi\b", line, re.IGNORECASE))


def goes_on(line: str) -> bool:
    """Return whether a line under a citation belongs to it: its DOI, its address, the book that a chapter is in."""
    bare = re.sub(r"^doi:? ?", "", line, flags=re.IGNORECASE)
    return bool(_DOI.fullmatch(bare) or _URL.fullmatch(line) or (len(line) <= _LONGEST and _EDITED.match(line)))


def year(citation: str) -> int | None:
    """Return the year in brackets."""
    match = _CITATION.match(citation) or re.search(_YEAR, citation)
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


def doi(citation: str) -> str | None:
    """Return the DOI, without what ends the sentence or the bracket."""
    match = _DOI.search(citation)
    if not match:
        return None
    found = match[0].rstrip(".,;:'\"")  # "DOI: 10.1002/cpp.2180." ends the sentence, not the name
    while found.endswith(")") and found.count(")") > found.count("("):
        found = found[:-1].rstrip(".,;")
    return found


def url(citation: str) -> str | None:
    """Return the first https:// address."""
    found = [match.rstrip(".,;)") for match in _URL.findall(citation) if match.startswith("https://")]
    return next((each for each in found if not re.search(r"[\"<>|]", each)), None)
