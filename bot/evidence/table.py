"""The printed effect sizes of summaries, put in order: a panel for each measure and kind, in it each study with its figures.

Nothing is computed, pooled or converted, and no two measures or kinds share a panel. Pure; knows no Slack and draws nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from bot.corpus.model import KINDS, MEASURES, Effect, Study, Summary
from bot.evidence.fit import Fit, everything
from bot.phrases.facts import named_with_notice

MOST = 12
"""Figures in one picture, which is a slide."""

NO_EFFECT = {"r": 0.0, "g": 0.0, "d": 0.0, "B": 0.0, "SMD": 0.0, "indirect effect": 0.0}
"""Where each measure says "no association, no difference". A ratio would say so at 1, on another kind of scale."""
NAMES = {
    "r": "r (correlation)",
    "g": "g (standardised difference)",
    "d": "d (standardised difference)",
    "B": "B (regression coefficient)",
    "SMD": "SMD (standardised mean difference)",
    "indirect effect": "indirect effect",
}
KIND_NAMES = {
    "association": "Associations",
    "difference": "Differences between groups or conditions",
    "change": "Changes over time",
    None: "Kind not stated",
}
_DIFFERENCE = re.compile(r"\b(?:versus|vs|than|compared|difference)\b", re.IGNORECASE)
_CHANGE = re.compile(r"\b(?:changes?|improvement|reduction|before to after|pre-?post|start to end)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one study in one panel."""

    summary: Summary
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """All studies that print a measure for one kind of effect (None: the kind is not stated)."""

    measure: str
    kind: str | None
    studies: tuple[Figures, ...]

    @property
    def count(self) -> int:
        """Return how many figures are in the panel."""
        return sum(len(figures.effects) for figures in self.studies)

    @property
    def name(self) -> str:
        """Return the panel's heading: "Associations: r (correlation)"."""
        return f"{KIND_NAMES[self.kind]}: {NAMES[self.measure]}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the matching summaries print. `panels` have the figures that are about `subject` (a topic's name or words of the
    library, None: nothing in particular), `others` the rest of the same studies. `unstated` are the summaries that state no
    effect size; `loosely`: the summaries are only loosely related to what was asked; `filters` says which were asked for.
    """

    subject: str | None
    panels: tuple[Panel, ...]
    others: tuple[Figures, ...] = ()
    unstated: tuple[Summary, ...] = ()
    loosely: bool = False
    filters: str = ""
    fit: Fit = field(default=everything, compare=False, repr=False)

    @property
    def count(self) -> int:
        """Return how many figures are about the subject."""
        return sum(panel.count for panel in self.panels)

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """Return the summaries with figures about the subject, each once, in order."""
        return tuple({figures.summary.id: figures.summary for _, figures in self.studies()}.values())

    @property
    def title(self) -> str:
        """Return a heading that repeats nothing of a question: the subject and the filters."""
        of = f": {self.subject}" if self.subject else " in the matching summaries"
        return f"Effect sizes as printed{of}{f' ({self.filters})' if self.filters else ''}"

    def studies(self) -> Iterator[tuple[Panel, Figures]]:
        """Return every study of every panel, in order."""
        return ((panel, figures) for panel in self.panels for figures in panel.studies)


def gather(
    summaries: Sequence[Summary],
    *,
    subject: str | None = None,
    loosely: bool = False,
    fit: Fit = everything,
    filters: str = "",
) -> Evidence:
    """Return the printed effect sizes of these summaries, in their order: apart those that `fit`, and the others."""
    panels = []
    for measure, kind in product(MEASURES, (*KINDS, None)):
        studies = []
        for each in summaries:
            effects = tuple(effect for effect in each.study.effects if _is_of(effect, measure, kind) and fit(effect))
            studies += [Figures(each, effects)] if effects else []
        panels += [Panel(measure, kind, tuple(studies))] if studies else []
    rest = [Figures(each, tuple(effect for effect in each.study.effects if not fit(effect))) for each in summaries]
    others = tuple(figures for figures in rest if figures.effects)
    unstated = tuple(summary for summary in summaries if not summary.study.effects)
    return Evidence(subject, tuple(panels), others, unstated, loosely, filters, fit)


def kind_of(effect: Effect) -> str | None:
    """Return the kind of an effect: as its file says, else as its measure or its words do; None where nothing does."""
    if effect.kind:
        return effect.kind
    if effect.measure in ("r", "B", "indirect effect"):
        return "association"
    if _DIFFERENCE.search(effect.what):
        return "difference"
    return "change" if _CHANGE.search(effect.what) else None


def within(evidence: Evidence, most: int = MOST) -> Evidence:
    """Return as much of it as a picture has room for: the figures that fit best, of those the most precise."""
    places = [
        (at, place, number, effect)
        for at, panel in enumerate(evidence.panels)
        for place, figures in enumerate(panel.studies)
        for number, effect in enumerate(figures.effects)
    ]
    best = sorted(places, key=lambda each: (-evidence.fit(each[3]), _width(each[3])))[:most]
    chosen = {each[:3] for each in best}
    panels = []
    for at, panel in enumerate(evidence.panels):
        studies = []
        for place, figures in enumerate(panel.studies):
            effects = tuple(effect for number, effect in enumerate(figures.effects) if (at, place, number) in chosen)
            studies += [Figures(figures.summary, effects)] if effects else []
        panels += [Panel(panel.measure, panel.kind, tuple(studies))] if studies else []
    return Evidence(evidence.subject, tuple(panels), (), (), evidence.loosely, evidence.filters, evidence.fit)


def label(summary: Summary) -> str:
    """Return a study's name as papers cite it: "Norcross and Lambert, 2018", "Flückiger et al., 2020"; its title where no
    author is printed. What takes the paper back follows.
    """
    name = f"{_who(summary.study) or summary.title}, {summary.study.year or 'year not stated'}"
    return named_with_notice(name, summary)


def _is_of(effect: Effect, measure: str, kind: str | None) -> bool:
    return effect.measure == measure and kind_of(effect) == kind


def _width(effect: Effect) -> float:
    """Return how imprecise a figure is, to order by: the width of its interval, else by how many studies it pools."""
    if effect.ci:
        return effect.ci[1] - effect.ci[0]
    return 1 / math.sqrt(effect.k) if effect.k else math.inf


def _who(study: Study) -> str:
    if len(study.authors) > 2:
        return f"{study.authors[0]} et al."
    if len(study.authors) == 1 and study.citation is None:
        return f"{study.authors[0]} and colleagues"  # the page names one author and gives no list
    return " and ".join(study.authors)
