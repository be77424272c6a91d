"""Suggested and drafted asks, one after the other, as a curator accepts, changes or refuses them."""

from __future__ import annotations

import json
from typing import Any

from slack_sdk.models.blocks import Block, InputBlock, PlainTextInputElement, PlainTextObject

from bot.asks.review import Waiting
from bot.blocks import ids, kit
from bot.blocks.message import Message, message
from bot.blocks.modal import modal
from bot.blocks.mrkdwn import escape_within, moment
from bot.search.result import Outcome, Result
from bot.store.suggestions import Decision
from bot.text import plural

TITLE = "Suggestions"
SHORTEST, LONGEST = 3, 300
"""Characters of the words."""
CURATORS_ONLY = "Only curators can decide on suggestions. To become one, ask the person who set up PPRNet for your team."
DECIDED = "Someone has already decided on that one. Here is the next."
NO_OTHER = "No other suggestions are waiting."
NONE_LEFT = "No suggestions are waiting. Thank you."
WORDS = f"Write at least {SHORTEST} characters."
WHEN = "I'll message you about new suggestions at most once a day."


def waiting_row(count: int) -> Block:
    """Return the line on Home about waiting suggestions."""
    review = kit.button(ids.REVIEW_ASKS, "Go through them", "home", said="Go through the waiting suggestions")
    return kit.prose(f"{_wait(count)}: words that should find a summary.", button=review)


def waiting_message(count: int) -> Message:
    """Return the direct message to a curator, which has no words of a suggestion."""
    lead = f"{_wait(count)} for a curator: words that should find a summary. The first decision counts."
    review = kit.button(ids.REVIEW_ASKS, "Go through them", "message", style="primary")
    return message(lead, [kit.prose(lead), kit.buttons(review), kit.fine_print(WHEN)])


def decided_message(last: Decision | None) -> Message:
    """Return what takes that message's place once nothing waits; `last` is the decision since it was sent, if any."""
    lead = "These suggestions have all been decided"
    if last:
        lead += f", the last one by {f'<@{last.by}>' if last.by else 'a colleague'}, {moment(last.at)}"
    lead += "."
    return message(lead, [kit.prose(lead), kit.fine_print(WHEN)])


def review_view(item: Waiting | None, count: int, *, finds: Result | None = None, notice: str = "") -> dict[str, Any]:
    """Return the form about one of the `count` that wait, or that none does. `finds` is what its words find today."""
    above = [kit.prose(f"*{notice}*")] if notice else []
    if item is None:
        return modal(ids.MESSAGE_VIEW, TITLE, kit.dump([*above, kit.prose(NONE_LEFT)]))
    show = kit.button(f"{ids.SHOW}:{item.summary.id}", "Read it", item.summary.id, said=f"Read it: {item.summary.title}")
    origin = "Suggested by a reader" if item.is_suggested else "Drafted for this summary"
    blocks: list[Block] = [
        *above,
        kit.fine_print(f"{origin} · {_wait(count)}"),
        kit.prose(f"*{escape_within(item.summary.title, 300)}*", button=show),
        InputBlock(
            block_id=words_block(item.key),
            label=_plain("Search words for this summary"),
            hint=_plain("You can change them before you accept them. No client details, please."),
            element=PlainTextInputElement(
                action_id=ids.REVIEW_WORDS, min_length=SHORTEST, max_length=LONGEST, initial_value=item.words
            ),
        ),
    ]
    if finds is not None:
        blocks.append(kit.prose(_today(item, finds)))
    blocks.append(
        kit.buttons(kit.button(ids.REVIEW_REFUSE, "Reject", item.key), kit.button(ids.REVIEW_SKIP, "Decide later", item.key))
    )
    return modal(
        ids.REVIEW_VIEW,
        TITLE,
        kit.dump(blocks),
        submit="Accept",
        close="Close",
        metadata=json.dumps({"key": item.key}),
    )


def words_block(key: str) -> str:
    """Return the id of the field for one suggestion's words: Slack keeps what was typed in a field of the same id."""
    return f"{ids.REVIEW_WORDS_BLOCK}:{key}"


def _today(item: Waiting, finds: Result) -> str:
    if finds.outcome is not Outcome.ANSWER:
        return "For now, these words get no answer."
    first = finds.hits[0].summary
    if first.id == item.summary.id:
        return "These words already find this summary."
    return f"For now, these words find another summary: {escape_within(first.title, 200)}"


def _wait(count: int) -> str:
    return f"{plural(count, 'suggestion')} {'is' if count == 1 else 'are'} waiting"


def _plain(text: str) -> PlainTextObject:
    return PlainTextObject(text=text, emoji=False)
