"""What somebody types about what is their own: saved summaries, the learning log, being forgotten. Pure."""

from __future__ import annotations

from enum import Enum

from bot.text import fold


class Own(Enum):
    """A wish about what is kept for, or on, the person who types."""

    SAVED = "saved"
    USAGE = "feedback"
    FORGET = "forget me"
    LOG = "log"
    LOG_ON = "log on"
    LOG_OFF = "log off"
    LOG_EXPORT = "log export"


_WORDS = {own.value: own for own in Own} | {
    "my saved": Own.SAVED,
    "saves": Own.SAVED,
    "saved summaries": Own.SAVED,
    "forget": Own.FORGET,
    "forgetme": Own.FORGET,
    "my log": Own.LOG,
    "learning log": Own.LOG,
    "export log": Own.LOG_EXPORT,
}


def own_of(text: str) -> Own | None:
    """The wish in what was typed; None for a question, which is any other words."""
    return _WORDS.get(" ".join(fold(text[:100]).split()).strip(" .!?/"))
