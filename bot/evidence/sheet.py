"""A picture as plain data: what `drawing` puts on paper, in a child process that knows neither corpus nor Slack."""

from __future__ import annotations

from typing import Any

from bot.evidence import words
from bot.evidence.table import NAMES, NO_EFFECT, Evidence, Figures, label, within
from bot.text import clean, fit, plural

Json = dict[str, Any]

LONGEST = {"what": 200, "label": 120, "detail": 160, "footer": 700}
"""Characters of a text in the picture."""


def sheet(evidence: Evidence) -> Json:
    """Return the picture of this evidence."""
    shown, left_out = within(evidence)
    panels = [
        {
            "name": NAMES[panel.measure],
            "neutral": NO_EFFECT[panel.measure],
            "studies": [_study(figures) for figures in panel.studies],
        }
        for panel in shown.panels
    ]
    return {
        "title": _text(evidence.title, "label"),
        "lead": words.lead(evidence),
        "panels": panels,
        "footers": [_text(footer, "footer") for footer in _footers(shown, left_out)],
    }


def _study(figures: Figures) -> Json:
    rows = [
        {
            "what": _text(effect.what, "what"),
            "value": effect.value,
            "to": effect.to,
            "interval": list(effect.ci) if effect.ci else None,
            "shown": words.value(effect),
            "beside": words.beside(effect),
        }
        for effect in figures.effects
    ]
    name = _text(label(figures.summary), "label")
    return {"label": name, "detail": _text(words.detail(figures.summary), "detail"), "rows": rows}


def _footers(shown: Evidence, left_out: dict[str, int]) -> list[str]:
    effects = [effect for _, figures in shown.studies() for effect in figures.effects]
    key = []
    if any(effect.ci for effect in effects):
        key.append("Filled point and bar: value and 95% interval.")
    if any(effect.ci is None and effect.to is None for effect in effects):
        key.append("Open point: no interval printed.")
    if any(effect.to is not None for effect in effects):
        key.append("Two points joined by dots: a range of values, not an interval.")
    key.append("Line at 0: no association, difference or change.")
    footers = [" ".join(key), words.CAREFUL]
    if left_out:
        named = "; ".join(f"{name} ({plural(count, 'figure')})" for name, count in left_out.items())
        footers.append(f"For want of room not drawn: {named}")
    if shown.unstated:
        footers.append(f"{words.NONE_STATED}: {words.names(shown.unstated)}")
    return [*footers, "Source: PPRNet blog, University of Ottawa, figures as printed there."]


def _text(text: str, kind: str) -> str:
    return fit(clean(text), LONGEST[kind])
