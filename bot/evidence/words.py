"""The printed effect sizes in words: a line for each figure, the text for a screen reader, the notes under a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.corpus.model import READABLE, Effect, Summary
from bot.evidence.table import KIND_NAMES, Evidence, Figures, kind_of, label, within
from bot.phrases import facts
from bot.text import clean, fit, plural

ALT_LIMIT = 1_000
"""Characters of a file's description (Slack, files.getUploadURLExternal: alt_txt_too_large)."""
CAREFUL = (
    f"Nothing is pooled or computed. Different measures cannot be compared. {facts.SAME_LETTER} A positive number is not "
    "always better: read each line."
)
_BLOG = "PPRNet blog, University of Ottawa"
NONE_STATED = "No effect size stated"
NONE_READ = "No effect size stated, or none that could be read from the text"


def source(summaries: Sequence[Summary]) -> str:
    """Return the line that names where the figures of these summaries were printed."""
    names = [_BLOG if name == facts.PPRNET else name for name in facts.publishers(summaries)]
    names += ["the team's own summaries"] if any(summary.is_own for summary in summaries) else []
    return f"Source: {'; '.join(names)}, figures as printed there."


def detail(summary: Summary) -> str:
    """Design and numbers of a study, "not stated" where the page does not say."""
    return " · ".join(filter(None, (facts.design(summary), facts.sample(summary))))


def value(effect: Effect) -> str:
    """Return a figure with its interval: ".28 [.26, .30]", ".14 to .49", "−.20"."""
    return f"{bare_value(effect)} {interval(effect)}".rstrip()


def bare_value(effect: Effect) -> str:
    """Return a figure, or the ends of a range: ".28", ".14 to .49"."""
    return facts.number(effect.value) + (f" to {facts.number(effect.to)}" if effect.to is not None else "")


def interval(effect: Effect) -> str:
    """Return the 95% interval printed with a figure: "[.26, .30]"; "" without one."""
    return f"[{facts.number(effect.ci[0])}, {facts.number(effect.ci[1])}]" if effect.ci else ""


def beside(effect: Effect) -> str:
    """Return what else is printed with a figure: studies behind it, p."""
    parts = [plural(effect.k, "study")] if effect.k and effect.k > 1 else []
    if effect.p:
        parts.append(f"p {effect.p}" if effect.p.startswith("<") else f"p = {effect.p}")
    return " · ".join(parts)


def lead(evidence: Evidence) -> str:
    """Return how many figures are about the subject and where they come from."""
    if not evidence.count:
        return f"No effect size here measures {evidence.subject or 'this'} directly."
    related = "loosely related " if evidence.loosely else ""
    what = f"{plural(evidence.count, 'figure')}{' about this' if evidence.subject else ''}"
    return f"{what}, from {plural(len(evidence.summaries), f'{related}summary')}."


def others_title(evidence: Evidence) -> str:
    """Return the heading of the figures that are about something else."""
    return "Figures of loosely related studies" if evidence.loosely else "Other figures of these studies"


def panels(evidence: Evidence) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """Return each panel: its heading, and its studies, each with its heading and a line for each figure."""
    return [
        (panel.name, [(heading(figures.summary), [*map(facts.effect, figures.effects)]) for figures in panel.studies])
        for panel in evidence.panels
    ]


def others(evidence: Evidence) -> list[tuple[str, list[str]]]:
    """Return the studies with figures about something else: each with its heading and a line for each figure."""
    return [
        (facts.checked(label(figures.summary), figures.summary, "effects"), [*map(_with_kind, figures.effects)])
        for figures in evidence.others
    ]


def heading(summary: Summary) -> str:
    """Return a study's name, its design and its numbers."""
    return facts.checked(" · ".join(filter(None, (label(summary), detail(summary)))), summary, *READABLE)


def none_stated(summaries: Sequence[Summary]) -> str:
    """Return what is said over studies without effect sizes; of an original's no one knows whether its text states one."""
    return NONE_STATED if all(summary.text == "digest" for summary in summaries) else NONE_READ


def names(summaries: Sequence[Summary]) -> str:
    """Return studies by name."""
    return "; ".join(label(summary) for summary in summaries)


def drawn_title(evidence: Evidence) -> str:
    """Return the title of the picture, which says so where it does not have room for all figures."""
    drawn = within(evidence).count
    return evidence.title + (f" · {drawn} of {plural(evidence.count, 'figure')}" if drawn < evidence.count else "")


def alt_text(evidence: Evidence, limit: int = ALT_LIMIT) -> str:
    """Return what the picture shows, for those who hear it: as many of its figures as fit into `limit` characters."""
    text = clean(f"{drawn_title(evidence)}. {'Loosely related. ' if evidence.loosely else ''}")
    left = within(evidence).count
    for panel, figures in within(evidence).studies():
        head = clean(f"{KIND_NAMES[panel.kind]}, {label(figures.summary)}:")
        for effect in figures.effects:
            more = f" {head} {clean(f'{effect.what} {panel.measure} = {value(effect)}')};".replace("  ", " ")
            if len(text) + len(more) > limit - 60:
                return fit(
                    f"{text.rstrip(';')}. And {plural(left, 'figure')} more, in the message after the picture.", limit
                )
            text, head, left = text + more, "", left - 1
    return fit(f"{text.rstrip(';')}.", limit)


def plain(evidence: Evidence) -> str:
    """Return everything as plain text, for the terminal."""
    parts = [f"{evidence.title}\n{lead(evidence)}"]
    for name, studies in panels(evidence):
        parts.append(f"-- {name} --")
        parts += [_listed(study, lines) for study, lines in studies]
    if evidence.others:
        parts.append(f"-- {others_title(evidence)} --")
        parts += [_listed(study, lines) for study, lines in others(evidence)]
    if evidence.unstated:
        parts.append(f"{none_stated(evidence.unstated)}: {names(evidence.unstated)}")
    return "\n\n".join([*parts, CAREFUL])


def as_json(evidence: Evidence) -> dict[str, Any]:
    """Return everything as the documented object, whose keys other programs rely on."""
    about = [figures for panel in evidence.panels for figures in panel.studies]
    return {
        "title": evidence.title,
        "subject": evidence.subject,
        "loosely_related": evidence.loosely,
        "figures": _rows(about),
        "other_figures": _rows(evidence.others),
        "none_stated": [summary.id for summary in evidence.unstated],
    }


def _rows(studies: Sequence[Figures]) -> list[dict[str, Any]]:
    return [
        {
            "id": figures.summary.id,
            "study": label(figures.summary),
            "what": effect.what,
            "measure": effect.measure,
            "kind": kind_of(effect),
            "value": effect.value,
            "to": effect.to,
            "ci": list(effect.ci) if effect.ci else None,
            "p": effect.p,
            "k": effect.k,
        }
        for figures in studies
        for effect in figures.effects
    ]


def _with_kind(effect: Effect) -> str:
    kind = kind_of(effect)
    return f"{facts.effect(effect)}{f' ({kind})' if kind else ''}"


def _listed(heading: str, lines: Sequence[str]) -> str:
    return "\n".join([heading, *(f"  • {line}" for line in lines)])
