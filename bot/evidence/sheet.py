"""A picture as plain data: what `drawing` puts on paper, in a child process that knows neither corpus nor Slack."""

from __future__ import annotations

from typing import Any

from bot.evidence import words
from bot.evidence.table import NO_EFFECT, Evidence, Figures, label, within
from bot.text import clean, fit

Json = dict[str, Any]

LONGEST = {"what": 160, "label": 120, "detail": 110, "footer": 400}
"""Characters of a text in the picture."""


def sheet(evidence: Evidence) -> Json:
    """Return the picture of this evidence."""
    shown = within(evidence)
    panels = [
        {"name": panel.name, "neutral": NO_EFFECT[panel.measure], "studies": [_study(figures) for figures in panel.studies]}
        for panel in shown.panels
    ]
    return {
        "title": _text(words.drawn_title(evidence), "label"),
        "panels": panels,
        "footers": [_text(footer, "footer") for footer in _footers(shown)],
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


def _footers(shown: Evidence) -> list[str]:
    effects = [effect for _, figures in shown.studies() for effect in figures.effects]
    key = []
    if any(effect.ci for effect in effects):
        key.append("Filled point and bar: value and 95% interval.")
    if any(effect.ci is None and effect.to is None for effect in effects):
        key.append("Open point: no interval printed.")
    if any(effect.to is not None for effect in effects):
        key.append("Two points joined by dots: a range of values, not an interval.")
    key.append("Line at 0: no association, difference or change.")
    loosely = ["The studies are only loosely related to what was asked."] if shown.loosely else []
    return [*loosely, " ".join(key), words.CAREFUL, words.source([figures.summary for _, figures in shown.studies()])]


def _text(text: str, kind: str) -> str:
    return fit(clean(text), LONGEST[kind])
