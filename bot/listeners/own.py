"""What is a person's own: saving, the list of what is saved, what a team uses (for its curators), being forgotten."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import answer, forget, ids, keep, notes, saved, usage
from bot.blocks.message import Message
from bot.commands.own import Own
from bot.corpus.model import Summary
from bot.listeners import log, views
from bot.listeners.buttons import tell
from bot.listeners.incoming import place
from bot.listeners.personal import personal
from bot.listeners.services import Services

_FRAME = (
    "type callback_id title submit close private_metadata external_id clear_on_close notify_on_close submit_disabled".split()
)
"""The parts of a modal, beside its blocks, that are handed back when it is changed."""


def register(app: AsyncApp, services: Services) -> None:
    """Listen for *Save* and its undoing, the pages of lists, and the two buttons of `forget me`."""
    _register_saving(app, services)

    @app.action(re.compile(rf"^{ids.QUARTER}:"))
    async def turn_quarter(ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
        await ack()
        quarter = usage.Quarter.read(str(action.get("value")))
        await tell(services, body, await _usage(services, str(body["user"]["id"]), quarter), replace=True)

    @app.action(ids.FORGET)
    async def forget_me(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        gone = await services.kept.person.forget(services.identity.team_id, str(body["user"]["id"]))
        await tell(services, body, forget.erased(gone), replace=True, title="Forget me")
        await views.after_change(services, body)

    @app.action(ids.FORGET_ASK)
    async def ask_to_forget(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        told = await fulfil(services, Own.FORGET, str(body["user"]["id"]))
        await tell(services, body, told, title="Forget me")

    @app.action(ids.KEEP)
    async def keep_me(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        await tell(services, body, notes.note(forget.KEPT), replace=True, title="Forget me")


async def fulfil(services: Services, own: Own, user: str) -> Message:
    """What somebody is told who asks for what is theirs. Only ever for that person alone."""
    team = services.identity.team_id
    if own is Own.SAVED:
        return await _saved(services, user, 0)
    if own is Own.USAGE:
        return await _usage(services, user, None)
    if own is Own.FORGET:
        return forget.ask(await services.kept.person.kept(team, user))
    return await log.fulfil(services, own, user)


def _register_saving(app: AsyncApp, services: Services) -> None:
    @app.action(ids.SAVED)
    async def show_saved(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        await tell(services, body, await _saved(services, str(body["user"]["id"]), 0), title="Saved")

    @app.action(ids.SAVE)
    async def save(ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
        await ack()
        summary_id, also = keep.read(str(action.get("value")))
        summary = services.engine.corpus.get(summary_id)
        if summary is None:
            await tell(services, body, notes.note(notes.GONE))
            return
        who = (services.identity.team_id, str(body["user"]["id"]), summary.id)
        new = await services.kept.saves.add(*who)
        if new:
            await services.kept.log.saved(*who)
        if not await _change_where_it_stands(services, body, summary, also):
            await tell(services, body, saved.now_saved(summary, new=new))
        await views.after_change(services, body)

    @app.action(ids.UNSAVE)
    async def unsave(ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
        await ack()
        summary_id, also = keep.read(str(action.get("value")))
        await services.kept.saves.remove(services.identity.team_id, str(body["user"]["id"]), summary_id)
        summary = services.engine.corpus.get(summary_id)
        if summary is None or not await _change_where_it_stands(services, body, summary, also):
            await tell(services, body, notes.note(saved.REMOVED))
        await views.after_change(services, body)

    @app.action(ids.REMOVE)
    async def remove_from_note(ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
        await ack()
        team, user = services.identity.team_id, str(body["user"]["id"])
        await services.kept.saves.remove(team, user, str(action.get("value")))
        await tell(services, body, notes.note(saved.REMOVED), replace=True)
        await views.after_change(services, body)

    @app.action(re.compile(rf"^{ids.UNSAVE}:"))
    async def remove(ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
        await ack()
        user = str(body["user"]["id"])
        summary_id, _, start = str(action.get("value")).partition(" ")
        await services.kept.saves.remove(services.identity.team_id, user, summary_id)
        await tell(services, body, await _saved(services, user, place(start)), replace=True, title="Saved")
        await views.after_change(services, body)

    @app.action(re.compile(rf"^{ids.SAVED_PAGE}:"))
    async def turn_page(ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
        await ack()
        page = await _saved(services, str(body["user"]["id"]), place(action.get("value")))
        await tell(services, body, page, replace=True, title="Saved")


async def _change_where_it_stands(
    services: Services, body: Mapping[str, Any], summary: Summary, also: tuple[str, ...] | None
) -> bool:
    """Let the button that was pressed say how it is now. False where it stands in something that others see too, or in
    an answer that cannot be built again: Slack does not send us what stands in a message for one person alone.
    """
    user = str(body["user"]["id"])
    now = await services.kept.saves.has(services.identity.team_id, user, summary.id)  # as it is by now, whoever was faster
    view = body.get("view") or {}
    if view.get("type") == "modal":
        frame = {part: view[part] for part in _FRAME if view.get(part)}
        await views.replace(services, view, {**frame, "blocks": keep.swapped(view.get("blocks") or (), summary, saved=now)})
        return True
    container, shown = body.get("container") or {}, body.get("message") or {}
    if container.get("is_ephemeral") and also is not None:
        others = [other for summary_id in also if (other := services.engine.corpus.get(summary_id))]
        anew = answer.anew(summary, others, saved=now, later=await services.later(summary))
        channel = str(container.get("channel_id") or "")
        await tell(services, body, await personal(services, anew, summary.id, channel, user), replace=True)
        return True
    if str(container.get("channel_id") or "").startswith("D") and shown.get("blocks"):
        blocks = keep.swapped(shown["blocks"], summary, saved=now)
        await tell(services, body, Message(str(shown.get("text") or ""), blocks), replace=True)
        return True
    return False


async def _saved(services: Services, user: str, start: int) -> Message:
    page = await services.kept.saves.page(services.identity.team_id, user, start, saved.PAGE)
    return saved.saved_list(page, services.engine.corpus)


async def _usage(services: Services, user: str, quarter: usage.Quarter | None) -> Message:
    """Checked anew on every click: who is a curator now."""
    if user not in services.curators:
        return notes.note(usage.CURATORS_ONLY)
    now = usage.Quarter.at(time.time())
    quarter = min(quarter or now, now)
    counts = await services.kept.feedback.between(services.identity.team_id, *quarter.span)
    return usage.usage(quarter, now, counts, services.engine.corpus)
