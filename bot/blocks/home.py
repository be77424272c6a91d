"""The Home tab: a list of sections, each a pure function from what Home knows to blocks; one without blocks is left out.

To add one: a function that takes a `Home`, its place in `SECTIONS`, and what it needs as a field of `Home`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block

from bot.blocks import curating, following, ids, kit, limits, own_settings, subscribing
from bot.blocks.browse import TITLES, reference, rows
from bot.blocks.club import to_come
from bot.blocks.message import Message
from bot.blocks.mrkdwn import escape, escape_within
from bot.blocks.places import posted
from bot.corpus.model import Topic
from bot.phrases import facts
from bot.search.browse import Kind, Library
from bot.settings.own_settings import OwnSettings
from bot.store.clubs import Club
from bot.store.places import Place
from bot.store.saves import SavedPage
from bot.text import plural

NEWEST = 10
"""Summaries of the newest month that Home itself shows."""
SAVED = 5
"""Saved summaries that do."""
FOLLOWED = 10
"""Followed topics that do."""
CLUBS = 5
"""Coming journal clubs that do."""
NOT_NOW = "I could not look this up just now."
NOTHING_SAVED = "Nothing yet. Press *Save* under a summary, and it waits for you here. Only you see this."
NOTHING_FOLLOWED = (
    "No topics yet. Press *Topics* under *Browse*, choose one, then press *Follow*. I'll message you when a new month "
    "covers it, at most once a month."
)


@dataclass(frozen=True, slots=True)
class Home:
    """What one person's Home is built from. `first`: this person has not seen it before. `notice`: a sentence of ours on
    top. `posted`: where the newest month was posted, as far as this person may know. `clubs`: upcoming journal clubs, the
    nearest first, those that are shown with the address of their thread. None for what is saved or followed, the channels
    and clubs (a person's own, for a curator all) and a curator's things: it could not be looked up. `own_settings`: where
    this person may change them, the workspace's, one of many.
    """

    library: Library
    first: bool = False
    notice: str | None = None
    posted: tuple[tuple[Place, str], ...] = ()
    saved: SavedPage | None = None
    following: tuple[Topic, ...] | None = None
    channels: tuple[subscribing.Line, ...] | None = None
    clubs: tuple[tuple[Club, str | None], ...] | None = None
    is_curator: bool = False
    curating: curating.Curating | None = None
    own_settings: OwnSettings | None = None


def home_view(home: Home) -> dict[str, Any]:
    """Build the Home tab."""
    parts = [blocks for section in SECTIONS if (blocks := section(home))]
    joined = [block for part in parts[:-1] for block in (*part, kit.divider())] + [*(parts[-1] if parts else ())]
    return {"type": "home", "blocks": kit.dump(joined)[: limits.BLOCKS_IN_VIEW]}


def trouble_view(message: Message) -> dict[str, Any]:
    """Return what Home shows when it could not be built, or when a button on it failed; with a way back to it."""
    again = kit.buttons(kit.button(ids.HOME, "Show Home again", "home"))
    return {"type": "home", "blocks": [*message.blocks, *kit.dump([again])]}


def _notice(home: Home) -> list[Block]:
    return [kit.prose(f"*{escape(home.notice)}*")] if home.notice else []


def _start(home: Home) -> list[Block]:
    """Say what this is, and how to ask."""
    blocks: list[Block] = [
        kit.header("Psychotherapy research, and what it means for practice"),
        kit.fine_print(facts.NO_CLIENT_DETAILS),
    ]
    if home.first:
        blocks.append(
            kit.prose(
                "*Welcome.* Search here, type `/pprnet` and a few words in any channel, or write to me under *Messages*. "
                "Only you see these answers, until you share one."
            )
        )
    if not home.library.corpus.summaries:
        empty = (
            "*The library is still empty.* There is nothing to search yet. The person who set up PPRNet can add summaries."
        )
        return [*blocks, kit.prose(empty)]
    blocks.append(kit.buttons(kit.button(ids.SEARCH, "Search", "search", style="primary")))
    if questions := home.library.suggestions:
        blocks.append(kit.fine_print("Or begin with one of these:"))
        blocks.append(
            kit.buttons(
                *(kit.button(f"{ids.SUGGESTED}:{each.summary.id}", each.text, each.summary.id) for each in questions)
            )
        )
    return blocks


def _clubs(home: Home) -> list[Block]:
    """List the upcoming journal clubs; nothing where there are none."""
    if home.clubs is None:
        return _unknown("Journal clubs")
    if not home.clubs:
        return []
    corpus = home.library.corpus
    found = [(club, corpus.get(club.summary_id), address) for club, address in home.clubs[:CLUBS]]
    return to_come(found, len(home.clubs) - len(found), for_curator=home.is_curator)


def _newest(home: Home) -> list[Block]:
    """Show the newest month, with its summaries in the library."""
    months = home.library.shelves["month"]
    if not months:
        return []
    month = months[0]
    blocks = [
        kit.prose(f"*The newest month*\n{escape(facts.month_line(home.library.corpus, month.key))}"),
        *rows(month.summaries[:NEWEST]),
    ]
    if len(month.summaries) > NEWEST:
        label = f"Show all {len(month.summaries):,}"
        blocks.append(kit.buttons(kit.button(f"{ids.SHELF}:{reference(month)}", label, reference(month))))
    if home.posted:
        blocks.append(posted(home.posted))
    return blocks


def _saved(home: Home) -> list[Block]:
    """List what this person saved last."""
    if home.saved is None:
        return _unknown("Saved")
    if not home.saved.count:
        return [kit.prose(f"*Saved*\n{NOTHING_SAVED}")]
    blocks: list[Block] = [kit.prose(f"*Saved: {plural(home.saved.count, 'summary')}*")]
    for entry in home.saved.entries[:SAVED]:
        summary = home.library.corpus.get(entry.summary_id)
        if summary is None:
            blocks.append(kit.prose(facts.NO_LONGER_HERE))
            continue
        # "Show", since the same summary may have "Read" above: no two buttons may be alike.
        show = kit.button(f"{ids.SHOW}:{summary.id}", "Show", summary.id, said=f"Show: {summary.title}")
        blocks.append(kit.prose(escape_within(summary.title, 300), button=show))
    return [*blocks, kit.buttons(kit.button(ids.SAVED, "See or edit the list", "saved"))]


def _following(home: Home) -> list[Block]:
    """List the topics that this person follows."""
    if home.following is None:
        return _unknown("Following")
    if not home.following:
        return [kit.prose(f"*Following*\n{NOTHING_FOLLOWED}")]
    blocks: list[Block] = [
        kit.prose(f"*Following: {plural(len(home.following), 'topic')}*"),
        kit.fine_print(following.WHEN),
        *following.rows(home.following[:FOLLOWED]),
    ]
    if len(home.following) > FOLLOWED:
        more = f"… and {len(home.following) - FOLLOWED} more: /pprnet following"
        blocks.append(kit.fine_print(more))
    return blocks


def _browse(home: Home) -> list[Block]:
    """Offer the ways through the whole library."""
    if not home.library.corpus.summaries:
        return []
    kinds: tuple[Kind, ...] = ("topic", "month", "design")
    buttons = [
        kit.button(f"{ids.BROWSE}:{kind}", f"{TITLES[kind]} · {len(home.library.shelves[kind]):,}", kind)
        for kind in kinds
        if home.library.shelves[kind]
    ]
    return [kit.prose(f"*Browse*\n{escape(facts.coverage(home.library.corpus))}"), kit.buttons(*buttons)]


def _channels(home: Home) -> list[Block]:
    """List the channels that get the months: for a curator all, else those that this person set up."""
    title = "New months in a channel"
    if home.channels is None:
        return _unknown(title)
    choose = kit.buttons(kit.button(ids.SET_UP, "Choose a channel", "set_up"))
    start = "Choose channels for the monthly post, or stop it. Or type `/pprnet subscribe` in the channel."
    if not home.channels:
        lead = "No channel gets the new months yet. " if home.is_curator else ""
        return [kit.prose(f"*{title}*\n{lead}{start}"), choose]
    whose = "These channels get each new month" if home.is_curator else "You set up the monthly post in"
    lines = subscribing.channel_lines(home.channels) if home.is_curator else _names(home.channels)
    return [kit.prose(f"*{title}*\n{whose}:\n{lines}"), kit.fine_markup(start), choose]


def _names(lines: Sequence[subscribing.Line]) -> str:
    """Channels that the reader set up, with what is wrong with them."""
    return subscribing.channel_lines([(channel, None, False, why) for channel, _, _, why in lines], by=False)


def _unknown(title: str) -> list[Block]:
    """Say that a section could not be looked up, in its place."""
    return [kit.prose(f"*{title}*\n{NOT_NOW} Open Home again in a moment.")]


def _waiting(home: Home) -> list[Block]:
    """For curators: what waits for their decision."""
    if home.own_settings and home.curating is None:
        return _unknown("Waiting for your decision")
    return curating.waiting(home.curating) if home.curating else []


def _curators(home: Home) -> list[Block]:
    """For curators: what is thin, what is found useful, how months come in."""
    if not home.is_curator:
        return []
    return curating.for_curators(home.curating, home.library.corpus) if home.curating else _unknown("For curators")


def _own_settings(home: Home) -> list[Block]:
    """For curators of one of many workspaces: what is set there."""
    return own_settings.section(home.own_settings) if home.own_settings else []


def _footer(_home: Home) -> list[Block]:
    """Point to help and to what is stored."""
    return [
        kit.fine_print(
            "I search this library and nothing else. Where I find nothing, there may still be research. "
            "I do not store your questions. I cannot help in an emergency."
        ),
        kit.buttons(kit.button(ids.HELP, "How to ask", "help"), kit.button(ids.PRIVACY, "Privacy", "privacy")),
    ]


SECTIONS: tuple[Callable[[Home], list[Block]], ...] = (
    _notice,
    _start,
    _own_settings,
    _waiting,
    _curators,
    _clubs,
    _newest,
    _saved,
    _following,
    _browse,
    _channels,
    _footer,
)
"""In their order on Home, with a line between them."""
