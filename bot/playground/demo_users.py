"""The demo workspace of a first visit: a clinic's team, its people and channels, and three questions to click."""

from __future__ import annotations

from dataclasses import dataclass

from bot.playground.slack import Channel, LocalSlack, User

TEAM = "Riverside Clinic"
SLACKBOT = "USLACKBOT"
"""Slackbot, which says so when something that a person typed cannot work."""

_COLORS = ("#7c3085", "#1d6f8a", "#8a4b1d", "#3d6b35")
_BOT_COLOR = "#2c5f5d"
_SLACKBOT_COLOR = "#5b5b66"


@dataclass(frozen=True)
class DemoUsers:
    """The people of the demo and the channel that gets the monthly post."""

    people: tuple[User, ...]
    team_channel: Channel

    @property
    def curator(self) -> User:
        """Return the person who approves new months."""
        return self.people[0]


def seed_workspace(slack: LocalSlack) -> DemoUsers:
    """Fill an empty workspace and return its people. The bot is in the team's channel and in no other."""
    slack.team_name = TEAM
    slack.users[SLACKBOT] = User(SLACKBOT, "slackbot", "Slackbot", is_bot=True)
    people = (slack.add_user("ana", real_name="Ana Petrov"), slack.add_user("ben", real_name="Ben Okafor"))
    team = slack.add_channel("team-research", people)
    slack.add_channel("random", people, with_bot=False)
    partner = slack.add_user("cleo", real_name="Cleo Lund", team_id="T0LAKESIDE1")
    slack.add_channel("with-lakeside", (*people, partner), ext_shared=True)
    for person in people:
        slack.open_dm(person)
    return DemoUsers(people, team)


def suggestions(command: str, users: DemoUsers, dm: Channel) -> list[dict[str, str]]:
    """Return three questions to click, one for each way to ask."""
    return [
        {"text": f"{command} alliance rupture", "channel": users.team_channel.id},
        {"text": "@PPRNet why do clients drop out?", "channel": users.team_channel.id},
        {"text": "is therapy by video as good as in person?", "channel": dm.id},
    ]


def initials(user: User) -> str:
    """Return one or two letters for a person's picture."""
    words = (user.real_name or user.name).split()
    return "".join(word[0] for word in words[:2]).upper() if len(words) > 1 else words[0][:1].upper()


def color(user: User, users: DemoUsers) -> str:
    """Return the colour of that picture."""
    if user.id == SLACKBOT:
        return _SLACKBOT_COLOR
    if user.is_bot or user not in users.people:
        return _BOT_COLOR
    return _COLORS[users.people.index(user) % len(_COLORS)]
