"""*Preview*, *Post*, *Hold* and *Add a note* on a month. Who may is looked up at every press, here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import draft as words
from bot.blocks import ids, notes
from bot.blocks.modal import metadata_of
from bot.corpus.model import month_name
from bot.corpus.month_file import MAX_NOTE
from bot.listeners import views
from bot.listeners.buttons import is_curator, may_curate, may_decide, open_view, respond
from bot.listeners.incoming import entered
from bot.listeners.preview import send_preview
from bot.listeners.services import Services
from bot.store.drafts import APPROVED, Draft
from bot.text import clean


def register(app: AsyncApp) -> None:
    """Listen for the buttons and the form."""
    app.action(ids.DRAFT_PREVIEW)(preview)
    app.action(re.compile(rf"^{ids.DRAFT_POST}(:|$)"))(post)
    app.action(ids.DRAFT_HOLD)(hold)
    app.action(re.compile(rf"^{ids.DRAFT}:"))(review)
    app.action(ids.DRAFT_NOTE)(edit_note)
    app.view(ids.DRAFT_NOTE_VIEW)(save_note)


async def post(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    await _decide(services, body, action, post=True)


async def hold(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    await _decide(services, body, action, post=False)


async def review(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    draft = await services.approval.drafts.get(str(action.get("value")))
    if not await may_decide(services, body, words.CURATORS_ONLY):
        return
    if draft is None:
        await respond(services, body, words.decided_already(None))
    else:
        await respond(services, body, words.draft_message(draft), title=month_name(draft.month))


async def preview(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    draft = await _waiting(services, body, action)
    if draft is None:
        return
    if views.is_in_view(body):
        await respond(services, body, notes.note(words.PREVIEW_COMES), title=month_name(draft.month))
    services.background.later(send_preview(services, str(body["user"]["id"]), draft))


async def edit_note(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    if not await may_curate(services, body, words.CURATORS_ONLY):
        return
    if draft := await _waiting(services, body, action):
        await open_view(services, body, words.note_view(draft))


async def save_note(services: Services, ack: AsyncAck, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
    if not await is_curator(services, body):
        await views.refuse(ack, ids.DRAFT_NOTE_BLOCK, words.CURATORS_ONLY)
        return
    typed = entered(view, ids.DRAFT_NOTE_BLOCK, ids.DRAFT_NOTE_TEXT).get("value")
    text = clean(str(typed or ""))
    if len(text) > MAX_NOTE:
        await views.refuse(ack, ids.DRAFT_NOTE_BLOCK, words.TOO_LONG)
        return
    month = str(metadata_of(view).get("month"))
    if await services.approval.drafts.annotate(month, text or None, str(body["user"]["id"])):
        await ack(response_action="clear")
    else:
        await views.refuse(ack, ids.DRAFT_NOTE_BLOCK, words.OUT)


async def _decide(services: Services, body: Mapping[str, Any], action: Mapping[str, Any], *, post: bool) -> None:
    if not await may_decide(services, body, words.CURATORS_ONLY):
        return
    month, _, version = str(action.get("value")).partition(":")
    decide = services.approval.drafts.approve if post else services.approval.drafts.hold
    draft, ours = await decide(month, str(body["user"]["id"]), version)
    if draft and ":" in str(action.get("action_id")):  # above a preview, perhaps of what has changed since
        await respond(services, body, words.preview_after(draft), replace=True)
    elif not ours:  # else every curator's message is edited, this one too
        await respond(services, body, words.decided_already(draft))
    elif draft and views.is_in_view(body):
        await respond(services, body, words.draft_message(draft), replace=True, title=month_name(draft.month))
    if ours and draft and (draft.is_own or draft.is_shared):
        services.posts.woken.set()  # there is nothing to write first
    await views.after_change(services, body)


async def _waiting(services: Services, body: Mapping[str, Any], action: Mapping[str, Any]) -> Draft | None:
    """Return the draft of a button, where it waits and a curator pressed it; else say why not and return None."""
    if not await may_decide(services, body, words.CURATORS_ONLY):
        return None
    draft = await services.approval.drafts.get(str(action.get("value")).partition(":")[0])
    if draft is None or draft.state == APPROVED:
        await respond(services, body, words.decided_already(draft))
        return None
    return draft
