"""*Not what you were looking for?*: words that a reader would type for a summary become a suggestion to the curators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import ids, notes, suggest
from bot.blocks.modal import message_view
from bot.listeners import views
from bot.listeners.buttons import open_view
from bot.listeners.incoming import entered
from bot.listeners.services import Services
from bot.safety.client_details import without_details
from bot.store.suggestions import Suggestion
from bot.text import clean


def register(app: AsyncApp) -> None:
    """Listen for the button and its form."""
    app.action(ids.SUGGEST)(open_form)
    app.view(ids.SUGGEST_VIEW)(store)


async def open_form(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    curators = bool(services.library_curators.people)
    await open_view(services, body, suggest.suggest_view(services.engine.corpus.summaries, curators=curators))


async def store(services: Services, ack: AsyncAck, view: Mapping[str, Any]) -> None:
    chosen = entered(view, ids.SUGGEST_SUMMARY_BLOCK, ids.SUGGEST_SUMMARY).get("selected_option") or {}
    words = clean(str(entered(view, ids.SUGGEST_WORDS_BLOCK, ids.SUGGEST_WORDS).get("value") or ""))
    summary = services.engine.corpus.get(str(chosen.get("value")))
    if summary is None:
        await views.refuse(ack, ids.SUGGEST_SUMMARY_BLOCK, notes.GONE if chosen else suggest.WHICH)
    elif not suggest.SHORTEST <= len(words) <= suggest.LONGEST:
        await views.refuse(ack, ids.SUGGEST_WORDS_BLOCK, suggest.WORDS)
    elif without_details(words, services.engine.knows)[1]:
        await views.refuse(ack, ids.SUGGEST_WORDS_BLOCK, notes.LEAVE_DETAILS_OUT)
    else:
        await services.stores.suggestions.add(Suggestion(services.team, summary.id, words))
        await views.answer_form(ack, view, message_view(notes.note(suggest.SUGGESTED), suggest.TITLE))
