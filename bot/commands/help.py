"""What help says: the command table as lines, for `help`, `help more`, the terminal, the playground's list and the docs."""

from __future__ import annotations

from typing import NamedTuple

from bot.commands.table import ANYWHERE, COMMANDS, QUESTION_EXAMPLES, Argument, Group, Name, Place, Who, command

LEAD = "Ask me about psychotherapy research. I answer with the best-matching summary and what it means for practice."
ONLY_THESE = (
    "I search these summaries and nothing else; nothing is generated. Where I find nothing, there may still be research."
)
CARE = "I do not store your questions. I cannot help in an emergency."
IN_PUBLIC = "The commands under *Find* work after `@PPRNet` too: then everyone in the channel sees the answer."


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
