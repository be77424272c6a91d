"""What is said about studies, in plain words: the same in Slack and in the terminal, so it knows nothing of Slack (whose
library takes as long to import as everything else that the terminal needs). "Not stated" is said, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from bot.corpus.model import Corpus, Effect, Issue, Notice, Summary, month_name
from bot.text import clean, fit, plural

PPRNET = "PPRNet"
BLOG = "https://socialsciences.uottawa.ca/pprnet/blog"
WEIGH = "One study or review: weigh it with your expertise and your client's preferences."
WEIGH_ALL = "Weigh them with your expertise and your client's preferences."
GONE = "That summary is no longer in the library. Ask again to see what is."
NO_LONGER_HERE = "A summary that is no longer in the library"
NO_CLIENT_DETAILS = "Please keep client details out of Slack questions."
COMPARED_HOW = (
    "Each with its bottom line and its effect sizes as printed. Ordered by design (studies that pool others come first), "
    "then by year. The order is not a ranking."
)
SAME_LETTER = "The same letter may mean change over time, a difference between groups or an association."
NOT_COMPARABLE = (
    f"r, g, d and SMD are different measures: effect sizes cannot be compared across them. {SAME_LETTER} Studies differ in "
    "whom and what they measured."
)
ALSO_MENTIONED = "Also mentioned in:"
ONLY_ONE = "Only one summary here answers this, so there is nothing to compare it with:"

OWN, OWN_MANY = "Our own summary", "Our own summaries"
"""What a summary by the team is called, and several."""
READ = "read from the text"
"""Said beside facts that no person has checked."""
QUOTED = "In the summary's words"
"""Over a bottom line that is a sentence of the blog's own text."""
_TITLE = re.compile(r"\(\d{4}[^)]*\)\.?\s+(.{10,}?)\.(?=\s|$)")
"""The title in a citation: what follows the year in brackets, up to the end of the sentence."""


def context(summary: Summary, *, with_design: bool = True) -> str:
    """Return where a summary comes from: who wrote the paper and when, its design, who took part, and the blog's month."""
    what = design(summary) if with_design else ""
    parts = (byline(summary), what, sample(summary), published(summary))
    return " · ".join(filter(None, parts))


def published(summary: Summary) -> str:
    """Return where and when a summary appeared, in short: "PPRNet Sep 2022"."""
    month = month_name(summary.issue, short=True)
    return f"{OWN.lower()}, {month}" if summary.is_own else f"{_publisher(summary)} {month}"


def publishers(summaries: Iterable[Summary]) -> tuple[str, ...]:
    """Return the names of the digests that summaries come from, each once, in order; those of the team's own are none."""
    return tuple(dict.fromkeys(_publisher(summary) for summary in summaries if not summary.is_own))


def _publisher(summary: Summary) -> str:
    return summary.source.name if summary.source else PPRNET


def checked(facts: str, summary: Summary, *names: str) -> str:
    """Return facts with the mark that they were read from the text by rule, where one of the fields `names` was."""
    return f"{facts} ({READ})" if any(map(summary.sentences, names)) else facts


NOTICE = {
    "retraction": "Retracted",
    "partial retraction": "Partly retracted",
    "withdrawal": "Withdrawn",
    "removal": "Removed",
    "expression of concern": "Expression of concern",
    "correction": "Paper corrected",
}
"""What a notice on a paper is called where the paper is named."""
TAKEN_BACK = ("retraction", "withdrawal", "removal")
"""The notices after which a whole paper is no longer to be used."""


def notices(summary: Summary) -> list[tuple[str, str, str]]:
    """Return the notices on a summary's paper, the gravest first: what each says, which notice it is, and its address."""
    return named_notices(summary.study.notices)


def named_notices(notices: Sequence[Notice]) -> list[tuple[str, str, str]]:
    """Return what each of these notices says, which notice it is, and its address."""
    return [(NOTICE[each.kind], _notice_of(each), f"https://doi.org/{each.doi}") for each in notices]


def grave_notice(summary: Summary) -> str:
    """Return the gravest notice on a paper that takes something back, in a word or two ("Retracted"); "" without one."""
    kinds = {each.kind for each in summary.study.notices} - {"correction"}
    return next((NOTICE[kind] for kind in NOTICE if kind in kinds), "")


def named_with_notice(name: str, summary: Summary) -> str:
    """Return the name of a study with the gravest notice on its paper: "Norcross 2018 (retracted)"."""
    grave = grave_notice(summary)
    return f"{name} ({grave[0].lower()}{grave[1:]})" if grave else name


def _notice_of(notice: Notice) -> str:
    if not notice.date:
        return "notice without a date"
    year, month, day = (*notice.date.split("-"), "", "")[:3]
    named = month_name(f"{year}-{month}") if month else year
    return f"notice of {int(day)} {named}" if day else f"notice of {named}"


