"""A summary of the team's own: the form in which a curator writes it, its preview, and what is said when it was added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from slack_sdk.models.blocks import Block, InputBlock, InputInteractiveElement, Option, RadioButtonsElement

from bot.approval.own_summaries import Given
from bot.blocks import card, ids, kit, summary_fields
from bot.blocks.message import Message, message
from bot.blocks.modal import modal
from bot.blocks.mrkdwn import escape, escape_within, link
from bot.blocks.summary_fields import plain
from bot.corpus.candidates import Candidate
from bot.corpus.model import Summary, Topic, month_name
from bot.corpus.revise import NO_DESIGN
from bot.corpus.warnings.warning import LibraryWarning
from bot.text import plural

TITLE = "Our own summary"
CURATORS_ONLY = "Only curators can add a summary. To become one, ask the person who set up PPRNet for your team."
INVITATION = (
    "Write a summary of a study that the blog has not covered. It joins your library, can be found like any other, and is "
    "marked as your team's own. It is posted only if you say so."
)
ADDED = "Added to your library. Searches will find it within a minute. It was not posted anywhere."
ADDED_WAITS = (
    "Added to your library. Searches will find it within a minute. It is posted once a curator presses *Post*, in my "
    "message to the curators or on their Home."
)
FAULTS = "This cannot be added yet:"
CHECK = "Please check this. You can still add the summary."
CHECK_LATER = "Please check this. You can correct it: search for the summary, press Details, then Edit."
OWN_WORDS = "The text comes from the feed. Put it into your own words before you add it."
CANDIDATES = 5
"""Candidates that the answer to the command shows."""
DECIDED = "Someone has decided on this already."
POST = "post"
"""The field that says whether it is posted, too."""
POSTED = {"no": "No, only add it to the library", "yes": "Yes, in a month of its own, once a curator presses Post"}

LABELS = {"title": "Title", "citation": "Citation", "source": "Source", "summary": "Summary"} | summary_fields.LABELS
HINTS = summary_fields.HINTS | {
    "title": "What the study found, as a headline.",
    "citation": "As printed: authors, year, title, journal.",
    "source": "The paper's DOI or web address.",
    "summary": "In your own words, one paragraph each: what was done, what was found (with figures), limits. Nothing about "
    "your own clients, please.",
}
FIELDS = "title citation source design summary sample effects bottom_line implications caution topics asks".split()
"""The fields, in the form's order."""
TEXTS = tuple(name for name in FIELDS if name not in ("design", "topics"))
"""Those in which something is typed."""
REQUIRED = ("title", "citation", "source", "summary", "implications")
_MOST = {"title": 300, "citation": 2_000, "source": 2_000} | summary_fields.MOST


def invitation(candidates: Sequence[Candidate] = ()) -> Message:
    """Return the answer to the command: a button opens the form; below, what feeds brought and no one has decided on."""
    write = kit.button(ids.OWN_WRITE, "Write a summary", "open", style="primary")
    blocks: list[Block] = [kit.prose(INVITATION), kit.buttons(write)]
    if candidates:
        blocks.append(kit.prose(f"*From your feeds*: {plural(len(candidates), 'study')} to decide on."))
    for number, each in enumerate(candidates[:CANDIDATES]):
        host = urlsplit(each.link).hostname if each.link else None
        where = [
            *map(escape, filter(None, (each.feed, _day(each.date)))),
            *([link(each.link, host)] if each.link and host else []),
        ]
        blocks.append(kit.prose(f"*{escape_within(each.title, 300)}*"))
        if where:
            blocks.append(kit.fine_markup(" · ".join(where)))
        blocks.append(
            kit.buttons(
                kit.button(f"{ids.CANDIDATE_WRITE}:{number}", "Write it up", each.mark, said=f"Write it up: {each.title}"),
                kit.button(f"{ids.CANDIDATE_REJECT}:{number}", "Not for us", each.mark, said=f"Not for us: {each.title}"),
            )
        )
    if len(candidates) > CANDIDATES:
        blocks.append(kit.fine_print(f"… and {len(candidates) - CANDIDATES:,} more, once these are decided."))
    return message(INVITATION, blocks)


