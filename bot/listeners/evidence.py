"""The picture of printed effect sizes: where the answer is, or in the asker's direct message for the command, whose answer
nobody else sees while a file has no such thing.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from typing import Any

from bot.blocks import notes
from bot.blocks.evidence import NO_FILES, NO_PICTURE, caption, effect_sizes
from bot.blocks.message import message
from bot.blocks.reader import ANYONE
from bot.evidence.table import Evidence
from bot.evidence.words import alt_text, drawn_title
from bot.failures import log_failure
from bot.listeners.services import Services
from bot.outbox.transport import Cause, PostOutcome, Refused, Sent
from bot.slack.errors import NO_FILES_ALLOWED
from bot.store.claims import Claim

log = logging.getLogger(__name__)

FILE = "effect-sizes.png"
"""The same for every picture, so that it says nothing about a question."""


async def draw(services: Services, evidence: Evidence) -> bytes | None:
    """The picture; None where there is none to be had."""
    if not services.pictures.wanted:
        return None
    return await services.pictures.draw(evidence)


async def send(
    services: Services, evidence: Evidence, picture: bytes, channel: str, *, thread_ts: str | None
) -> PostOutcome:
    """Show a picture in a channel, with its caption, and after it the same figures in words, for those who cannot see it.
    Refused: nobody has seen anything.
    """
    staged = await _stage(services, evidence, picture)
    if isinstance(staged, Refused):
        return staged
    title = drawn_title(evidence)
    shown = _noted(
        services, await services.slack.uploads.show(staged, title, channel, comment=caption(evidence), thread_ts=thread_ts)
    )
    if isinstance(shown, Sent):
        await _say(services, evidence, channel, thread_ts)
    return shown


async def send_to_asker(services: Services, evidence: Evidence, command: Mapping[str, Any]) -> None:
    """Send the picture that `/pprnet evidence` promised to the asker's direct message, once; say it where that fails."""
    try:
        await _send_to_asker(services, evidence, command)
    except Exception as error:  # nobody waits for this: the answer itself has been given
        log_failure(error)


async def _send_to_asker(services: Services, evidence: Evidence, command: Mapping[str, Any]) -> None:
    # A command has no id of its own; its trigger_id is unique but a secret while it lasts, so only its hash is stored.
    key = f"evidence:{hashlib.sha256(str(command.get('trigger_id')).encode()).hexdigest()[:32]}"
    if await services.stores.claims.take(key) is not Claim.OURS:
        return
    picture = await draw(services, evidence)
    await services.stores.claims.mark_sending(key)
    outcome: PostOutcome = Refused("not_drawn")
    if picture is not None:
        staged = await _stage(services, evidence, picture)
        outcome = staged if isinstance(staged, Refused) else await _to_person(services, evidence, staged, command)
    if isinstance(outcome, Refused):
        why = NO_FILES if outcome.cause is Cause.NO_SCOPE else NO_PICTURE
        if url := command.get("response_url"):
            await services.slack.respond(str(url), {"replace_original": False, **notes.note(why).payload()})
    await services.stores.claims.mark_done(key)


async def _to_person(services: Services, evidence: Evidence, staged: str, command: Mapping[str, Any]) -> PostOutcome:
    # Slack gives the id of a direct message only with a scope of its own (im:write) or as the answer to a message there,
    # so the caption goes first. The figures in words follow in its thread.
    opened = await services.slack.say(str(command.get("user_id")), notes.note(caption(evidence)).payload())
    if not isinstance(opened, Sent) or not opened.place:
        return opened
    title = drawn_title(evidence)
    shown = _noted(services, await services.slack.uploads.show(staged, title, opened.place, comment="", thread_ts=None))
    if isinstance(shown, Sent):
        await _say(services, evidence, opened.place, opened.ts)
    return shown


async def _say(services: Services, evidence: Evidence, channel: str, thread_ts: str | None) -> None:
    """Post the figures in words. The picture with its description is there already, so a failure is only logged."""
    words = message(*effect_sizes(evidence, ANYONE))
    outcome = await services.slack.say(channel, words.payload(), thread_ts=thread_ts)
    if not isinstance(outcome, Sent):
        log.warning("the figures in words did not follow their picture (%s)", outcome.code)


async def _stage(services: Services, evidence: Evidence, picture: bytes) -> str | Refused:
    staged = await services.slack.uploads.stage(FILE, alt_text(evidence), picture)
    if isinstance(staged, Refused):
        _noted(services, staged)
    return staged


def _noted(services: Services, outcome: PostOutcome) -> PostOutcome:
    """Log what went wrong, and promise no pictures for a while where Slack does not allow them."""
    if not isinstance(outcome, Sent):
        log.warning("a picture was not shown (%s)", outcome.code)
        if outcome.code in NO_FILES_ALLOWED:
            services.pictures.refused()
    return outcome
