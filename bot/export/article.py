"""A month as articles, made of the blocks of its post in Slack: the card without buttons, then what *Details* has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from slack_sdk.models.blocks import Block

from bot.blocks import card, kit, study, tables
from bot.blocks.evidence import figures
from bot.corpus.model import Corpus, Issue, Summary
from bot.evidence.table import gather
from bot.export.pieces import Piece, pieces
from bot.phrases import facts


@dataclass(frozen=True, slots=True)
class Article:
    """A summary: its title, and all else in pieces."""

    summary: Summary
    title: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A month's title, what stands under it, its articles, and the first moment of the month."""

    month: str
    title: str
    lead: tuple[str, ...]
    articles: tuple[Article, ...]
    since: datetime


def month_of(issue: Issue, corpus: Corpus) -> Month:
    """Return a month of the library for a reader without Slack."""
    lead = (f"From your curator: {issue.note}",) if issue.note else ()
    since = datetime(int(issue.month[:4]), int(issue.month[5:7]), 1, tzinfo=UTC)
    articles = tuple(_article(summary, corpus) for summary in issue.summaries)
    return Month(issue.month, facts.posted_month(issue), lead, articles, since)


def _article(summary: Summary, corpus: Corpus) -> Article:
    first, *rest = kit.dump([*_card(summary), *study.details(summary, corpus, effects=_effects(summary))])
    return Article(summary, str(first["text"]["text"]), tuple(piece for block in rest for piece in pieces(block)))


def _card(summary: Summary) -> list[Block]:
    """Return the card without its footer: the details end with the same."""
    return card.body(summary, with_buttons=False)[:-1]


def _effects(summary: Summary) -> list[Block]:
    """Return the effect sizes as a table, whose rows are named by what was measured."""
    if not summary.study.effects:
        return []
    table = figures(gather([summary]))
    named = tables.Table(table.columns[1:], tuple(row[1:] for row in table.rows))
    return [kit.paragraph(facts.checked("Effect sizes as printed", summary, "effects"), ""), tables.block(named)]
