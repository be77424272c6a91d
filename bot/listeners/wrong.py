"""*Something wrong?*: the form, and the report that every curator gets once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import ids, notes, wrong
from bot.blocks.modal import message_view
from bot.corpus.model import Summary
from bot.listeners import views
from bot.listeners.buttons import named, open_view
from bot.listeners.incoming import entered
from bot.listeners.once import post_once
from bot.listeners.services import Services
from bot.outbox.transport import Refused, Sent


def register(app: AsyncApp) -> None:
    """Listen for *Something wrong?* and its form."""
    app.action(ids.WRONG)(open_form)
    app.view(ids.WRONG_VIEW)(report)


async def open_form(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    if summary := await named(services, body, action.get("value")):
        await open_view(services, body, wrong.wrong_view(summary, curators=bool(services.workspace.curators.people)))


async def report(services: Services, ack: AsyncAck, view: Mapping[str, Any]) -> None:
    summary = services.engine.corpus.get(str(view.get("private_metadata")))
    kind = str((entered(view, ids.WRONG_KIND_BLOCK, ids.WRONG_KIND).get("selected_option") or {}).get("value"))
    line = str(entered(view, ids.WRONG_LINE_BLOCK, ids.WRONG_LINE).get("value") or "")
    if summary is None:
        await views.refuse(ack, ids.WRONG_KIND_BLOCK, notes.GONE)
    elif kind not in wrong.WRONG:
        await views.refuse(ack, ids.WRONG_KIND_BLOCK, wrong.CHOOSE)
    else:
        await _report(services, ack, view, summary, kind, line)


async def _report(
    services: Services, ack: AsyncAck, view: Mapping[str, Any], summary: Summary, kind: str, line: str
) -> None:
    """Send a report to every curator, once."""
    curators = services.workspace.curators.people
    if not curators:
        await _say(ack, view, wrong.NO_CURATOR)
        return
    outcomes = await post_once(services, f"report:{view['id']}", curators, wrong.report(summary, kind, line))
    if outcomes is None or any(isinstance(each, Sent) for each in outcomes):
        await _say(ack, view, wrong.REPORTED)
    elif all(isinstance(each, Refused) for each in outcomes):
        await views.refuse(ack, ids.WRONG_KIND_BLOCK, wrong.NOT_TAKEN)
    else:
        await _say(ack, view, wrong.UNSURE)


async def _say(ack: AsyncAck, view: Mapping[str, Any], text: str) -> None:
    """Put a sentence in the form's place."""
    await views.answer_form(ack, view, message_view(notes.note(text), "Something wrong?"))
