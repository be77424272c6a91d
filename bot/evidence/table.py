"""The printed effect sizes of summaries, put in order: a panel for each measure, in it each study with its figures.

Nothing is computed, pooled or converted, and no two measures share a panel. Pure; knows no Slack and draws nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.corpus.model import MEASURES, Effect, Study, Summary

MOST = 20
"""Figures in one picture. The others are named under it and are in the table."""

NO_EFFECT = {"r": 0.0, "g": 0.0, "d": 0.0, "B": 0.0, "SMD": 0.0, "indirect effect": 0.0}
"""Where each measure says "no association, no difference". A ratio would say so at 1, on another kind of scale."""
NAMES = {
    "r": "r (correlation)",
    "g": "g (standardised difference)",
    "d": "d (standardised difference)",
    "B": "B (regression coefficient)",
    "SMD": "SMD (standardised mean difference)",
    "indirect effect": "Indirect effect",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one study in one measure."""

    summary: Summary
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """All studies that print a measure."""

    measure: str
    studies: tuple[Figures, ...]

    @property
    def count(self) -> int:
        """Return how many figures are in the panel."""
        return sum(len(figures.effects) for figures in self.studies)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the matching summaries print. `subject` is a topic's name, or None; `loosely`: the summaries are only loosely
    related to what was asked. `unstated` are the summaries that state no effect size.
    """

    subject: str | None
    panels: tuple[Panel, ...]
    unstated: tuple[Summary, ...] = ()
    loosely: bool = False

    @property
    def count(self) -> int:
        """Return how many figures there are."""
        return sum(panel.count for panel in self.panels)

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """Return the summaries with figures, each once, in order."""
        return tuple({figures.summary.id: figures.summary for _, figures in self.studies()}.values())

    @property
    def title(self) -> str:
        """Return a heading that repeats nothing of a question: the topic where there is one."""
        return (
            f"Effect sizes as printed: {self.subject}"
            if self.subject
            else "Effect sizes as printed in the matching summaries"
        )

    def studies(self) -> Iterator[tuple[Panel, Figures]]:
        """Return every study of every panel, in order."""
        return ((panel, figures) for panel in self.panels for figures in panel.studies)


def gather(summaries: Sequence[Summary], *, subject: str | None = None, loosely: bool = False) -> Evidence:
    """Return the printed effect sizes of these summaries, in their order."""
    panels = []
    for measure in MEASURES:
        studies = []
        for summary in summaries:
            found = tuple(effect for effect in summary.study.effects if effect.measure == measure)
            if found:
                studies.append(Figures(summary, found))
        if studies:
            panels.append(Panel(measure, tuple(studies)))
    unstated = tuple(summary for summary in summaries if not summary.study.effects)
    return Evidence(subject, tuple(panels), unstated, loosely)


def within(evidence: Evidence, most: int = MOST) -> tuple[Evidence, dict[str, int]]:
    """Return as much of it as a picture has room for, and how many figures of which study (by its label) are left out.

    Every panel keeps something: room is given out in turn, a study's figures staying in their order.
    """
    kept = dict.fromkeys(((at, place) for at, panel in enumerate(evidence.panels) for place in range(len(panel.studies))), 0)
    room = most
    while room and any(kept[at, place] < len(evidence.panels[at].studies[place].effects) for at, place in kept):
        for at, place in kept:
            if room and kept[at, place] < len(evidence.panels[at].studies[place].effects):
                kept[at, place] += 1
                room -= 1
    panels = []
    left_out: dict[str, int] = {}
    for at, panel in enumerate(evidence.panels):
        studies = []
        for place, figures in enumerate(panel.studies):
            if missing := len(figures.effects) - kept[at, place]:
                name = label(figures.summary)
                left_out[name] = left_out.get(name, 0) + missing
            if kept[at, place]:
                studies.append(Figures(figures.summary, figures.effects[: kept[at, place]]))
        if studies:
            panels.append(Panel(panel.measure, tuple(studies)))
    return Evidence(evidence.subject, tuple(panels), evidence.unstated, evidence.loosely), left_out


def label(summary: Summary) -> str:
    """Return a study's name as papers cite it: "Norcross and Lambert, 2018", "Flückiger et al., 2020"; its title where no
    author is printed.
    """
    return f"{_who(summary.study) or summary.title}, {summary.study.year or 'year not stated'}"


def _who(study: Study) -> str:
    if len(study.authors) > 2:
        return f"{study.authors[0]} et al."
    return " and ".join(study.authors)