def bottom_line(summary: Summary) -> tuple[str, str]:
    """Return the label of a bottom line and what is said under it: a sentence of the original itself as a quotation."""
    said = summary.bottom_line or ""
    return (QUOTED, f"“{said}”") if summary.quoted else ("Bottom line", said)


def brief(summary: Summary) -> str:
    """Return the line under a card's title: author and year, the design, and how many took part, as far as they are
    stated.
    """
    design = summary.study.design if summary.study.design != "not stated" else ""
    counts = [fit(each, 100) for each in _counts(summary)[:1]]
    stated = " · ".join(filter(None, [byline(summary), design, *counts]))
    return checked(stated, summary, "authors", "design", "sample")


def byline(summary: Summary) -> str:
    """Return a paper's first author and its year: "Norcross 2018". Where the blog gives no citation, it names only the
    first of several authors: "Norwood and colleagues · year not stated". Authors that only the citation has are not called
    not stated: "2018". What takes the paper back follows: "Norcross 2018 (retracted)".
    """
    return named_with_notice(_byline(summary), summary)


def _byline(summary: Summary) -> str:
    study = summary.study
    if not study.authors and study.citation is not None and study.year:
        return str(study.year)
    if not study.authors:
        return f"authors not stated · {study.year}" if study.year else "authors and year not stated"
    if study.year:
        return f"{fit(study.authors[0], 100)} {study.year}"
    others = " and colleagues" if study.citation is None or len(study.authors) > 1 else ""
    return f"{fit(study.authors[0], 100)}{others} · year not stated"


def design_name(design: str, *, capital: bool = True) -> str:
    """Return a study's design in words."""
    name = design if design != "not stated" else "design not stated"
    return name[0].upper() + name[1:] if capital else name


def design(summary: Summary) -> str:
    """Return a study's design; "" where it could not be read from an original, whose text may state it all the same."""
    known = summary.study.design != "not stated" or summary.text == "digest"
    return design_name(summary.study.design, capital=False) if known else ""


def sample(summary: Summary) -> str:
    """Return who or what a study counted; "" where that could not be read from an original."""
    return fit(", ".join(_counts(summary)), 200) or ("numbers not stated" if summary.text == "digest" else "")


def no_effects(summary: Summary) -> str:
    """Return the sentence in place of effect sizes."""
    return "No effect size stated." if summary.text == "digest" else "No effect size could be read from the text."


def _counts(summary: Summary) -> list[str]:
    return [f"{count:,} {who}" if isinstance(count, int) else f"{count} {who}" for who, count in summary.study.sample]


def no_bottom_line(summary: Summary) -> str:
    """Return the sentence in place of a bottom line."""
    return "Bottom line not stated." if summary.text == "digest" else "No finding could be read from the text."


def finding(summary: Summary) -> str:
    """Return what a summary found, in a line: its bottom line, else its first implication, else where it comes from. Where
    part of the paper was taken back, that comes first; where all of it was, nothing else is said.
    """
    if whole := next((each.kind for each in summary.study.notices if each.kind in TAKEN_BACK), None):
        return f"{NOTICE[whole]}. Please do not rely on what it found."
    said = bottom_line(summary)[1] or next(iter(summary.implications), "")
    grave = grave_notice(summary)
    return (f"{grave}. {said}" if grave else said) if said else context(summary)


def about_subject(count: int, subject: str) -> str:
    """Return how many summaries are about a subject ("": not repeated)."""
    return f"{plural(count, 'summary')} {'is' if count == 1 else 'are'} about {_quoted(subject)}"


def only_mentioned(count: int, subject: str) -> str:
    """Return that no summary is about a subject ("": not repeated), and how many mention it."""
    return f"No summary is about {_quoted(subject)}. {count} mention{'s' if count == 1 else ''} it"


def mention(summary: Summary, sentence: str) -> str:
    """Return the sentence in which a summary mentions a subject, in quotation marks; where only its topics do (""), where it
    comes from.
    """
    return f"“{fit(sentence, 240)}”" if sentence else context(summary)


def _quoted(subject: str) -> str:
    return f"“{subject}”" if subject else "this"


def later(summary: Summary) -> str:
    """Return the line that names a newer summary on the same topic."""
    return f"Newer on this topic: {fit(clean(summary.title), 200)} ({month_name(summary.issue, short=True)})"


def origin(summary: Summary, *, short: bool = False) -> str:
    """Return whose words a summary is in; the name of the blog follows, of the team's own the month."""
    if summary.is_own:
        return f"{OWN},"
    if source := summary.source:
        if summary.text == "original":
            return f"Summary by {source.by}," if source.by else "Summary from"
        return f"Condensed from {source.by}'s" if source.by else "Condensed from"
    name = "Dr. Tasca" if short else "Dr. Giorgio A. Tasca"
    return f"Summary by {name}," if summary.text == "original" else f"Condensed from {name}'s"


