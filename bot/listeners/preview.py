"""The preview of a month: a curator gets its very messages as direct messages, the cards in the thread of the first."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from bot.approval.kind import PREVIEW
from bot.approval.preview import waiting_summary
from bot.blocks import draft as words
from bot.blocks import notes
from bot.corpus.faults import CorpusError
from bot.corpus.files import WriteError
from bot.corpus.model import Summary
from bot.failures import log_failure
from bot.listeners.services import Services
from bot.listeners.time_limits import in_time
from bot.outbox.delivery import Message, Series
from bot.outbox.transport import Cause, PostOutcome, Refused, Sent
from bot.publishing.months import UnpostableError
from bot.store.drafts import Draft
from bot.store.errors import OutOfReachError

TRIES = 4
"""Times that a message is sent which Slack's rate limit refuses."""
LONGEST = 30.0
"""Seconds that are waited for between two of them."""


async def send_preview(services: Services, user: str, draft: Draft) -> None:
    """Send someone the messages of a draft, or a sentence that says why there are none. Raises nothing."""
    try:
        found = await services.approval.previews.of(draft)
        await _send(services, user, draft, words.preview_lead(draft, found.channels).payload(), found.messages)
    except (CorpusError, WriteError, UnpostableError) as error:
        log_failure(error, "preview", "the curator reads why")
        await services.slack.say(user, notes.note(words.NO_PREVIEW).payload())
    except OutOfReachError:
        await services.slack.say(user, notes.note(notes.NOT_NOW).payload())
    except Exception as error:  # nobody waits for this
        await services.slack.say(user, notes.failure(log_failure(error)).payload())


async def early_summary(services: Services, user: str, summary_id: str) -> Summary | None:
    """Return a summary of a draft for a curator, who reads it before it is in the library; None for anyone else, and where
    no draft has it.
    """
    if not await services.workspace.curators.includes(user):
        return None
    drafts = await in_time(services.approval.drafts.all())
    return waiting_summary(drafts or (), summary_id, services.engine.corpus.topics)


async def _send(services: Services, user: str, draft: Draft, lead: Mapping[str, Any], messages: Sequence[Message]) -> None:
    parent, *cards = messages
    opened = await _post(services, user, lead)
    if isinstance(opened, Sent):
        series = Series(PREVIEW, draft.key, services.team, user)
        await services.posts.ledger.record_sent(series, Message(lead, draft.version), opened)
        services.approval.drafts.changed.set()  # someone may have decided meanwhile
    posted = await _post(services, user, parent.payload) if isinstance(opened, Sent) else opened
    if isinstance(posted, Sent) and posted.place:
        for card in cards:
            outcome = await _post(services, posted.place, card.payload, thread_ts=posted.ts)
            if not isinstance(outcome, Sent):
                break
        else:
            return
    await services.slack.say(user, notes.note(words.PREVIEW_CUT).payload())


async def _post(
    services: Services, channel: str, payload: Mapping[str, Any], *, thread_ts: str | None = None
) -> PostOutcome:
    for _ in range(TRIES - 1):
        outcome = await services.slack.say(channel, payload, thread_ts=thread_ts)
        if not isinstance(outcome, Refused) or outcome.cause is not Cause.PASSING:
            return outcome
        await asyncio.sleep(min(outcome.retry_after or 1.0, LONGEST))
    return await services.slack.say(channel, payload, thread_ts=thread_ts)
