"""*Set up* on Home, for the curators of one of many workspaces. Who may is checked at every press, here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.approval.shared_months import asks_from_now
from bot.blocks import ids, notes
from bot.blocks import own_settings as words
from bot.blocks.modal import message_view
from bot.listeners import views
from bot.listeners.buttons import open_view, respond
from bot.listeners.incoming import entered
from bot.listeners.services import Services
from bot.listeners.time_limits import in_time
from bot.settings import values
from bot.settings.own_settings import OwnSettings
from bot.store.drafts import APPROVED


def register(app: AsyncApp) -> None:
    """Listen for the button and its form."""
    app.action(ids.OWN_SETTINGS)(open_form)
    app.view(ids.OWN_SETTINGS_VIEW)(save)


async def open_form(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    if services.own_settings is None or not await services.workspace.curators.includes(str(body["user"]["id"])):
        await respond(services, body, notes.note(words.CURATORS_ONLY))
        return
    zone, hour = str(services.workspace.here().tzinfo), services.workspace.post_hour
    drafts = await in_time(services.approval.drafts.all()) or ()
    undecided = [draft for draft in drafts if draft.state != APPROVED]
    await open_view(services, body, words.form(services.own_settings.values, zone=zone, hour=hour, drafts=undecided))


async def save(services: Services, ack: AsyncAck, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
    if services.own_settings is None or not await services.workspace.curators.includes(str(body["user"]["id"])):
        await views.refuse(ack, words.block_of(words.CURATORS), words.CURATORS_ONLY)
        return
    now = asks_from_now(services.knowledge.corpus, services.workspace.here().date())
    found = _read(view, services.own_settings.values.asks_after or now)
    if isinstance(found, tuple):
        await views.refuse(ack, *found)
        return
    await services.own_settings.save(found)
    await views.answer_form(ack, view, message_view(words.saved(found), words.TITLE))


def _read(view: Mapping[str, Any], asks_after: str) -> OwnSettings | tuple[str, str]:
    """Return what was filled in; or a field's block and what is wrong there. `asks_after`: the month after which curators
    are asked, where they want to be.
    """
    given = {name: entered(view, words.block_of(name), name) for name in (words.CHANNEL, words.CURATORS, words.ZONE)}
    channel = str(given[words.CHANNEL].get("selected_conversation") or "")
    people = ",".join(given[words.CURATORS].get("selected_users") or ())
    hour = entered(view, words.block_of(words.HOUR), words.HOUR).get("selected_option") or {}
    shared = entered(view, words.block_of(words.SHARED), words.SHARED).get("selected_option") or {}
    approval = entered(view, words.block_of(words.APPROVAL), words.APPROVAL).get("selected_option") or {}
    line = str(entered(view, words.block_of(words.CRISIS), words.CRISIS).get("value") or "").strip()
    field, sentence = words.CHANNEL, notes.CHOOSE_CHANNEL
    try:
        chosen = values.matching(values.CHANNEL, "a channel")(channel) if channel else None
        field, sentence = words.CURATORS, words.NO_CURATOR
        curators = values.people(people)
        field, sentence = words.ZONE, words.NO_ZONE
        zone = values.zone(str(given[words.ZONE].get("value") or "").strip())
        field, sentence = words.HOUR, words.NO_ZONE
        from_hour = values.hour(str(hour.get("value")))
        field, sentence = words.CRISIS, words.LINE
        crisis = values.line(line) if line else None
    except ValueError:
        return words.block_of(field), sentence
    asks = asks_after if approval.get("value") == "on" else None
    return OwnSettings(chosen, curators, zone, from_hour, crisis or None, shared.get("value") == "on", asks)
