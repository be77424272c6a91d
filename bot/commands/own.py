"""What someone types about what is their own: saved summaries, being forgotten. Pure."""

from __future__ import annotations

from enum import Enum

from bot.text import fold


class Own(Enum):
    """A wish about what is kept for, or on, the person who types."""

    SAVED = "saved"
    USAGE = "feedback"
    FORGET = "forget me"
    SAVED_EXPORT = "saved export"
    LOG = "log"  # the learning log is part of what is saved now


_WORDS = {own.value: own for own in Own} | {
    "my saved": Own.SAVED,
    "saves": Own.SAVED,
    "saved summaries": Own.SAVED,
    "forget": Own.FORGET,
    "forgetme": Own.FORGET,
    "export saved": Own.SAVED_EXPORT,
    "my log": Own.LOG,
    "learning log": Own.LOG,
    "log on": Own.LOG,
    "log off": Own.LOG,
    "log export": Own.SAVED_EXPORT,
    "export log": Own.SAVED_EXPORT,
}


def own_of(text: str) -> Own | None:
    """The wish in what was typed; None for a question, which is any other words."""
    return _WORDS.get(" ".join(fold(text[:100]).split()).strip(" .!?/"))
