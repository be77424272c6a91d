"""Text on its way into Slack: the only escaping, and cutting to a limit at the end of a sentence or word."""

from __future__ import annotations

import re
import unicodedata

_SENTENCE_END = re.compile(r"[.!?][\"”’)\]]?(?= )")
# Characters that show nothing but reorder or hide text: bidi controls, zero-width, tags; line breaks and tabs become spaces.
_INVISIBLE = frozenset("Cf Cc Co Cs Cn".split())
_KEPT = frozenset("\u200c\u200d")  # joiners that some scripts and emoji need


def clean(text: str) -> str:
    """One line without control, bidi or other invisible characters."""
    spaced = " ".join(text.split())
    if spaced.isprintable():  # then nothing in it is invisible
        return spaced
    return "".join(char for char in spaced if unicodedata.category(char) not in _INVISIBLE or char in _KEPT)


def escape(text: str) -> str:
    """Text for a mrkdwn field: Slack's three control characters written as entities, once, `&` first. It can ping nobody."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def link(url: str, label: str) -> str:
    """A mrkdwn link. `url` comes from the corpus (checked https) or from us."""
    target = url.replace("&", "&amp;").replace("|", "%7C").replace("<", "%3C").replace(">", "%3E")
    return f"<{target}|{escape(label).replace('|', '/')}>"


def fit(text: str, limit: int) -> str:
    """Text of at most `limit` characters: whole sentences where that keeps half of it or more, else whole words, with
    "…".
    """
    if len(text) <= limit:
        return text
    head = text[: limit - 2]
    ends = [match.end() for match in _SENTENCE_END.finditer(text[: limit - 1])]  # with the space that ends the last one
    if ends and ends[-1] >= limit // 2:
        return head[: ends[-1]] + " …"
    words = head.rpartition(" ")[0].rstrip(",;:–- ")
    return f"{words} …" if words else head + "…"


def escape_within(text: str, limit: int) -> str:
    """`escape`, with the text cut so that what comes out has at most `limit` characters (an `&` becomes five)."""
    room = limit
    while len(escaped := escape(fit(clean(text), room))) > limit:
        room = room * limit // len(escaped)
    return escaped


def plural(count: int, noun: str) -> str:
    """ "1 summary", "2 summaries"."""
    if count == 1:
        return f"{count} {noun}"
    return f"{count:,} {noun[:-1]}ies" if noun.endswith("y") else f"{count:,} {noun}s"
