"""What feeds brought for curators to decide on: a file beside the library that neither search nor any card ever reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bot.corpus.faults import CorpusError, Fault
from bot.corpus.fields import Fields
from bot.corpus.files import WriteError, one_at_a_time, write_atomically
from bot.corpus.layout import render
from bot.corpus.model import Corpus
from bot.corpus.strict_yaml import MAX_BYTES, Node, YamlError, parse
from bot.text import normalised

CANDIDATES = "candidates.yaml"
"""The file in the library's folder; there need not be one."""
LEAD = (
    "# From feeds, for a curator to decide on: write a summary of your own with /pprnet add, or say no. Nothing here is\n"
    "# searched or shown. `pprnet candidates` lists what is undecided.\n"
)
REJECTED = "rejected"
MOST = 2_000
"""Candidates of one file, decided ones too."""
_DATE = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_DOI = re.compile(r"10\.[0-9]{4,9}/[!-~]{1,200}")
_TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One entry of a feed: `date` is "YYYY-MM-DD" or None where it is not clear, `excerpt` the feed's own words. `decided`
    is REJECTED, or None.
    """

    title: str
    link: str | None = None
    date: str | None = None
    feed: str = ""
    excerpt: str = ""
    decided: str | None = None

    @property
    def key(self) -> str:
        """Return by what it is known again: its address without what only tracks readers, else its title."""
        return _plain_address(self.link) if self.link else normalised(self.title)

    @property
    def mark(self) -> str:
        """Return the key as a hash, for buttons and the database."""
        return sha256(self.key.encode()).hexdigest()

    def is_same(self, other: Candidate) -> bool:
        """Return whether two are one entry, also where its address or its title has changed."""
        return self.key == other.key or normalised(self.title) == normalised(other.title)


def read_candidates(root: Path) -> tuple[Candidate, ...]:
    """Return the candidates in a library's folder, the newest first. Raises CorpusError."""
    fields = Fields(CANDIDATES)
    try:
        with (root / CANDIDATES).open("rb") as file:
            found = _read(parse(file.read(MAX_BYTES + 1)), fields)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise CorpusError([Fault(CANDIDATES, 0, "", f"cannot be read ({error.strerror})")]) from None
    except YamlError as error:
        raise CorpusError([Fault(CANDIDATES, error.line or 0, "", error.problem)]) from None
    if fields.faults:
        raise CorpusError(fields.faults)
    return tuple(sorted(found, key=lambda each: each.date or "", reverse=True))


def undecided(candidates: Sequence[Candidate], corpus: Corpus) -> tuple[Candidate, ...]:
    """Return those that no one has rejected and of which the library has no summary: not by the title, the address or the
    paper.
    """
    titles = {normalised(summary.title) for summary in corpus}
    papers = {summary.study.doi.casefold() for summary in corpus if summary.study.doi}
    addresses = {_plain_address(summary.study.url) for summary in corpus if summary.study.url}

    def is_known(each: Candidate) -> bool:
        dois = {found.rstrip(".,;)").casefold() for found in _DOI.findall(f"{each.link or ''} {each.excerpt}")}
        return normalised(each.title) in titles or each.key in addresses or bool(dois & papers)

    return tuple(each for each in candidates if each.decided is None and not is_known(each))


def add_candidates(root: Path, found: Sequence[Candidate], *, dry_run: bool = False) -> tuple[Candidate, ...]:
    """Add what the file does not have yet, decided or not, and return that. Raises CorpusError or WriteError."""

    def added(there: Sequence[Candidate]) -> list[Candidate]:
        new: list[Candidate] = []
        for each in found:
            if not any(each.is_same(other) for other in (*there, *new)):
                new.append(each)
        return new[: max(0, MOST - len(there))]

    if dry_run:
        return tuple(added(read_candidates(root)))
    try:
        root.mkdir(parents=True, exist_ok=True)
        with one_at_a_time(root):
            there = read_candidates(root)
            if new := added(there):
                _write(root, [*there, *new])
    except OSError as error:
        raise WriteError(f"{root / CANDIDATES} cannot be written ({error.strerror})") from None
    return tuple(new)


def reject(root: Path, rejected: Sequence[Candidate]) -> None:
    """Note that these are not wanted: they do not come back. Raises CorpusError or WriteError."""
    keys = {each.key for each in rejected}
    try:
        with one_at_a_time(root):
            there = read_candidates(root)
            _write(root, [replace(each, decided=REJECTED, excerpt="") if each.key in keys else each for each in there])
    except OSError as error:
        raise WriteError(f"{root / CANDIDATES} cannot be written ({error.strerror})") from None


def _write(root: Path, candidates: Sequence[Candidate]) -> None:
    ordered = sorted(candidates, key=lambda each: each.date or "", reverse=True)
    write_atomically(root / CANDIDATES, LEAD.encode() + render({"candidates": [_values(each) for each in ordered]}))


def _values(candidate: Candidate) -> dict[str, Any]:
    names = ("title", "date", "decided", "excerpt", "feed", "link")
    return {name: value for name in names if (value := getattr(candidate, name))}


def _read(node: Node, fields: Fields) -> list[Candidate]:
    top = fields.mapping(node, "", required=("candidates",))
    found = []
    for item, path in fields.items(top.get("candidates"), "candidates", most=MOST):
        keys = fields.mapping(item, path, required=("title",), optional=("link", "date", "feed", "excerpt", "decided"))
        date = fields.optional_text(keys.get("date"), f"{path}.date")
        if date and not _DATE.fullmatch(date):
            fields.fault(keys["date"], f"{path}.date", 'must be a day, in quotes, like "2024-03-15"')
        decided = fields.choice(keys["decided"], f"{path}.decided", (REJECTED,)) if "decided" in keys else None
        found.append(
            Candidate(
                title=fields.text(keys.get("title"), f"{path}.title", most=300),
                link=fields.optional_text(keys.get("link"), f"{path}.link", most=2000),
                date=date,
                feed=fields.optional_text(keys.get("feed"), f"{path}.feed", most=200) or "",
                excerpt=fields.paragraphs(keys["excerpt"], f"{path}.excerpt") if "excerpt" in keys else "",
                decided=decided or None,
            )
        )
    return found


def _plain_address(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([pair for pair in pairs if not pair[0].lower().startswith(_TRACKING)])
    host = parts.netloc.casefold().removeprefix("www.")
    return urlunsplit(("", host, parts.path.rstrip("/"), query, "")) or address