def _day(date: str | None) -> str:
    """Return a day as people write it: "9 Mar 2026"."""
    return f"{int(date[8:])} {month_name(date[:7], short=True)}" if date else ""


def own_view(topics: Sequence[Topic], candidate: Candidate | None = None) -> dict[str, Any]:
    """Return the form; of a `candidate` with its title, address and text filled in. `topics` are those of the library."""
    given = {"title": candidate.title, "source": candidate.link, "summary": candidate.excerpt} if candidate else {}
    blocks: list[Block] = [_input(name, given.get(name), topics) for name in FIELDS if name != "topics" or topics]
    choices = [Option(value=value, text=plain(text)) for value, text in POSTED.items()]
    post = RadioButtonsElement(action_id=POST, options=choices, initial_option=choices[0])
    blocks.append(InputBlock(block_id=block_of(POST), label=plain("Post it to the channels?"), element=post))
    if candidate:
        where = ", ".join(filter(None, (candidate.feed, candidate.date))) or "a feed"
        blocks.insert(0, kit.fine_print(f"From {where}. {OWN_WORDS}"))
    preview = kit.buttons(kit.button(ids.OWN_PREVIEW, "Preview", "preview"))
    return modal(ids.OWN_VIEW, TITLE, kit.dump([*blocks, preview]), submit="Add", close="Cancel")


def preview_view(summary: Summary, warnings: Sequence[LibraryWarning]) -> dict[str, Any]:
    """Return the card as readers will see it, below what is probably a slip."""
    above = [kit.prose(f"*{CHECK}*"), *summary_fields.warnings(warnings), kit.divider()] if warnings else []
    return modal(ids.MESSAGE_VIEW, "Preview", kit.dump([*above, *card.body(summary, with_buttons=False)]))


def faults_view(faults: Mapping[str, str]) -> dict[str, Any]:
    """Return what keeps a summary from being added, where it cannot be said at the fields."""
    named = {name: LABELS[name].lower() in fault.lower() for name, fault in faults.items()}
    lines = [
        "• " + ("" if named[name] else f"{LABELS[name]}: ") + escape_within(fault, 300) for name, fault in faults.items()
    ]
    return modal(ids.MESSAGE_VIEW, "Preview", kit.dump([kit.prose("\n".join([FAULTS, *lines]))]))


def added_view(summary: Summary, warnings: Sequence[LibraryWarning], *, waits: bool = False) -> dict[str, Any]:
    """Return what takes the form's place, with what is probably a slip. `waits`: it is to be posted."""
    said = [kit.prose(ADDED_WAITS if waits else ADDED)]
    if warnings:
        said += [kit.prose(f"*{CHECK_LATER}*"), *summary_fields.warnings(warnings), kit.divider()]
    return modal(ids.MESSAGE_VIEW, TITLE, kit.dump([*said, *card.body(summary, with_buttons=False)]))


def block_of(name: str) -> str:
    """Return the id of a field's block."""
    return f"{ids.OWN_BLOCK}:{name}"


def given_of(texts: Mapping[str, str], design: str, topics: Sequence[str]) -> Given:
    """Return what was typed, and the design and topics that were chosen."""
    typed = {name: texts.get(name, "")[: summary_fields.LONGEST] for name in TEXTS}
    return Given(**typed, design="" if design == NO_DESIGN else design, topics=tuple(topics))


def _input(name: str, given: str | None, topics: Sequence[Topic]) -> InputBlock:
    element: InputInteractiveElement
    if name == "design":
        element = summary_fields.design(name, NO_DESIGN)
    elif name == "topics":
        element = summary_fields.topics(name, (), topics)
    else:
        most = _MOST.get(name, summary_fields.LONGEST)
        element = summary_fields.text(name, most, given, multiline=name not in ("title", "source"))
    hint = HINTS.get(name)
    return InputBlock(
        block_id=block_of(name),
        label=plain(LABELS[name]),
        hint=plain(hint) if hint else None,
        optional=name not in (*REQUIRED, "design"),
        element=element,
    )
