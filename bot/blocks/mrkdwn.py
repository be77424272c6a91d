"""Text on its way into Slack: the only escaping, and cutting to a limit at the end of a sentence or word."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.text import clean, fit


def escape(text: str) -> str:
    """Text for a mrkdwn field: Slack's three control characters written as entities, once, `&` first. It can ping nobody."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def link(url: str, label: str) -> str:
    """A mrkdwn link. `url` comes from the corpus (checked https) or from us."""
    target = url.replace("&", "&amp;").replace("|", "%7C").replace("<", "%3C").replace(">", "%3E")
    return f"<{target}|{escape(label).replace('|', '/')}>"


def moment(at: float) -> str:
    """Return a moment (epoch seconds) in the reader's own time zone."""
    return f"<!date^{int(at)}^{{date_short}} {{time}}|{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC>"


def escape_within(text: str, limit: int) -> str:
    """`escape`, with the text cut so that what comes out has at most `limit` characters (an `&` becomes five)."""
    room = limit
    while len(escaped := escape(fit(clean(text), room))) > limit:
        room = room * limit // len(escaped)
    return escaped
