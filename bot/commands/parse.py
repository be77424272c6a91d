"""From what someone typed to a command or a question: the same rules, in the same order, wherever it was typed.

The checks for danger and for client details are made here and nowhere else, before anything is searched. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from rapidfuzz.distance import OSA

from bot import dates
from bot.commands.chat import Talk, question_in, small_talk
from bot.commands.table import COMMANDS, Argument, Command, Name, Place, command, where_it_works
from bot.safety.client_details import without_details
from bot.safety.crisis import speaks_of_danger
from bot.search.english import english
from bot.search.greetings import is_greeting
from bot.search.question import clip
from bot.text import fold

ENDS = " .!?/"
"""What may be around a command: "Topics?", "/latest"."""
LONGEST_NAME = max(len(form.split()) for each in COMMANDS for form in (each.name, *each.aliases))
SHORTEST_MISSPELT = 4
"""Letters: too many words are a slip away from a shorter one."""
_NO = frozenset(("no", "nope", "nah"))
_CLUBS = frozenset(("", "list", "clubs", "move", "cancel", "help", "show"))
"""What follows `journal-club` when someone wants to see the clubs, not to plan one."""


@dataclass(frozen=True, slots=True)
class Screened:
    """Words that may be searched: `text` is without what looks like client details (`details`: something was left out);
    `danger`: they speak of danger to someone, so the crisis line comes first.
    """

    text: str
    details: bool = False
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """What someone typed: a command with its argument, or (`command` is None) a question.

    `day` is the date in the argument of `journal-club`; `problem` says what is wrong with it. `misplaced` says where the
    command works, for one that does not work where it was typed. `meant` is the command that a question of one or two words
    may be a misspelling of. `talk` is the kind of small talk, which is no question either.
    """

    text: str
    command: Command | None = None
    argument: str = ""
    day: date | None = None
    problem: str = ""
    misplaced: str = ""
    meant: Command | None = None
    talk: Talk | None = None
    details: bool = False
    danger: bool = False

    @property
    def is_question(self) -> bool:
        """Whether the library is searched for it."""
        return self.command is None and self.talk is None and not self.problem and not self.misplaced

    @property
    def name(self) -> Name | None:
        """The command's name; None for a question."""
        return self.command.name if self.command else None


def screen(text: str, knows: Callable[[str], bool]) -> Screened:
    """Cut a text to the longest question, leave out what looks like client details, and check it for danger.

    `knows` returns whether the library uses a (folded) word.
    """
    searchable, details = without_details(clip(text), knows)
    return Screened(searchable, details, speaks_of_danger(text))


def parse(text: str, where: Place, knows: Callable[[str], bool], today: date) -> Parsed:
    """Return what someone typed `where`. `knows` returns whether the library uses a (folded) word."""
    if talk := small_talk(text):
        return Parsed(text, talk=talk)
    text = question_in(text)
    if _asks_for_more(text):
        text = Name.MORE
    found, argument = _command_in(clip(text))
    if found is not None and found.argument is Argument.STUDY_AND_DAY:
        return _club(text, found, argument, where, knows, today)
    screened = screen(text, knows)
    if screened.details:
        found, argument = _command_in(screened.text)
    return Parsed(
        screened.text,
        found,
        argument,
        misplaced=_misplaced(found, where),
        meant=None if found else meant(screened.text, knows),
        details=screened.details,
        danger=screened.danger,
    )


def _asks_for_more(text: str) -> bool:
    """Return whether a text is small talk that ends in `more` ("ok thx more"), but for "no more"."""
    words = fold(text[:100]).strip(ENDS).split()
    return any(
        words[place - 1] not in _NO
        and _WHOLE.get(" ".join(words[place:])) is command(Name.MORE)
        and small_talk(" ".join(words[:place])) is not None
        for place in range(1, len(words))
    )


def meant(text: str, knows: Callable[[str], bool]) -> Command | None:
    """Return the command that one or two words may be a misspelling of; None for words of the library or of English."""
    words = [fold(word).strip(f"{ENDS}:,") for word in text[:60].split()]
    if not 1 <= len(words) <= 2:
        return None
    best: tuple[int, Command] | None = None
    for each in COMMANDS:
        for form in (each.name, *(each.aliases if each.name is not Name.HELP else ())):
            distance = _distance(words, each, form.split(), knows)
            if distance is not None and (best is None or distance < best[0]):
                best = distance, each
    return best[1] if best else None


def _distance(words: list[str], each: Command, form: list[str], knows: Callable[[str], bool]) -> int | None:
    """The slips between the words typed and a command's; None where they are too many, or a word typed is no misspelling."""
    # Only the name of a command with an argument can be misspelt.
    typed = words if each.argument is Argument.NONE else words[: len(form)]
    if len(typed) != len(form):
        return None
    total = 0
    for word, right in zip(typed, form, strict=True):
        if word == right:
            continue
        slips = 1 if len(right) < 7 else 2
        if len(right) < SHORTEST_MISSPELT or len(word) < SHORTEST_MISSPELT:
            return None
        distance = OSA.distance(word, right, score_cutoff=slips)
        if distance > slips:
            return None
        inflected = len(words) == 1 and _is_inflected(word, right)
        if knows(word) or (word in english() and not inflected):
            return None
        total += distance
    return total or None


def _is_inflected(word: str, right: str) -> bool:
    """Whether a word is the command's with another ending ("subscription", "follows"), and so no misspelling of a third."""
    longer, shorter = max(word, right, key=len), min(word, right, key=len)
    return len(shorter) >= 6 and longer in (f"{shorter}s", f"{shorter}d")


def _command_in(text: str) -> tuple[Command | None, str]:
    """The command that a text is or begins with, and its argument."""
    words = text.strip(ENDS)
    whole = " ".join(fold(words[:100]).replace(",", " ").split())
    if is_greeting(text):
        return command(Name.HELP), ""
    if len(words) <= 100 and whole in _WHOLE:
        return _WHOLE[whole], ""
    first = words.split(maxsplit=LONGEST_NAME)
    for count in range(min(LONGEST_NAME, len(first)), 0, -1):
        head = " ".join(fold(word[:20]) for word in first[:count])
        found = _WHOLE.get(head.rstrip(":,"))
        if found is None or found.argument is Argument.NONE or (head.endswith((":", ",")) and not found.colon):
            continue
        argument = words.split(maxsplit=count)[count] if len(words.split(maxsplit=count)) > count else ""
        argument = argument.lstrip(" :,") if found.colon else argument
        return (None, "") if found.unless and re.match(found.unless, fold(argument[:100])) else (found, argument)
    return None, ""


_WHOLE = {fold(form): each for each in COMMANDS for form in (each.name, *each.aliases)}


def _misplaced(found: Command | None, where: Place) -> str:
    return where_it_works(found, where) if found and where not in found.places else ""


def _club(text: str, found: Command, argument: str, where: Place, knows: Callable[[str], bool], today: date) -> Parsed:
    """`journal-club WORDS on DATE`. The day is taken out before client details are: a day of birth would look the same."""
    problem, day = "", None
    words = "" if argument.strip(ENDS).lower() in _CLUBS else argument
    try:
        words, day = dates.split(words, today)
    except dates.DayError as error:
        problem = str(error)
    searchable, details = without_details(words.strip(" ,:;"), knows)
    return Parsed(
        searchable,
        found,
        searchable,
        day,
        problem,
        _misplaced(found, where),
        details=details and not problem,
        danger=speaks_of_danger(text),
    )
