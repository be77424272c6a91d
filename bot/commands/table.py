"""Every command, once: how it is typed, what help says about it, where it works and for whom. Pure data.

Parsing (`bot.commands.parse`), `help` and `help more`, the terminal, the playground's list, the docs and the tests read this
table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from bot.search.greetings import GREETINGS


class Name(StrEnum):
    """A command, by the word that is typed for it."""

    LATEST = "latest"
    TOPICS = "topics"
    TOPIC = "topic"
    COMPARE = "compare"
    EVIDENCE = "evidence"
    MORE = "more"
    SAVED = "saved"
    SAVED_EXPORT = "saved export"
    LOG = "log"
    PRIVACY = "privacy"
    FORGET = "forget me"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    FOLLOWING = "following"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    SUBSCRIPTIONS = "subscriptions"
    JOURNAL_CLUB = "journal-club"
    DEFAULT = "default"
    FEEDBACK = "feedback"
    ADD = "add"
    HELP = "help"
    HELP_MORE = "help more"


class Place(Enum):
    """Where someone types, in the words of the docs."""

    CHANNEL = "`/pprnet` in a channel"
    MENTION = "`@PPRNet` in a channel"
    DIRECT = "a direct message"
    """A message to the bot, or `/pprnet` typed in that conversation."""
    HOME = "the search on *Home*"
    TERMINAL = "`pprnet ask` in a terminal"


class Argument(Enum):
    """What comes after the command, as help writes it."""

    NONE = ""
    TOPIC = "TOPIC"
    WORDS = "WORDS"
    STUDY_AND_DAY = "WORDS on DATE"


class Group(Enum):
    """What commands are for: the headings of `help more`, in order."""

    FIND = "Find"
    KEEP = "Yours"
    MONTHS = "New months"
    TALK = "Talk about a study"
    CURATORS = "For curators"
    HELP = "Help"


class Who(Enum):
    """Who may use a command."""

    EVERYONE = "everyone"
    CURATORS = "curators"


ANYWHERE = frozenset(Place)
PRIVATELY = frozenset((Place.CHANNEL, Place.DIRECT))
"""Where only the asker sees the answer."""
IN_A_CHANNEL = frozenset((Place.CHANNEL,))
AFTER_AN_ANSWER = frozenset((Place.MENTION, Place.DIRECT))


@dataclass(frozen=True, slots=True)
class Command:
    """A command. `help` is its line in help ("": an old command that is not listed); `example` is what help shows (default:
    its name).

    `aliases` are other ways to type it. A command with an argument also works without one, and then asks for it. `colon`: a
    colon or comma may follow the name. `unless`: a regular expression for how a question goes on that begins with the same
    word; such words are searched.
    """

    name: Name
    group: Group
    help: str
    places: frozenset[Place] = ANYWHERE
    argument: Argument = Argument.NONE
    example: str = ""
    aliases: tuple[str, ...] = ()
    colon: bool = False
    unless: str = ""
    who: Who = Who.EVERYONE

    @property
    def usage(self) -> str:
        """How it is typed: "topic TOPIC"."""
        return f"{self.name} {self.argument.value}".rstrip()

    @property
    def typed(self) -> str:
        """An example of it: "topic training"."""
        return self.example or str(self.name)


COMMANDS = (
    Command(
        Name.LATEST,
        Group.FIND,
        "the newest month in the library",
        aliases=("newest", "latest issue", "latest month", "this month"),
    ),
    Command(Name.TOPICS, Group.FIND, "all topics"),
    Command(Name.TOPIC, Group.FIND, "the summaries on one topic", argument=Argument.TOPIC, example="topic training"),
    Command(
        Name.COMPARE,
        Group.FIND,
        "the studies on a question, compared",
        argument=Argument.WORDS,
        example="compare video therapy",
        colon=True,
    ),
    Command(
        Name.EVIDENCE,
        Group.FIND,
        "the effect sizes on a topic",
        argument=Argument.WORDS,
        example="evidence empathy",
        unless=r"based|informed|that |is ",
    ),
    Command(
        Name.MORE,
        Group.FIND,
        "after an answer in a thread or a direct message: similar studies",
        AFTER_AN_ANSWER,
        aliases=(
            "another",
            "another one",
            "next",
            "next one",
            "others",
            "show more",
            "more like this",
            "more please",
            "what else",
            "anything else",
            "similar",
            "any others",
            "show me more",
            "and more",
            "else",
            "something else",
            "one more",
            "more like that",
            "more like it",
            "more on this",
            "more on that",
            "more about this",
            "more of this",
            "more of these",
            "more studies",
            "more research",
            "another study",
            "give me more",
            "similar studies",
        ),
    ),
    Command(
        Name.SAVED,
        Group.KEEP,
        "what you saved, with your notes",
        PRIVATELY,
        aliases=("my saved", "saves", "saved summaries"),
    ),
    Command(
        Name.SAVED_EXPORT,
        Group.KEEP,
        "the same as CSV, in a direct message",
        PRIVATELY,
        aliases=("export saved", "log export", "export log"),
    ),
    Command(Name.LOG, Group.KEEP, "", PRIVATELY, aliases=("my log", "learning log", "log on", "log off")),
    Command(Name.PRIVACY, Group.KEEP, "what is stored about you and what is not"),
    Command(Name.FORGET, Group.KEEP, "deletes everything stored about you", PRIVATELY, aliases=("forget", "forgetme")),
    Command(
        Name.FOLLOW,
        Group.MONTHS,
        "I'll message you when a new month covers the topic",
        PRIVATELY,
        Argument.TOPIC,
        "follow training",
        unless=r"ups?(?: |$)",
    ),
    Command(
        Name.UNFOLLOW,
        Group.MONTHS,
        "no more messages about the topic",
        PRIVATELY,
        Argument.TOPIC,
        "unfollow training",
        unless=r"ups?(?: |$)",
    ),
    Command(Name.FOLLOWING, Group.MONTHS, "the topics you follow", PRIVATELY),
    Command(Name.SUBSCRIBE, Group.MONTHS, "posts each new month in this channel", IN_A_CHANNEL),
    Command(Name.UNSUBSCRIBE, Group.MONTHS, "stops the monthly post in this channel", IN_A_CHANNEL),
    Command(Name.SUBSCRIPTIONS, Group.MONTHS, "who set up the monthly post in this channel", IN_A_CHANNEL),
    Command(
        Name.JOURNAL_CLUB,
        Group.TALK,
        "plans a discussion in this channel, with reminders; alone, it lists what is planned",
        IN_A_CHANNEL,
        Argument.STUDY_AND_DAY,
        "journal-club alliance rupture on 3 Dec",
        tuple(f"journal{between}club{plural}" for between in ("-", " ", "_", "") for plural in ("", "s"))[1:],
        colon=True,
    ),
    Command(Name.DEFAULT, Group.CURATORS, "makes this the team's default channel", IN_A_CHANNEL, who=Who.CURATORS),
    Command(Name.FEEDBACK, Group.CURATORS, "what the team finds useful", PRIVATELY, who=Who.CURATORS),
    Command(Name.ADD, Group.CURATORS, "adds your team's own summary of a study", PRIVATELY, who=Who.CURATORS),
    Command(Name.HELP, Group.HELP, "how to ask", aliases=tuple(sorted(GREETINGS - {"help"}))),
    Command(Name.HELP_MORE, Group.HELP, "all commands", aliases=("more help",)),
)

QUESTION_EXAMPLES = (
    ("September 2022", "the summaries from one month"),
    ("meta-analyses on the alliance since 2018", "filter by design and year"),
)
"""Questions that help shows among the commands, because their form is not obvious: what is typed, and what it does."""

_BY_NAME = {command.name: command for command in COMMANDS}


def command(name: Name) -> Command:
    """Return the command of that name."""
    return _BY_NAME[name]


def where_it_works(command: Command, where: Place) -> str:
    """Return a sentence (mrkdwn) for someone who typed a command in a place where it does not work."""
    slash = f"`/pprnet {command.typed}`"
    if command.name is Name.MORE:
        return _MORE_HERE.get(where, MORE_OF_WHAT)
    if where is Place.TERMINAL:
        place = " in a channel" if command.places == IN_A_CHANNEL else ""
        return f"{command.name} works in Slack only: type /pprnet {command.typed}{place} there."
    if command.places == IN_A_CHANNEL:
        sentence = f"Please type that as a command {'here' if where is Place.MENTION else 'in a channel'}: {slash}."
        return sentence + (_FOLLOW if where is Place.DIRECT and command.name in _OF_A_CHANNEL else "")
    if where is Place.HOME:
        return f"That is a command. Type {slash} in any conversation: only you see the answer."
    return (
        f"That is private. Type {slash}, or write `{command.typed}` to me in a direct message: then only you see the answer."
    )


MORE_OF_WHAT = "More of what? Ask a question first, for example `alliance rupture`; then `more` shows similar studies."
_MORE_HERE = {
    Place.TERMINAL: "more works in Slack only: there it shows more like the last answer.",
    Place.CHANNEL: "More of what? Ask a question first, for example `/pprnet alliance rupture`. Then press *Similar* "
    "under the answer.",
    Place.HOME: "More of what? Search for something first, for example alliance rupture. Then press *Similar* under the "
    "answer.",
}
_OF_A_CHANNEL = (Name.SUBSCRIBE, Name.UNSUBSCRIBE, Name.SUBSCRIPTIONS, Name.DEFAULT)
_FOLLOW = " Here you can follow a topic: after `/pprnet follow training`, I'll message you when a new month covers it."
