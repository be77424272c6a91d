"""The study's modal with what belongs to its reader: will you use it, keep it, is something wrong with it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import card, ids, notes, study
from bot.blocks.modal import message_view, metadata_of
from bot.corpus.model import Summary
from bot.listeners import views
from bot.listeners.buttons import open_view, tell
from bot.listeners.incoming import entered
from bot.listeners.patience import in_time
from bot.listeners.services import Services
from bot.outbox.transport import Refused, Sent
from bot.store.claims import Claim
from bot.store.feedback import Answer


def register(app: AsyncApp) -> None:
    """Listen for *Read the study*, the answers under it, and *Something wrong?* with its form."""
    app.action(re.compile(rf"^{ids.READ_STUDY}(:|$)"))(read_study)
    app.action(re.compile(rf"^{ids.USE}:"))(answered)
    app.action(ids.TAKE_BACK)(take_back)
    app.action(ids.WRONG)(wrong)
    app.view(ids.WRONG_VIEW)(report)


async def read_study(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    summary = services.engine.corpus.get(str(action.get("value")))
    if summary is None:
        await tell(services, body, notes.note(notes.GONE))
        return
    user = str(body["user"]["id"])
    listed = action.get("action_id") != ids.READ_STUDY  # a card has the other buttons beside this one
    await open_view(services, body, await _view(services, user, summary, with_buttons=listed))


async def answered(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    chosen = str(action.get("action_id")).partition(":")[2]
    answer = next((answer for answer in Answer if answer.value == chosen), None)
    summary = services.engine.corpus.get(str(action.get("value")))
    if summary is None or answer is None:
        await tell(services, body, notes.note(notes.GONE))
        return
    await services.feedback.save(services.identity.team_id, str(body["user"]["id"]), summary.id, answer)
    await refresh(services, body, summary)


async def take_back(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    summary_id = str(action.get("value"))
    await services.feedback.remove(services.identity.team_id, str(body["user"]["id"]), summary_id)
    summary = services.engine.corpus.get(summary_id)
    if summary is None:
        await tell(services, body, notes.note(notes.GONE))
    else:
        await refresh(services, body, summary)


async def wrong(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    summary = services.engine.corpus.get(str(action.get("value")))
    if summary is None:
        await tell(services, body, notes.note(notes.GONE))
    else:
        await open_view(services, body, study.wrong_view(summary, curators=bool(services.curators.people)))


async def report(services: Services, ack: AsyncAck, view: Mapping[str, Any]) -> None:
    summary = services.engine.corpus.get(str(view.get("private_metadata")))
    kind = str((entered(view, ids.WRONG_KIND_BLOCK, ids.WRONG_KIND).get("selected_option") or {}).get("value"))
    line = str(entered(view, ids.WRONG_LINE_BLOCK, ids.WRONG_LINE).get("value") or "")
    if summary is None:
        await views.refuse(ack, ids.WRONG_KIND_BLOCK, notes.GONE)
    elif kind not in study.WRONG:
        await views.refuse(ack, ids.WRONG_KIND_BLOCK, study.CHOOSE)
    else:
        await _report(services, ack, view, summary, kind, line)


async def _view(services: Services, user: str, summary: Summary, *, with_buttons: bool) -> dict[str, Any]:
    """The study with what this person did with it. Where the store fails or is busy, the study comes without: it is what
    was asked for.
    """
    after = study.after_reading(summary, await in_time(_reader_state(services, user, summary.id)))
    return card.study_view(summary, services.engine.corpus, with_buttons=with_buttons, after=after)


async def refresh(services: Services, body: Mapping[str, Any], summary: Summary) -> None:
    """Show the study's modal as things are now. Where Slack has a newer one than the person clicked on, it is built once
    more, so that the last click is what stands.
    """
    view, user = body.get("view") or {}, str(body["user"]["id"])
    if view.get("callback_id") != ids.STUDY_VIEW:
        return
    listed = bool(metadata_of(view).get("with_buttons"))
    new = await _view(services, user, summary, with_buttons=listed)
    if not await views.replace(services, view, new, version=view.get("hash")):
        await views.replace(services, view, await _view(services, user, summary, with_buttons=listed))


async def _reader_state(services: Services, user: str, summary_id: str) -> study.ReaderState:
    team = services.identity.team_id
    return study.ReaderState(
        saved=await services.saves.has(team, user, summary_id),
        answer=await services.feedback.answer_of(team, user, summary_id),
        counts=await services.feedback.counts(team, summary_id),
        note=await services.saves.note(team, user, summary_id),
    )


async def _report(
    services: Services, ack: AsyncAck, view: Mapping[str, Any], summary: Summary, kind: str, line: str
) -> None:
    """Send a report to every curator, once, however often the form is sent."""
    key = f"report:{view['id']}"
    if not services.curators.people:
        await _say(ack, view, study.NO_CURATOR)
    elif await services.claims.take(key) is not Claim.OURS:
        await _say(ack, view, study.REPORTED)
    else:
        await services.claims.mark_sending(key)
        payload = study.report(summary, kind, line).payload()
        outcomes = await asyncio.gather(*(services.slack.post(curator, payload) for curator in services.curators.people))
        if all(isinstance(outcome, Refused) for outcome in outcomes):
            await services.claims.release(key)
            await views.refuse(ack, ids.WRONG_KIND_BLOCK, study.NOT_TAKEN)
            return
        await services.claims.mark_done(key)
        await _say(ack, view, study.REPORTED if any(isinstance(each, Sent) for each in outcomes) else study.UNSURE)


async def _say(ack: AsyncAck, view: Mapping[str, Any], text: str) -> None:
    """Put a sentence in the form's place."""
    await views.answer_form(ack, view, message_view(notes.note(text), "Something wrong?"))