def blog_month(summary: Summary) -> str:
    """Return where a summary was published: "PPRNet blog, Dec 2017"; of the team's own only the month."""
    month = month_name(summary.issue, short=True)
    return month if summary.is_own else f"{summary.source.name if summary.source else 'PPRNet blog'}, {month}"


def digest(summary: Summary) -> str:
    """Return what a sentence about a summary's source begins with: "The blog", or a digest's name."""
    return summary.source.name if summary.source else "The blog"


def home(summary: Summary) -> str | None:
    """Return the address of the digest that a summary comes from; None of the team's own."""
    return None if summary.is_own else summary.source.url if summary.source else BLOG


def paper(summary: Summary) -> tuple[str, str]:
    """Return an address that leads to a paper, and what is there: the paper, or a search where no address is known."""
    if summary.study.link:
        return summary.study.link, "Open the paper"
    found = _TITLE.search(summary.study.citation or "")
    words = fit(" ".join([*summary.study.authors[:1], found[1] if found else summary.title]), 300)
    return (
        f"https://scholar.google.com/scholar?{urlencode({'q': words}, errors='replace')}",
        "Search Google Scholar for the paper",
    )


def effect(effect: Effect) -> str:
    """Return an effect size as printed: "r = .278, 95% CI [.256, .299]: alliance and outcome"."""
    value = number(effect.value) if effect.to is None else f"{number(effect.value)} to {number(effect.to)}"
    interval = f", 95% CI [{number(effect.ci[0])}, {number(effect.ci[1])}]" if effect.ci else ""
    chance = f", p {effect.p if effect.p.startswith('<') else '= ' + effect.p}" if effect.p else ""
    studies = f", {plural(effect.k, 'study')}" if effect.k and effect.k > 1 else ""
    return f"{effect.measure} = {value}{interval}{chance}{studies}: {effect.what}"


def number(value: float) -> str:
    """Return a number as psychology prints it: two decimals or more, no zero before the point: ".28", "−.065", "1.20",
    "12".
    """
    whole, _, digits = f"{abs(value):.12f}".rstrip("0").partition(".")
    point = f".{digits:0<2}" if digits else ""
    return ("−" if value < 0 else "") + ("" if point and whole == "0" else whole) + point


def coverage(corpus: Corpus) -> str:
    """Return what the library contains, with its dates."""
    if corpus.span is None:
        return "The library is empty."
    first, last = corpus.span
    return f"The library has {plural(len(corpus.summaries), 'summary')}, from {month_name(first)} to {month_name(last)}."


def month_line(corpus: Corpus, month: str) -> str:
    """Return how many summaries of a month are in the library. Only a month known to be complete is called an issue."""
    issue = corpus.issue(month)
    if issue is None:
        return f"The library has nothing for {month_name(month)}."
    count = plural(len(issue.summaries), "research summary")
    if issue.complete:
        return f"{_named(issue)}: {count}"
    has, of = len(issue.summaries), len(issue.subjects)
    if of > has:
        are = "is" if has == 1 else "are"
        return f"{_named(issue)}: {has} of this month's {of} summaries {are} in the library"
    return f"{_named(issue)}: {count} in the library"


def _named(issue: Issue) -> str:
    """Return a month's name with the digests that it is of; only a complete month of one digest is called an issue."""
    names = publishers(issue.summaries) or (PPRNET,)
    month = month_name(issue.month)
    return f"{names[0]} issue of {month}" if issue.complete and len(names) == 1 else f"{' and '.join(names)}, {month}"


def posted_month(issue: Issue) -> str:
    """Return what a month is called where it is posted, and how many of its summaries come."""
    has, of = len(issue.summaries), len(issue.subjects)
    if issue.post:
        return f"{own_month(issue.month)}: {plural(has, 'research summary')}"
    if is_part(issue):
        where = "on the blog this month" if publishers(issue.summaries) == (PPRNET,) else "of this month"
        return f"{_named(issue)}: {has} of the {of} summaries {where}"
    return f"{_named(issue)}: {plural(has, 'research summary')}"


def own_month(month: str) -> str:
    """Return what a month of the team's own is called."""
    return f"{OWN_MANY}, {month_name(month)}"


def is_part(issue: Issue) -> bool:
    """Return whether the blog names more subjects for a month than the library has summaries."""
    return not issue.complete and len(issue.subjects) > len(issue.summaries)


def other_language(name: str) -> str:
    """Say to someone who asked in another language that the answer is in English."""
    return f"Your question looks {name}. The summaries are in English."
