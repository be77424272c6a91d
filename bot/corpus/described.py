"""The keys of a month's file in words, with an example of each: for the docs, and for the file that `pprnet new` writes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.corpus.model import DESIGNS, KINDS, MEASURES
from bot.corpus.month_file import MAX_BOTTOM_LINE_WORDS, MAX_CAUTION_WORDS, MAX_NOTE

WIDTH = 120
_BESIDE = 30
"""The column from which a remark is beside its key."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key with a remark, an example of its value in YAML, and what a new file has in its place (None: not the key)."""

    name: str
    remark: str
    example: str
    blank: str | None = ""


MONTH = (
    Key("issue", "in quotes, and the same as the file's name", '"2022-09"'),
    Key("complete", "true only if the source shows that the month is complete", "false", "false"),
    Key(
        "note",
        f"optional; a word to the team, at most {MAX_NOTE} characters, shown when the month is posted",
        "A short one.",
    ),
    Key("subjects", "what the blog announced for the month, if known", "[]", "[]"),
)
SUMMARY = (
    Key(
        "id",
        "unique, and never changed: posts and saved summaries refer to it; lower-case words joined by hyphens",
        "alliance-rupture-next-session",
    ),
    Key("title", "as printed", "An Alliance Rupture in One Session Leads to Greater Symptoms in the Next Session"),
    Key("text", "digest (in our own words) or original (the blog's text, word for word)", "digest", "digest"),
    Key("topics", "ids of topics.yaml", "[alliance, outcomes]", "[]"),
    Key("bottom_line", f"one sentence of at most {MAX_BOTTOM_LINE_WORDS} words", "Ruptures were associated with ..."),
    Key(
        "summary",
        "every printed effect size; in a digest, blank lines divide what was done, what was found, and limits",
        ">-\n  question, method, who took part\n\n  findings\n\n  limits",
        ">-",
    ),
    Key("implications", "what a clinician can do, one sentence each", "\n  - Check the alliance in every session.", "\n  -"),
    Key(
        "asks",
        "20 to 40 things a clinician would type that this summary answers best, from keywords to whole sentences",
        "\n  - rupture and symptoms in the next session",
        "[]",
    ),
    Key("draft_asks", "asks that no one has accepted yet; search does not use them", "[]", None),
    Key(
        "caution",
        f"optional; one sentence, at most {MAX_CAUTION_WORDS} words, that a reader needs before acting on the card",
        "The title claims more than the text.",
    ),
    Key(
        "note",
        "optional; spellings, dates, figures that do not agree; shown with the study, not on the card",
        "The blog prints two spellings.",
    ),
    Key("later", "optional; the id of a newer summary on the same topic, which the card then names", "null"),
)
STUDY = (
    Key("citation", "as printed, or null", "null"),
    Key("authors", "surnames", "[Babl]", "[]"),
    Key("also", "other spellings of their names", "[]", "[]"),
    Key("year", "of the paper; null if not stated", "2022"),
    Key("doi", "bare, such as 10.1037/pst0000172", "null"),
    Key("url", "a full https:// address", "null"),
    Key("design", f"one of: {', '.join(DESIGNS)}", "process study", DESIGNS[-1]),
    Key("sample", "who took part, and how many; words in quotes", "{patients: 56, therapists: 33}", "{}"),
    Key(
        "effects",
        f"as printed; measure is one of {', '.join(MEASURES)}; kind is {', '.join(KINDS[:-1])} or {KINDS[-1]}; "
        "to, ci, p and k may be left out",
        "\n  - {what: alliance and outcome, measure: r, kind: association, value: -0.30, ci: [-0.4, -0.2], "
        'p: "< .001", k: 12}',
        "[]",
    ),
)


def example() -> str:
    """Return a month's file with every key that people write and its remark, as the docs show it."""
    entry = [*_lines(SUMMARY, new=False), "study:", *_indented(_lines(STUDY, new=False))]
    return _file(_lines(MONTH, new=False), entry)


def skeleton(month: str) -> str:
    """Return a new month's file, whose empty keys are to be filled in: what must be is a fault until it is."""
    top = [Key("issue", MONTH[0].remark, MONTH[0].example, f'"{month}"'), *MONTH[1:]]
    entry = [*_lines(SUMMARY, new=True), "study:", *_indented(_lines(STUDY, new=True))]
    head = (
        "# Fill in what is empty; what the source does not state may stay empty. Repeat the part from “- id:” for each\n"
        "# further summary. `pprnet check` says what is missing or odd.\n"
    )
    return head + _file(_lines(top, new=True), entry)


def _file(top: Iterable[str], entry: Sequence[str]) -> str:
    first, *rest = entry
    # A remark above the first key comes before its hyphen.
    above = []
    while first.startswith("#"):
        above.append(first)
        first, *rest = rest
    lines = [*top, "summaries:", *_indented(above), f"  - {first}", *_indented(_indented(rest))]
    return "\n".join(lines) + "\n"


def _lines(keys: Sequence[Key], *, new: bool) -> Iterator[str]:
    for key in keys:
        value = key.blank if new else key.example
        if value is None:
            continue
        first, *below = value.split("\n")
        line = f"{key.name}: {first}".rstrip()
        beside = f"{line:<{_BESIDE}}  # {key.remark}"
        if len(beside) <= WIDTH:
            yield beside
        else:
            yield from textwrap.wrap(key.remark, WIDTH - 5, initial_indent="# ", subsequent_indent="# ")
            yield line
        yield from below


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" if line else line for line in lines]
