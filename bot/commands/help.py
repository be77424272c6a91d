"""What help says: the command table as lines, for `help`, `help more`, the terminal, the playground's list and the docs."""

from __future__ import annotations

from typing import NamedTuple

from bot.commands.table import ANYWHERE, COMMANDS, QUESTION_EXAMPLES, Argument, Group, Name, Place, Who, command
from bot.phrases import facts

LEAD = "Ask me about psychotherapy research. I answer with the best-matching summary and what it means for practice."
ONLY_THESE = "I search these summaries and nothing else. Where I find nothing, there may still be research."
CARE = "I do not store your questions. I cannot help in an emergency."
IN_PUBLIC = "The commands under *Find* work after `@PPRNet` too: then everyone in the channel sees the answer."
NO_EMERGENCY = (
    "This bot cannot help in an emergency. If anyone may be in danger, follow your clinic's crisis plan or call your local "
    "emergency number."
)
PRIVACY_TITLE = "What I do with what you write"
PRIVACY = (
    "Your question is used for the search and then dropped. It is not stored, logged, counted or sent anywhere else.",
    "Parts that look like client details are left out of the search, but I may miss some.",
    "No language model and no outside service sees it. The search runs inside this bot.",
    "Stored, as ids only: which event was answered (2 days), which summary a thread is about and who shared a card "
    "(30 days), which month was posted in which channel and who set that up, and for journal clubs the study, the channel, "
    "the day and who planned them (curators see all clubs on Home).",
    "Stored for you until you remove it: topics you follow, what you save (with the date and, if you write one, a note of "
    "your own) and your answer to “Will you use this?”. Colleagues see only how many answered what, once five have, and no "
    "names. Which studies you open is not recorded.",
    "What you send with *Something wrong?* goes to the team's curators in Slack, without your name. I store no copy.",
    "`/pprnet forget me` deletes everything I store about you right away, and says what it was.",
    "Only you see answers to `/pprnet`, until you press *Share*. Your question is never shared.",
    f"{facts.NO_CLIENT_DETAILS} What you type stays in Slack under your workspace's rules.",
)
"""Lines of mrkdwn."""


class Line(NamedTuple):
    """A line of help: an example of what to type, and what it does."""

    typed: str
    does: str


def lines(where: Place | None = None) -> dict[Group, list[Line]]:
    """Return every line of help by group, or those for what works in one place."""
    found: dict[Group, list[Line]] = {}
    for group in Group:
        commands = [each for each in COMMANDS if each.group is group and each.help and (not where or where in each.places)]
        found[group] = [Line(each.typed, each.help) for each in commands]
    found[Group.FIND] += [Line(*example) for example in QUESTION_EXAMPLES]
    return {group: listed for group, listed in found.items() if listed}


def first_lines() -> list[str]:
    """Return the lines of `help` (mrkdwn): as many as fit on a phone's screen."""
    return [
        "`/pprnet alliance rupture`  only you see the answer",
        "`@PPRNet why do clients drop out?`  I answer in the thread",
        "a direct message to me, in your own words",
        *(
            _slack(Line(each.typed, each.help))
            for each in map(command, (Name.LATEST, Name.TOPICS, Name.SAVED, Name.HELP_MORE))
        ),
    ]


def all_lines() -> dict[str, list[str]]:
    """Return the lines of `help more` (mrkdwn) by heading."""
    found = {group.value: [_slack(line) for line in listed] for group, listed in lines().items()}
    found[Group.FIND.value].append(
        "*Find related research* under a message's *More actions*, *Search research* among the shortcuts"
    )
    return found


def markdown() -> str:
    """Return the command table for the docs."""
    rows = ["| type | what happens | where it works |", "|---|---|---|"]
    for group in Group:
        for each in (each for each in COMMANDS if each.group is group and each.help):
            typed = f"`{each.usage}`" if each.argument is not Argument.NONE else f"`{each.name}`"
            places = "everywhere" if each.places == ANYWHERE else ", ".join(p.value for p in Place if p in each.places)
            rows.append(f"| {typed} | {each.help}{' (curators only)' if each.who is Who.CURATORS else ''} | {places} |")
        if group is Group.FIND:
            rows += [f"| `{typed}` | {does} | everywhere |" for typed, does in QUESTION_EXAMPLES]
    return "\n".join(rows)


def _slack(line: Line) -> str:
    """Return a line of help (mrkdwn). `more` follows an answer in a thread, where Slack has no slash commands."""
    return f"`{'@PPRNet' if line.typed == Name.MORE else '/pprnet'} {line.typed}`  {line.does}"
