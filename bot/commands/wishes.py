"""What somebody asks the bot to do, instead of asking a question: subscribe a channel, follow a topic, and so on. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bot.text import fold


class Verb(Enum):
    """What is wished for, as it is typed."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    SUBSCRIPTIONS = "subscriptions"
    DEFAULT = "default"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    FOLLOWING = "following"


_WITH_TOPIC = (Verb.FOLLOW, Verb.UNFOLLOW)
_VERBS = {verb.value: verb for verb in Verb}


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish, and the topic it names ("" where it names none)."""

    verb: Verb
    topic: str = ""


def wish_of(text: str) -> Wish | None:
    """The wish in what was typed, or None: then it is a question ("following a rupture", "follow up after discharge")."""
    words = " ".join(fold(text[:200]).split()).strip(" .!?/")
    first, _, rest = words.partition(" ")
    verb = _VERBS.get(first)
    if verb is None or (rest and verb not in _WITH_TOPIC) or rest.split(" ")[0] in ("up", "ups"):
        return None
    return Wish(verb, rest)
