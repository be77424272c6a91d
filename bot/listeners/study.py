"""The study's window with what belongs to its reader: will you use it, keep it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import ids, study
from bot.blocks.modal import metadata_of
from bot.corpus.model import Summary
from bot.listeners import views
from bot.listeners.buttons import named, open_view
from bot.listeners.preview import early_summary
from bot.listeners.services import Services
from bot.listeners.time_limits import in_time
from bot.store.feedback import Answer


def register(app: AsyncApp) -> None:
    """Listen for *Details* and the answers in its window."""
    app.action(re.compile(rf"^{ids.READ_STUDY}(:|$)"))(read_study)
    app.action(re.compile(rf"^{ids.USE}:"))(answered)
    app.action(ids.TAKE_BACK)(take_back)


async def read_study(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    user, wanted = str(body["user"]["id"]), str(action.get("value"))
    listed = action.get("action_id") != ids.READ_STUDY  # a card has the other buttons beside this one
    if services.engine.corpus.get(wanted) is None and (early := await early_summary(services, user, wanted)):
        await open_view(services, body, study.study_view(early, services.engine.corpus, listed=listed))
        return
    if (summary := await named(services, body, wanted)) is None:
        return
    await open_view(services, body, await _view(services, user, summary, listed=listed))


async def answered(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    chosen = str(action.get("action_id")).partition(":")[2]
    answer = next((answer for answer in Answer if answer.value == chosen), None)
    summary = await named(services, body, action.get("value") if answer else "")
    if summary is None or answer is None:
        return
    await services.stores.feedback.save(services.team, str(body["user"]["id"]), summary.id, answer)
    await refresh(services, body, summary)


async def take_back(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    await services.stores.feedback.remove(services.team, str(body["user"]["id"]), str(action.get("value")))
    if summary := await named(services, body, action.get("value")):
        await refresh(services, body, summary)


async def _view(services: Services, user: str, summary: Summary, *, listed: bool) -> dict[str, Any]:
    """The study with what this person did with it. Where the store fails or is busy, the study comes without: it is what
    was asked for.
    """
    after = study.after_reading(summary, await in_time(_reader_state(services, user, summary.id)))
    return study.study_view(summary, services.engine.corpus, listed=listed, after=after)


async def refresh(services: Services, body: Mapping[str, Any], summary: Summary) -> None:
    """Show the study's window as things are now. If Slack has a newer one than the person clicked on, it is built once
    more, so that the last click counts.
    """
    view, user = body.get("view") or {}, str(body["user"]["id"])
    if view.get("callback_id") != ids.STUDY_VIEW:
        return
    listed = bool(metadata_of(view).get("listed"))
    new = await _view(services, user, summary, listed=listed)
    if not await views.replace(services, view, new, version=view.get("hash")):
        await views.replace(services, view, await _view(services, user, summary, listed=listed))


async def _reader_state(services: Services, user: str, summary_id: str) -> study.ReaderState:
    team = services.team
    return study.ReaderState(
        saved=await services.stores.saves.has(team, user, summary_id),
        answer=await services.stores.feedback.answer_of(team, user, summary_id),
        counts=await services.stores.feedback.counts(team, summary_id),
        note=await services.stores.saves.note(team, user, summary_id),
        may_edit=not services.approval.revising.is_shipped and await services.library_curators.includes(user),
    )
