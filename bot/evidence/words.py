"""The printed effect sizes in words: a line for each figure, the text for a screen reader, the notes under a picture."""

from __future__ import annotations

from bot.corpus.model import Effect, Summary
from bot.evidence.table import Evidence, label
from bot.phrases import facts
from bot.text import clean, fit, plural

ALT_LIMIT = 1_000
"""Characters of a file's description (Slack, files.getUploadURLExternal: alt_txt_too_large)."""
CAREFUL = (
    "Nothing is pooled or computed. Different measures cannot be compared, and a positive number is not always better: "
    "read each line."
)
NONE_STATED = "No effect size stated"


def detail(summary: Summary) -> str:
    """Design and numbers of a study, "not stated" where the page does not say."""
    return f"{facts.design_name(summary.study.design, capital=False)} · {facts.sample(summary)}"


def value(effect: Effect) -> str:
    """Return a figure with its interval: ".28 [.26, .30]", ".14 to .49", "−.20"."""
    shown = facts.number(effect.value) + (f" to {facts.number(effect.to)}" if effect.to is not None else "")
    return f"{shown} [{facts.number(effect.ci[0])}, {facts.number(effect.ci[1])}]" if effect.ci else shown


def beside(effect: Effect) -> str:
    """Return what else is printed with a figure: studies behind it, p."""
    parts = [plural(effect.k, "study")] if effect.k and effect.k > 1 else []
    if effect.p:
        parts.append(f"p {effect.p}" if effect.p.startswith("<") else f"p = {effect.p}")
    return " · ".join(parts)


def lead(evidence: Evidence) -> str:
    """Return how many figures there are and where they come from."""
    of = len(evidence.summaries) + len(evidence.unstated)
    related = "loosely related " if evidence.loosely else ""
    return f"{plural(evidence.count, 'figure')} from {len(evidence.summaries)} of {plural(of, f'{related}summary')}."


def groups(evidence: Evidence) -> list[tuple[str, list[str]]]:
    """Return each study of each panel: its heading, and a line for each figure."""
    return [
        (f"{label(figures.summary)} · {detail(figures.summary)}", [facts.effect(effect) for effect in figures.effects])
        for _, figures in evidence.studies()
    ]


def names(summaries: tuple[Summary, ...]) -> str:
    """Return studies by name."""
    return "; ".join(label(summary) for summary in summaries)


def alt_text(evidence: Evidence, limit: int = ALT_LIMIT) -> tuple[str, list[str]]:
    """Return what the picture shows, for those who hear it, and the figures that did not fit into `limit` characters."""
    text = clean(f"{evidence.title}. {'Loosely related. ' if evidence.loosely else ''}Bars are 95% intervals.")
    rest: list[str] = []
    for panel, figures in evidence.studies():
        head = clean(f"{label(figures.summary)}, {detail(figures.summary)}:")
        for effect in figures.effects:
            said = clean(f"{effect.what} {panel.measure} = {value(effect)}")
            more = f" {head} {said};"
            if not rest and len(text) + len(more) <= limit - 40:
                text, head = text + more, ""
                text = text.replace("  ", " ")
            else:
                rest.append(f"{label(figures.summary)}: {said}")
    text = text.rstrip(";") + ("." if not rest else f". And {plural(len(rest), 'figure')} more, listed in the message.")
    return fit(text, limit), rest


def plain(evidence: Evidence) -> str:
    """Return everything as plain text, for the terminal."""
    parts = [f"{evidence.title}\n{lead(evidence)}"]
    parts += ["\n".join([heading, *(f"  • {line}" for line in lines)]) for heading, lines in groups(evidence)]
    if evidence.unstated:
        parts.append(f"{NONE_STATED}: {names(evidence.unstated)}")
    return "\n\n".join([*parts, CAREFUL])
