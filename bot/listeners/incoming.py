"""What Slack sends, as the words that someone typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.slack.identity import Identity

# <@U1>, <@U1|name>, <#C1|name>, <!here>, <!subteam^S1|@team>, <https://x.org|label>, <mailto:a@b|a@b>: never nested, no
# "<" inside.
_MARKUP = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
# :smile:, :+1:, :wave::skin-tone-2: (a searched "smile" would find something); not the colons of 12:30:45.
_EMOJI = re.compile(r"(?<!\w):[a-z0-9_+'-]{1,80}:(?!\w)")
EMOJI = "👍"
"""Returned for a message of emoji alone: it says something, unlike an empty one, but not what to search for."""


OWN_WRITING = (None, "", "file_share", "me_message", "thread_broadcast")
"""The subtypes of what a person writes: with a file, with `/me`, in a thread and shown in the channel too."""


def typed(text: str | None) -> str:
    """The words of a message: mentions and emoji taken out, links and channels as labels, Slack's three entities undone;
    EMOJI for emoji alone.
    """

    def words(match: re.Match[str]) -> str:
        sigil, target, label = match.groups()
        if sigil in ("@", "!"):
            return " "
        return label or ("" if sigil else target)

    plain = _EMOJI.sub(" ", _MARKUP.sub(words, text or ""))
    plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()
    return plain or (EMOJI if _EMOJI.search(text or "") else "")


def entered(view: Mapping[str, Any], block: str, action: str) -> Mapping[str, Any]:
    """Return what someone entered in a field of a form, as Slack gives it for that kind of field; empty for nothing."""
    found: Any = view
    for key in ("state", "values", block, action):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def is_from_person(event: Mapping[str, Any], own: Identity) -> bool:
    """Return whether a message event is a person's own new message, with a file or not: no bot, edit or join, and not ours.

    Only where `auth.test` named a bot is its user ourselves; a user's token or an emulator names a person.
    """
    ours = own.bot_id is not None and event.get("user") == own.user_id
    return bool(event.get("user")) and not event.get("bot_id") and event.get("subtype") in OWN_WRITING and not ours


def place(value: object) -> int:
    """Return a place in a list (from 0), as a button carries it; 0 for anything else."""
    text = str(value)
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text, re.ASCII) else 0
