"""*Something wrong?*: the form for a reader who doubts a summary, and the message that a curator gets."""

from __future__ import annotations

from typing import Any

from slack_sdk.models.blocks import InputBlock, Option, PlainTextInputElement, PlainTextObject, RadioButtonsElement

from bot.blocks import ids, kit
from bot.blocks.message import Message, message
from bot.blocks.modal import modal
from bot.blocks.mrkdwn import escape, link
from bot.corpus.model import Summary
from bot.phrases import facts
from bot.text import clean, fit

WRONG = {
    "figure": "A figure is wrong",
    "link": "A link is wrong or dead",
    "misleading": "It is misleading",
    "other": "Something else",
}
LONGEST = 300
"""Characters of the line that can go with a report."""

NO_CURATOR = (
    "This library has no curator yet, so there is no one to send it to. Please tell the person who set up PPRNet for your "
    "team. Nothing was sent or stored."
)
REPORTED = "Thank you. The team's curators got it as a direct message. It does not say who sent it, and I keep no copy."
UNSURE = "Slack did not confirm that the message arrived. If it matters, please tell a curator yourself. I keep no copy."
CHOOSE = "Choose what is wrong first."
NOT_TAKEN = "Slack did not take the message just now. Please press Send again in a moment."


def wrong_view(summary: Summary, *, curators: bool) -> dict[str, Any]:
    """Return the modal behind *Something wrong?*. Without curators it says what to do instead."""
    title = kit.prose(f"*{escape(fit(clean(summary.title), 300))}*")
    if not curators:
        return modal(ids.WRONG_VIEW, "Something wrong?", kit.dump([title, kit.prose(NO_CURATOR)]))
    options = [Option(value=value, text=PlainTextObject(text=label, emoji=False)) for value, label in WRONG.items()]
    what = InputBlock(
        block_id=ids.WRONG_KIND_BLOCK,
        label=PlainTextObject(text="What is wrong?", emoji=False),
        element=RadioButtonsElement(action_id=ids.WRONG_KIND, options=options),
    )
    line = InputBlock(
        block_id=ids.WRONG_LINE_BLOCK,
        label=PlainTextObject(text="Details", emoji=False),
        element=PlainTextInputElement(action_id=ids.WRONG_LINE, max_length=LONGEST),
        optional=True,
    )
    how = (
        "It goes to your team's curators as a direct message in Slack, without your name. I do not keep it. "
        "Please write nothing about clients."
    )
    blocks = kit.dump([title, what, line, kit.fine_print(how)])
    return modal(ids.WRONG_VIEW, "Something wrong?", blocks, submit="Send", metadata=summary.id)


def report(summary: Summary, kind: str, line: str) -> Message:
    """Return the message that a curator gets."""
    lead = f"A colleague says that something may be wrong with a summary: *{WRONG[kind]}.*"
    words = fit(clean(line), LONGEST)
    hint = f"Sent anonymously; no copy is stored. Check it against {link(facts.BLOG, 'the blog')}."
    blocks = [kit.prose(lead), kit.paragraph(summary.title, facts.context(summary))]
    if words:
        blocks.append(kit.paragraph("In their words", words))
    blocks += [kit.buttons(kit.button(f"{ids.READ_STUDY}:{summary.id}", "Details", summary.id)), kit.fine_markup(hint)]
    lines = [lead, escape(summary.title), *([f"In their words: {escape(words)}"] if words else []), hint]
    return message("\n".join(lines), blocks)
