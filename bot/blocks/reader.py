"""Who reads a reply, and what is different for that reader."""

from __future__ import annotations

from dataclasses import dataclass

from bot.store.places import Place


@dataclass(frozen=True, slots=True)
class Reader:
    """The reader of a reply.

    `public`: others read it too, so it repeats none of the words that were typed, highlights none of them and carries no
    reminder. `ephemeral`: Slack shows it to the asker alone and sends us none of it back. `saved`: the reader has saved the
    summary that is shown. `places`: the messages in Slack that show it already, each with its address, as seen from
    `channel`. `crisis_line`: the clinic's own line. `reminder`: a reply says itself that client details were left out.
    `picture_follows`: a picture of the effect sizes is sent after the reply. `in_modal`: it is shown in a modal, which takes
    no table.
    """

    public: bool = False
    ephemeral: bool = False
    saved: bool = False
    places: tuple[tuple[Place, str], ...] = ()
    channel: str = ""
    crisis_line: str | None = None
    reminder: bool = True
    picture_follows: bool = False
    in_modal: bool = False


ANYONE = Reader(public=True)
"""Everyone in a channel."""
