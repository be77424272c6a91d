"""Saving: *Save* and its undoing, the list of what someone saved, their notes, and the list as CSV."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import ids, notes, saved, saved_csv
from bot.blocks import save as save_button
from bot.blocks.message import Message
from bot.blocks.modal import message_view
from bot.blocks.render import render
from bot.commands.table import Name
from bot.corpus.model import Summary
from bot.listeners import views
from bot.listeners.asked import Asked
from bot.listeners.buttons import named, open_view, respond
from bot.listeners.incoming import entered, place
from bot.listeners.reader import reader_of
from bot.listeners.services import Services
from bot.outbox.transport import Sent
from bot.text import clean


def register(app: AsyncApp) -> None:
    """Listen for *Save*, the buttons of the list, and the form for a note."""
    app.action(ids.SAVE)(save)
    app.action(ids.UNSAVE)(unsave)
    app.action(ids.REMOVE)(remove_from_note)
    app.action(ids.SAVED)(show_saved)
    app.action(re.compile(rf"^{ids.UNSAVE}:"))(remove)
    app.action(re.compile(rf"^{ids.SAVED_PAGE}:"))(turn_page)
    app.action(ids.SAVED_CSV)(download)
    app.action(re.compile(rf"^{ids.OLD_LOG}_(on|off|page:.*)$"))(learning_log)
    app.action(re.compile(rf"^{ids.NOTE}(:|$)"))(open_form)
    app.view(ids.NOTE_VIEW)(write)


async def handle(services: Services, asked: Asked) -> Message:
    """Return the answer to a command about what someone saved. Only ever shown to that person."""
    if asked.name is Name.SAVED_EXPORT:
        return await send_csv(services, asked.user)
    listed = await saved_list(services, asked.user)
    return saved.log_moved(listed) if asked.name is Name.LOG else listed


async def save(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    value = str(action.get("value"))
    if (summary := await named(services, body, save_button.summary_id(value))) is None:
        return
    new = await services.stores.saves.add(services.team, str(body["user"]["id"]), summary.id)
    if not await _show_save_state(services, body, summary, value):
        await respond(services, body, saved.now_saved(summary, new=new))
    await views.after_change(services, body)


async def unsave(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    value = str(action.get("value"))
    summary_id = save_button.summary_id(value)
    summary = services.engine.corpus.get(summary_id)
    team, user, saves = services.team, str(body["user"]["id"]), services.stores.saves
    if summary is None:
        await saves.remove(team, user, summary_id)
    elif not await saves.remove_if_without_note(team, user, summary_id):
        await respond(services, body, saved.remove_with_note(summary), title="Saved")
        return
    if summary is None or not await _show_save_state(services, body, summary, value):
        await respond(services, body, notes.note(saved.REMOVED))
    await views.after_change(services, body)


async def remove_from_note(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    team, user = services.team, str(body["user"]["id"])
    await services.stores.saves.remove(team, user, str(action.get("value")))
    await respond(services, body, notes.note(saved.REMOVED), replace=True, title="Saved")
    await views.after_change(services, body)


async def show_saved(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    await respond(services, body, await saved_list(services, str(body["user"]["id"])), title="Saved")


async def remove(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    user = str(body["user"]["id"])
    summary_id, _, start = str(action.get("value")).partition(" ")
    await services.stores.saves.remove(services.team, user, summary_id)
    await respond(services, body, await saved_list(services, user, place(start)), replace=True, title="Saved")
    await views.after_change(services, body)


async def turn_page(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    page = await saved_list(services, str(body["user"]["id"]), place(action.get("value")))
    await respond(services, body, page, replace=True, title="Saved")


async def download(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    sent = await send_csv(services, str(body["user"]["id"]), place(action.get("value")))
    await respond(services, body, sent, title="Saved")


async def learning_log(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    listed = saved.log_moved(await saved_list(services, str(body["user"]["id"])))
    await respond(services, body, listed, replace=True, title="Saved")


async def open_form(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    if (summary := await named(services, body, action.get("value"))) is None:
        return
    note = await services.stores.saves.note(services.team, str(body["user"]["id"]), summary.id)
    await open_view(services, body, saved.note_form(summary, note))


async def write(services: Services, ack: AsyncAck, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
    summary = services.engine.corpus.get(str(view.get("private_metadata")))
    if summary is None:
        await views.refuse(ack, ids.NOTE_BLOCK, notes.GONE)
        return
    note = clean(str(entered(view, ids.NOTE_BLOCK, ids.NOTE_TEXT).get("value") or ""))
    mine = (services.team, str(body["user"]["id"]), summary.id)
    if note:
        await services.stores.saves.write_note(*mine, note)
    else:
        await services.stores.saves.remove_note(*mine)
    done = notes.note(saved.NOTE_SAVED if note else saved.NOTE_REMOVED)
    await views.answer_form(ack, view, message_view(done, "Your note"))
    await views.after_change(services, body)


async def saved_list(services: Services, user: str, start: int = 0) -> Message:
    """Return the page of someone's saved summaries that begins at `start`."""
    page = await services.stores.saves.page(services.team, user, start, saved.PAGE)
    return saved.saved_list(page, services.engine.corpus)


async def send_csv(services: Services, user: str, start: int = 0) -> Message:
    """Send saved summaries, from `start` on, to their owner; return the answer to the request."""
    entries = await services.stores.saves.every(services.team, user)
    if start >= len(entries):
        return notes.note(saved_csv.NOTHING_TO_SEND)
    message = saved_csv.csv_message(entries, start, services.engine.corpus)
    outcome = await services.slack.say(user, message.payload())
    return notes.note(saved_csv.SENT if isinstance(outcome, Sent) else saved_csv.NOT_SENT)


async def _show_save_state(services: Services, body: Mapping[str, Any], summary: Summary, value: str) -> bool:
    """Show on the button that was pressed whether the summary is saved now. Return False where others see the message, or
    where it cannot be built again.
    """
    user = str(body["user"]["id"])
    is_saved = await services.stores.saves.has(services.team, user, summary.id)  # another click may have been faster
    view, container, shown = body.get("view") or {}, body.get("container") or {}, body.get("message") or {}
    if view.get("type") == "modal":
        await views.replace_blocks(services, view, save_button.with_save_state(view["blocks"], summary, saved=is_saved))
        return True
    channel, ephemeral = str(container.get("channel_id") or ""), bool(container.get("is_ephemeral"))
    if channel.startswith("D") and shown.get("blocks") and not ephemeral:
        blocks = save_button.with_save_state(shown["blocks"], summary, saved=is_saved)
        await respond(services, body, Message(str(shown.get("text") or ""), blocks), replace=True)
        return True
    reply = save_button.reply(value, services.engine.corpus) if ephemeral else None
    if reply is None:
        return False
    reader = await reader_of(services, reply, channel, user, ephemeral=True)
    await respond(services, body, render(reply, replace(reader, saved=is_saved)), replace=True)
    return True
