"""*Something wrong?*: the form, the report that every curator gets once, and telling the reader that it is corrected."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import ids, notes, wrong
from bot.blocks.modal import message_view
from bot.corpus.model import Summary
from bot.listeners import views
from bot.listeners.buttons import named, open_view, respond
from bot.listeners.incoming import entered
from bot.listeners.once import post_once
from bot.listeners.services import Services
from bot.outbox.transport import Refused, Sent
from bot.publishing.reports import Answer


@dataclass(frozen=True, slots=True)
class _Entered:
    """What someone entered in the form."""

    kind: str
    part: str
    line: str
    tell: bool


def register(app: AsyncApp) -> None:
    """Listen for *Something wrong?*, its form, and *Corrected*."""
    app.action(ids.WRONG)(open_form)
    app.view(ids.WRONG_VIEW)(report)
    app.action(ids.WRONG_CORRECTED)(corrected)


async def open_form(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    if summary := await named(services, body, action.get("value")):
        await open_view(services, body, wrong.wrong_view(summary, curators=bool(services.workspace.curators.people)))


async def report(services: Services, ack: AsyncAck, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
    summary = services.engine.corpus.get(str(view.get("private_metadata")))
    found = _Entered(
        kind=_chosen(view, ids.WRONG_KIND_BLOCK, ids.WRONG_KIND),
        part=_chosen(view, ids.WRONG_WHERE_BLOCK, ids.WRONG_WHERE),
        line=str(entered(view, ids.WRONG_LINE_BLOCK, ids.WRONG_LINE).get("value") or ""),
        tell=_chosen(view, ids.WRONG_TELL_BLOCK, ids.WRONG_TELL) == "yes",
    )
    if summary is None:
        await views.refuse(ack, ids.WRONG_KIND_BLOCK, notes.GONE)
    elif found.kind not in wrong.WRONG:
        await views.refuse(ack, ids.WRONG_KIND_BLOCK, wrong.CHOOSE)
    else:
        await _report(services, ack, view, str(body["user"]["id"]), summary, found)


async def corrected(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    if not await services.workspace.curators.includes(str(body["user"]["id"])):
        await respond(services, body, notes.note(wrong.CURATORS_ONLY))
        return
    match await services.posts.reports.corrected(str(action.get("value")), services.engine.corpus, str(body["user"]["id"])):
        case Answer.NOTIFIED:
            services.posts.woken.set()
            said = wrong.NOTIFIED
        case Answer.UNCHANGED:
            said = wrong.UNCHANGED
        case Answer.GONE:
            said = wrong.OVER
    await respond(services, body, notes.note(said))


async def _report(
    services: Services, ack: AsyncAck, view: Mapping[str, Any], user: str, summary: Summary, found: _Entered
) -> None:
    """Send a report to every curator, once."""
    curators = services.workspace.curators.people
    if not curators:
        await _say(ack, view, wrong.NO_CURATOR)
        return
    waiting = hashlib.sha256(f"report:{view['id']}".encode()).hexdigest() if found.tell else None
    part = found.part if found.part in wrong.PARTS else wrong.WHOLE  # a form of the version before has none
    may_edit = services.owns_library
    message = wrong.report(summary, found.kind, part, found.line, waiting=waiting, may_edit=may_edit)
    if waiting:
        await services.posts.reports.add(waiting, services.team, user, summary)
    outcomes = await post_once(services, f"report:{view['id']}", curators, message)
    if waiting and outcomes:
        await services.posts.reports.was_sent(waiting, services.team, dict(zip(curators, outcomes, strict=True)))
    if outcomes is None or any(isinstance(each, Sent) for each in outcomes):
        await _say(ack, view, wrong.REPORTED_TELL if waiting else wrong.REPORTED)
    elif all(isinstance(each, Refused) for each in outcomes):
        if waiting:
            await services.posts.reports.remove(waiting)
        await views.refuse(ack, ids.WRONG_KIND_BLOCK, wrong.NOT_TAKEN)
    else:
        await _say(ack, view, wrong.UNSURE)


def _chosen(view: Mapping[str, Any], block: str, action: str) -> str:
    """Return the value of what someone chose in a field of the form."""
    option = entered(view, block, action).get("selected_option")
    return str(option.get("value")) if isinstance(option, Mapping) else ""


async def _say(ack: AsyncAck, view: Mapping[str, Any], text: str) -> None:
    """Put a sentence in the form's place."""
    await views.answer_form(ack, view, message_view(notes.note(text), "Something wrong?"))
