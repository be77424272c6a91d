"""A summary of the team's own: the form in which a curator writes it, its preview, and what is said when it was added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    InputInteractiveElement,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    StaticSelectElement,
)

from bot.approval.own_summaries import Given
from bot.blocks import card, ids, kit
from bot.blocks.message import Message, message
from bot.blocks.modal import modal
from bot.blocks.mrkdwn import escape, escape_within, link
from bot.corpus.candidates import Candidate
from bot.corpus.model import DESIGNS, Summary
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
ODD = "Please check: a figure in the bottom line or the implications is neither in the summary nor in the citation."
OWN_WORDS = "The text is the feed's: put it into your own words before you add it."
CANDIDATES = 5
"""Candidates that the answer to the command shows."""
DECIDED = "Someone has decided on this already."
LONGEST = 3000
"""Characters that a field of a form takes."""
NO_DESIGN = "not stated"
POST = "post"
"""The field that says whether it is posted, too."""
POSTED = {"no": "No, only add it to the library", "yes": "Yes, in a month of its own, once a curator presses Post"}

FIELDS: dict[str, tuple[str, str, bool, int]] = {
    "title": ("Title", "What the study found, as a headline.", False, 300),
    "citation": ("Citation", "As printed: authors, year, title, journal.", False, 2000),
    "source": ("Source", "The paper's DOI or web address.", False, 2000),
    "summary": (
        "Summary",
        "In your own words, one paragraph each: what was done, what was found (with figures), limits. Nothing about your "
        "own clients, please.",
        False,
        LONGEST,
    ),
    "sample": ("Sample", "Who, a colon and how many, one per line. For example: patients: 56", True, 1000),
    "effects": ("Effect sizes", "As printed, one per line. For example: r = .28, 95% CI [.20, .35]: alliance and outcome",
                True, LONGEST),
    "bottom_line": ("Bottom line", "One sentence of at most 45 words.", True, 600),
    "implications": ("Practice implications", "What a clinician can do, one per line.", False, LONGEST),
    "caution": ("Caution", "One sentence, only if readers need it before they act on the card.", True, 600),
    "topics": ("Topics", "Names of topics, one per line. /pprnet topics lists them.", True, 600),
    "asks": ("Search words", "What a clinician would type, one per line. The more, the easier it is to find.", True,
             LONGEST),
}  # fmt: skip
"""The text fields, in order: label, hint, whether it may be empty, and the most characters."""
_MULTILINE = frozenset(FIELDS) - {"title", "source"}


def invitation(candidates: Sequence[Candidate] = ()) -> Message:
    """Return the answer to the command: a button opens the form; below, what feeds brought and no one has decided on."""
    write = kit.button(ids.OWN_WRITE, "Write a summary", "open", style="primary")
    blocks: list[Block] = [kit.prose(INVITATION), kit.buttons(write)]
    if candidates:
        blocks.append(kit.prose(f"*From your feeds*: {plural(len(candidates), 'study')} to decide on."))
    for number, each in enumerate(candidates[:CANDIDATES]):
        host = urlsplit(each.link).hostname if each.link else None
        where = [
            *map(escape, filter(None, (each.feed, each.date))),
            *([link(each.link, host)] if each.link and host else []),
        ]
        blocks.append(kit.prose(escape_within(each.title, 300)))
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


def own_view(candidate: Candidate | None = None) -> dict[str, Any]:
    """Return the form; of a `candidate` with its title, address and text filled in."""
    given = {"title": candidate.title, "source": candidate.link, "summary": candidate.excerpt} if candidate else {}
    blocks: list[Block] = [_input(name, _text(name, given.get(name))) for name in FIELDS]
    designs = [Option(value=design, text=_plain(design)) for design in DESIGNS]
    design = StaticSelectElement(action_id="design", options=designs, initial_option=designs[DESIGNS.index(NO_DESIGN)])
    blocks.insert(3, InputBlock(block_id=block_of("design"), label=_plain("Study design"), element=design))
    choices = [Option(value=value, text=_plain(text)) for value, text in POSTED.items()]
    post = RadioButtonsElement(action_id=POST, options=choices, initial_option=choices[0])
    blocks.append(InputBlock(block_id=block_of(POST), label=_plain("Post it to the channels?"), element=post))
    if candidate:
        where = ", ".join(filter(None, (candidate.feed, candidate.date))) or "a feed"
        blocks.insert(0, kit.fine_print(f"From {where}. {OWN_WORDS}"))
    preview = kit.buttons(kit.button(ids.OWN_PREVIEW, "Preview", "preview"))
    return modal(ids.OWN_VIEW, TITLE, kit.dump([*blocks, preview]), submit="Add", close="Cancel")


def preview_view(summary: Summary, *, odd: bool) -> dict[str, Any]:
    """Return the card as readers will see it. `odd`: it has a figure that comes from nowhere."""
    above = [kit.prose(f"*{ODD}*")] if odd else []
    return modal(ids.MESSAGE_VIEW, "Preview", kit.dump([*above, *card.body(summary, with_buttons=False)]))


def faults_view(faults: Mapping[str, str]) -> dict[str, Any]:
    """Return what keeps a summary from being added, where it cannot be said at the fields."""
    lines = [f"• {label_of(name)}: {escape_within(fault, 300)}" for name, fault in faults.items()]
    return modal(ids.MESSAGE_VIEW, "Preview", kit.dump([kit.prose("\n".join([FAULTS, *lines]))]))


def added_view(summary: Summary, *, waits: bool = False) -> dict[str, Any]:
    """Return what takes the form's place. `waits`: it is to be posted."""
    said = ADDED_WAITS if waits else ADDED
    return modal(ids.MESSAGE_VIEW, TITLE, kit.dump([kit.prose(said), *card.body(summary, with_buttons=False)]))


def block_of(name: str) -> str:
    """Return the id of a field's block."""
    return f"{ids.OWN_BLOCK}:{name}"


def label_of(name: str) -> str:
    """Return what a field is called."""
    return FIELDS[name][0] if name in FIELDS else "Study design"


def given_of(values: Mapping[str, str], topics: tuple[str, ...]) -> Given:
    """Return what was entered in the text fields and the design, with the ids of the topics."""
    design = values.get("design", "")
    texts = {name: values.get(name, "")[:LONGEST] for name in FIELDS if name != "topics"}
    return Given(**texts, design="" if design == NO_DESIGN else design, topics=topics)


def _input(name: str, element: InputInteractiveElement) -> InputBlock:
    label, hint, optional, _ = FIELDS[name]
    return InputBlock(block_id=block_of(name), label=_plain(label), hint=_plain(hint), optional=optional, element=element)


def _text(name: str, given: str | None = None) -> PlainTextInputElement:
    most = FIELDS[name][3]
    return PlainTextInputElement(
        action_id=name, multiline=name in _MULTILINE, max_length=most, initial_value=given[:most] if given else None
    )


def _plain(text: str) -> PlainTextObject:
    return PlainTextObject(text=text, emoji=False)
