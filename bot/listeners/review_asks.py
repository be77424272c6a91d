"""Suggested and drafted asks: a curator goes through them. Who may is looked up at every press, here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.asks.review import Waiting
from bot.blocks import ids, notes
from bot.blocks import review_asks as words
from bot.blocks.modal import message_view, metadata_of
from bot.errors import UserError
from bot.listeners import views
from bot.listeners.buttons import is_curator, may_curate, open_view
from bot.listeners.incoming import entered
from bot.listeners.services import Services
from bot.safety.client_details import without_details
from bot.text import clean


def register(app: AsyncApp) -> None:
    """Listen for the buttons and the form."""
    app.action(ids.REVIEW_ASKS)(begin)
    app.action(ids.REVIEW_SKIP)(skip)
    app.action(ids.REVIEW_REFUSE)(refuse)
    app.view(ids.REVIEW_VIEW)(accept)


async def begin(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    if not await may_curate(services, body, words.CURATORS_ONLY):
        return
    waiting = await services.asks.waiting()
    await open_view(services, body, _form(services, waiting, waiting[0] if waiting else None))


async def skip(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    await _next(services, body, str(action.get("value")), refused=False)


async def refuse(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    await _next(services, body, str(action.get("value")), refused=True)


async def accept(services: Services, ack: AsyncAck, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
    if not await is_curator(services, body):
        await views.answer_form(ack, view, message_view(notes.note(words.CURATORS_ONLY), words.TITLE))
        return
    key = str(metadata_of(view).get("key"))
    field = words.words_block(key)
    typed = clean(str(entered(view, field, ids.REVIEW_WORDS).get("value") or ""))
    waiting = await services.asks.waiting()
    item, following = _place(waiting, key)
    if item is None:
        await views.answer_form(ack, view, _form(services, waiting, following, words.DECIDED if following else ""))
    elif not words.SHORTEST <= len(typed) <= words.LONGEST:
        await views.refuse(ack, field, words.WORDS)
    elif without_details(typed, services.engine.knows)[1]:
        await views.refuse(ack, field, notes.LEAVE_DETAILS_OUT)
    else:
        try:
            await services.asks.accept(item, typed, str(body["user"]["id"]))
        except UserError as error:
            await views.refuse(ack, field, str(error))
            return
        await views.answer_form(ack, view, _form(services, await services.asks.waiting(), following))
        await views.after_change(services, body)


async def _next(services: Services, body: Mapping[str, Any], key: str, *, refused: bool) -> None:
    """Refuse what a form shows, or leave it, and show the next in its place."""
    if not await may_curate(services, body, words.CURATORS_ONLY):
        return
    waiting = await services.asks.waiting()
    item, following = _place(waiting, key)
    notice = "" if item or not following else words.DECIDED
    if item and not following and not refused:
        following, notice = item, words.NO_OTHER
    if item and refused:
        try:
            await services.asks.refuse(item, str(body["user"]["id"]))
        except UserError as error:
            notice = str(error)
            following = item
        waiting = await services.asks.waiting()
    await views.replace(services, body.get("view") or {}, _form(services, waiting, following, notice))
    if refused:
        await views.after_change(services, body)


def _form(services: Services, waiting: Sequence[Waiting], item: Waiting | None, notice: str = "") -> Mapping[str, Any]:
    """Return the form about what is to come next, or about another where that was decided meanwhile."""
    item = next((each for each in waiting if item and each.key == item.key), waiting[0] if waiting else None)
    finds = services.engine.search(item.words, limit=1) if item else None
    return words.review_view(item, len(waiting), finds=finds, notice=notice)


def _place(waiting: Sequence[Waiting], key: str) -> tuple[Waiting | None, Waiting | None]:
    """Return what a key names, and what comes after it: after the last one the first, unless that is the last one itself;
    where the key names nothing any more, the first.
    """
    at = next((place for place, each in enumerate(waiting) if each.key == key), None)
    if at is None:
        return None, waiting[0] if waiting else None
    return waiting[at], waiting[(at + 1) % len(waiting)] if len(waiting) > 1 else None
