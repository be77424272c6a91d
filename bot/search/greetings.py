"""Messages that greet, or ask for help rather than for research: they are answered with help, and nothing is searched."""

from __future__ import annotations

import re

from bot.text import fold

_BETWEEN_WORDS = re.compile(r"[\W_]+")

GREETINGS = frozenset(
    " ".join(phrase.split())
    for phrase in """help|hi|hello|hey|hiya|hi there|hello there|good morning|good afternoon|good evening|good day|howdy|
    greetings|start|menu|commands|usage|what can you do|what do you do|who are you|how do you work|how does this work|
    how do i use this|how do i use you|what is this|hi bot|hello bot|hey bot|help me|help please|please help|hi pprnet|
    hello pprnet|hey pprnet|pprnet|info|about""".split("|")
)


def is_greeting(text: str) -> bool:
    """Return whether a message is empty, has no letter or digit, greets, or asks for help rather than for research."""
    plain = _BETWEEN_WORDS.sub(" ", fold(text[:200])).strip()
    return not plain or plain in GREETINGS
