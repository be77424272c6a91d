"""New months in a channel, set up and stopped from Home, where no channel is at hand to type in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import ids, notes
from bot.blocks import subscribing as words
from bot.listeners import subscribing, views
from bot.listeners.buttons import open_view, respond
from bot.listeners.incoming import entered
from bot.listeners.services import Services
from bot.listeners.time_limits import in_time
from bot.outbox.transport import Cause, Refused, Sent


def register(app: AsyncApp) -> None:
    """Listen for the button on Home, its modal, and *Stop it*."""
    app.action(ids.SET_UP)(choose)
    app.view(ids.SET_UP_VIEW)(set_up)
    app.action(ids.SET_UP_STOP)(stop)


async def choose(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    await open_view(services, body, words.set_up_view(external=services.workspace.shared.allowed))


async def set_up(services: Services, ack: AsyncAck, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
    user, channel = str(body["user"]["id"]), _chosen(view)
    if channel is None:
        await views.refuse(ack, ids.SET_UP_BLOCK, notes.CHOOSE_CHANNEL)
    elif services.workspace.shared.is_closed(channel):
        await views.refuse(ack, ids.SET_UP_BLOCK, notes.SHARED_OUTSIDE_MONTHS)
    elif problem := await _problem(services, user, channel):
        await views.refuse(ack, ids.SET_UP_BLOCK, problem)
    else:
        came = await subscribing.attempt(services, user, channel)
        if came.code is not None:
            await views.refuse(ack, ids.SET_UP_BLOCK, words.refused(came.code, words.INVITE_THERE))
            return
        may_stop = came.already and await _may_stop(services, user, came.by)
        shown = words.set_up(channel, words.came_of(came), may_stop=may_stop)
        await views.answer_form(ack, view, shown)
        await views.after_change(services, body)


async def stop(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    user, channel = str(body["user"]["id"]), str(action.get("value"))
    found = await subscribing.subscription_of(services, channel)
    if found and not await _may_stop(services, user, found.by):
        await respond(services, body, notes.note(words.NOT_YOURS))
        return
    said = await subscribing.unsubscribe(services, user, channel)
    await views.replace(services, body.get("view") or {}, words.set_up(channel, said))
    await views.after_change(services, body)


async def _problem(services: Services, user: str, channel: str) -> str | None:
    """Return why nothing may be set up in a channel; None where it may. A form is believed in nothing: that the bot and this
    person are in the channel is what Slack says when it is to show them something there.
    """
    if await subscribing.subscription_of(services, channel) or await services.workspace.curators.includes(user):
        return None
    shown = await in_time(services.slack.whisper(channel, user, notes.note(words.SETTING_UP).payload()))
    if isinstance(shown, Sent):
        return None
    if not isinstance(shown, Refused) or shown.cause is Cause.PASSING:
        return words.TRY_LATER
    return words.NOT_THERE if shown.code == "user_not_in_channel" else words.refused(shown.code, words.INVITE_THERE)


async def _may_stop(services: Services, user: str, by: str | None) -> bool:
    """Return whether someone may stop it from elsewhere: only a curator or the person who set it up, since the bot does not
    know who is in the channel.
    """
    return user == by or await services.workspace.curators.includes(user)


def _chosen(view: Mapping[str, Any]) -> str | None:
    chosen = entered(view, ids.SET_UP_BLOCK, ids.SET_UP_CHANNEL).get("selected_conversation")
    return str(chosen) if str(chosen).startswith(("C", "G")) else None
