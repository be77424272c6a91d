"""`/pprnet add`: a curator writes a summary of the team's own. Who may is looked up at every press, here."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.approval.own_summaries import Given, GivenError, entry_of, read_entry
from bot.asks.misplaced import warnings_about
from bot.blocks import ids, notes
from bot.blocks import own_summaries as words
from bot.blocks.message import Message
from bot.blocks.modal import message_view
from bot.corpus.candidates import Candidate
from bot.corpus.model import Summary
from bot.corpus.warnings.warning import LibraryWarning
from bot.errors import UserError
from bot.listeners import views
from bot.listeners.asked import Asked
from bot.listeners.buttons import is_curator, may_curate, open_view, respond
from bot.listeners.incoming import entered
from bot.listeners.services import Services
from bot.listeners.time_limits import in_time
from bot.safety.client_details import without_details
from bot.text import clean


def register(app: AsyncApp) -> None:
    """Listen for the buttons and the form."""
    app.action(ids.OWN_WRITE)(write)
    app.action(ids.OWN_PREVIEW)(preview)
    app.action(re.compile(rf"^{ids.CANDIDATE_WRITE}:"))(write_candidate)
    app.action(re.compile(rf"^{ids.CANDIDATE_REJECT}:"))(reject_candidate)
    app.view(ids.OWN_VIEW)(add)


async def handle(services: Services, asked: Asked) -> Message:
    """Return the answer to the command."""
    if await services.library_curators.includes(asked.user):
        return await _invitation(services)
    return notes.note(words.CURATORS_ONLY)


async def write(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    if await may_curate(services, body, words.CURATORS_ONLY):
        await open_view(services, body, words.own_view(services.engine.corpus.topics))


async def write_candidate(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    if candidate := await _candidate(services, body, action):
        await open_view(services, body, words.own_view(services.engine.corpus.topics, candidate))


async def reject_candidate(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    if candidate := await _candidate(services, body, action):
        await services.candidates.reject(candidate)
        await respond(services, body, await _invitation(services), replace=True)


async def preview(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    if not await may_curate(services, body, words.CURATORS_ONLY):
        return
    try:
        _, summary = _read(services, body.get("view") or {})
    except GivenError as error:
        await open_view(services, body, words.faults_view(error.faults))
    else:
        await open_view(services, body, words.preview_view(summary, await _warnings(services, summary)))


async def add(services: Services, ack: AsyncAck, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
    if not await is_curator(services, body):
        await views.answer_form(ack, view, message_view(notes.note(words.CURATORS_ONLY), words.TITLE))
        return
    chosen = entered(view, words.block_of(words.POST), words.POST).get("selected_option") or {}
    post = chosen.get("value") == "yes"
    try:
        entry, summary = _read(services, view)
        await services.own.add(entry, post=post)
    except GivenError as error:
        await ack(response_action="errors", errors={words.block_of(name): fault for name, fault in error.faults.items()})
    except UserError as error:
        await views.refuse(ack, words.block_of("title"), str(error))
    else:
        if post:
            services.approval.drafts.changed.set()
        await views.answer_form(ack, view, words.added_view(summary, await _warnings(services, summary), waits=post))


def _read(services: Services, view: Mapping[str, Any]) -> tuple[dict[str, Any], Summary]:
    """Return what a form says, as the entry of the file and as readers will see it. Raises GivenError."""
    corpus = services.engine.corpus
    entry = entry_of(_given(services, view), f"{services.workspace.here():%Y-%m}", corpus)
    return entry, read_entry(entry, corpus)


def _given(services: Services, view: Mapping[str, Any]) -> Given:
    texts = {name: str(_entered(view, name).get("value") or "") for name in words.TEXTS}
    design = str((_entered(view, "design").get("selected_option") or {}).get("value") or "")
    topics = [str(option.get("value")) for option in _entered(view, "topics").get("selected_options") or ()]
    faults = {name: "Please fill this in." for name in words.REQUIRED if not clean(texts[name])}
    if without_details(texts["asks"], services.engine.knows)[1]:
        faults["asks"] = notes.LEAVE_DETAILS_OUT
    if faults:
        raise GivenError(faults)
    return words.given_of(texts, design, topics)


def _entered(view: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return entered(view, words.block_of(name), name)


async def _warnings(services: Services, summary: Summary) -> list[LibraryWarning]:
    """Return what is probably a slip in a summary."""
    return await asyncio.to_thread(warnings_about, summary, services.engine)


async def _candidate(services: Services, body: Mapping[str, Any], action: Mapping[str, Any]) -> Candidate | None:
    """Return the candidate whose button was pressed; None, once said why, where there is none to decide on."""
    if not await may_curate(services, body, words.CURATORS_ONLY):
        return None
    found = await services.candidates.find(str(action.get("value")), services.engine.corpus)
    if found is None:
        await respond(services, body, notes.note(words.DECIDED))
    return found


async def _invitation(services: Services) -> Message:
    return words.invitation(await in_time(services.candidates.undecided(services.engine.corpus)) or ())
