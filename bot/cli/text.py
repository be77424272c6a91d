"""Replies as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from bot.cli.wrapping import wrap
from bot.commands import help, privacy
from bot.commands.reply import (
    AboutSubject,
    Answer,
    Aside,
    Compared,
    Content,
    EffectSizes,
    Heading,
    Help,
    Mentioned,
    MoreHelp,
    Note,
    Nothing,
    OnlyMentioned,
    Privacy,
    Related,
    Reply,
    SummaryList,
    TopicList,
    UnknownTopic,
)
from bot.commands.table import Place
from bot.corpus.model import READABLE, Summary
from bot.evidence import words
from bot.phrases import facts
from bot.safety.crisis import NO_EMERGENCY

DETAILS = "Parts that look like client details were left out of the search."
NONE_STATED = "The summaries on this state no effect size. pprnet ask searches everything in them."


def text_of(reply: Reply, crisis_line: str | None) -> str:
    """Return the text of a reply: where the words speak of danger the crisis line, and nothing else but a sure answer."""
    if reply.danger:
        return "\n\n".join([wrap(crisis_line or NO_EMERGENCY), *(_parts(reply.shown) if reply.shown else [])])
    above = [wrap(DETAILS)] if reply.details else []
    above += [wrap(f"Did you mean the command: {reply.suggestion}?")] if reply.suggestion else []
    return "\n\n".join([*above, *_parts(reply.content)])


def _parts(content: Content) -> list[str]:
    match content:
        case Answer():
            return _answer(content)
        case Related(summaries, heading):
            lead = "Nothing in the library answers this directly. Loosely related:"
            return [*_heading(heading), lead, _findings(summaries)]
        case AboutSubject():
            return _about_subject(content)
        case OnlyMentioned(mentioned, heading):
            lead = facts.only_mentioned(mentioned.count, mentioned.subject)
            return [*_heading(heading), wrap(f"{lead}:"), _mentions(mentioned)]
        case Nothing(lead, coverage, topics):
            near = f"\nNearest topics: {', '.join(topic.name for topic in topics)}" if topics else ""
            return [f"{wrap(f'{lead} {coverage}')}\nThis does not mean that there is no research.{near}"]
        case SummaryList(title, summaries, rest):
            return [wrap(title), *([_summaries(summaries)] if summaries else []), *([wrap(rest)] if rest else [])]
        case TopicList(counts):
            return ["Topics in the library:", "\n".join(f"  {topic.name}: {count}" for topic, count in counts)]
        case UnknownTopic(name):
            asked = f"There is no topic called “{name}”." if name else "Which topic?"
            return [wrap(f"{asked} pprnet ask topics lists them all; then type pprnet ask topic NAME.")]
        case Compared():
            return _compared(content)
        case EffectSizes(evidence):
            return [effect_sizes(words.plain(evidence)) if evidence.count or evidence.others else wrap(NONE_STATED)]
        case Help(coverage):
            return _help(coverage)
        case MoreHelp():
            return _more_help()
        case Privacy():
            return [privacy.TITLE, "\n".join(wrap(_plain(line), first="  • ", indent="    ") for line in privacy.LINES)]
        case Note(text) | Aside(text):
            return [wrap(_plain(text))]
        case _:
            raise TypeError(f"{type(content).__name__} has no form in the terminal")


def effect_sizes(text: str) -> str:
    """Wrap the lines of a list of effect sizes, each with its own indent."""
    found = []
    for line in text.split("\n"):
        bullet = line.startswith("  • ")
        found.append(wrap(line.removeprefix("  • "), first="  • " if bullet else "", indent="    " if bullet else ""))
    return "\n".join(found)


def _heading(heading: Heading) -> list[str]:
    corrected = [wrap(f"Showing results for: {heading.corrected}")] if heading.corrected else []
    return [*corrected, *map(wrap, heading.filters)]


def _answer(answer: Answer) -> list[str]:
    summary = answer.summary
    parts = [*_heading(answer.heading), *([wrap(facts.ONLY_ONE)] if answer.only_one else [])]
    parts.append(f"{wrap(summary.title)}\n{wrap(facts.brief(summary))}")
    parts += [wrap(f"{what} ({which}): {address}") for what, which, address in facts.notices(summary)]
    label, said = facts.bottom_line(summary)
    if said:
        parts.append(f"{label}\n{wrap(said, indent='  ')}")
    implications = (wrap(text, first="  • ", indent="    ") for text in summary.implications)
    parts.append("\n".join(["Practice implications", *implications]))
    if summary.caution:
        parts.append(wrap(f"Caution: {summary.caution}"))
    if answer.later:
        parts.append(wrap(facts.later(answer.later)))
    if summary.note:
        parts.append("Note\n" + wrap(summary.note, indent="  "))
    footer = [
        wrap(f"{facts.origin(summary)} {facts.blog_month(summary)}"),
        *([home] if (home := facts.home(summary)) else []),
    ]
    parts.append("\n".join([*footer, *([summary.study.link] if summary.study.link else []), wrap(facts.WEIGH)]))
    if answer.others:
        parts += ["Also on this:", _summaries(answer.others)]
    return [*parts, facts.ALSO_MENTIONED, _mentions(answer.mentioned)] if answer.mentioned else parts


def _compared(compared: Compared) -> list[str]:
    parts = [*_heading(compared.heading), wrap(facts.COMPARED_HOW)]
    for design, group in compared.groups:
        parts.append(f"-- {facts.design_name(design)} --")
        for summary in group:
            effects = [facts.effect(effect) for effect in summary.study.effects]
            printed = [wrap(effect, first="  • ", indent="    ") for effect in effects] or [f"  {facts.no_effects(summary)}"]
            label, said = facts.bottom_line(summary)
            bottom_line = wrap(f"{label}: {said}" if said else facts.no_bottom_line(summary), indent="  ")
            context = facts.context(summary, with_design=False)
            title = f"{wrap(summary.title)}\n{wrap(facts.checked(context, summary, *READABLE))}"
            parts.append("\n".join([title, bottom_line, *printed]))
    return [*parts, wrap(facts.NOT_COMPARABLE)]


def _about_subject(found: AboutSubject) -> list[str]:
    lead = facts.about_subject(len(found.summaries) + found.rest, found.subject)
    parts = [*_heading(found.heading), wrap(f"{lead}:"), _findings(found.summaries)]
    if found.rest:
        listed = f"pprnet ask topic {found.topic.name} lists them all." if found.topic else "Add a word to narrow it down."
        parts.append(wrap(f"… and {found.rest} more. {listed}"))
    return [*parts, facts.ALSO_MENTIONED, _mentions(found.mentioned)] if found.mentioned else parts


def _findings(summaries: Iterable[Summary]) -> str:
    return "\n".join(_item(summary.title, facts.finding(summary)) for summary in summaries)


def _mentions(found: Mentioned) -> str:
    rest = [f"  … and {found.rest} more."] if found.rest else []
    return "\n".join(
        [*(_item(mention.summary.title, facts.mention(mention.summary, mention.sentence)) for mention in found.found), *rest]
    )


def _item(title: str, said: str) -> str:
    return f"{wrap(title, first='  • ', indent='    ')}\n{wrap(said, indent='    ')}"


def _summaries(summaries: Iterable[Summary]) -> str:
    return "\n".join(_item(summary.title, facts.context(summary)) for summary in summaries)


def _help(coverage: str) -> list[str]:
    return [
        "Ask about psychotherapy research in your own words, for example:",
        '  pprnet ask "alliance rupture"\n  pprnet ask why do clients drop out early',
        "pprnet ask help more lists all commands that work here.",
        wrap(f"{coverage} {help.ONLY_THESE}"),
    ]


def _more_help() -> list[str]:
    groups = help.lines(Place.TERMINAL).items()
    listed = [
        "\n".join([group.value, *(f"  pprnet ask {typed:<42} {does}" for typed, does in lines)]) for group, lines in groups
    ]
    return [*listed, "Saving, following, the monthly post and journal clubs work in Slack."]


def _plain(text: str) -> str:
    """A sentence of Slack's markup as plain text, with commands as they are typed here."""
    return text.replace("`/pprnet ", "`pprnet ask ").replace("`", "").replace("*", "")
