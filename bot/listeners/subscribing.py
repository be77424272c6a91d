"""`/pprnet subscribe` and its kin, and the button that posts the latest month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import ids, notes
from bot.blocks import subscribing as words
from bot.blocks.message import Message
from bot.commands.table import Name
from bot.failures import log_failure
from bot.listeners.asked import Asked
from bot.listeners.buttons import respond
from bot.listeners.home_data import channels
from bot.listeners.services import Services
from bot.listeners.time_limits import soon
from bot.publishing.months import UnpostableError
from bot.store.subscriptions import ACTIVE, PAUSED, STOPPED, Subscription


def register(app: AsyncApp) -> None:
    """Listen for *Post the latest now*."""
    app.action(ids.POST_LATEST)(post_latest)


async def post_latest(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    channel = str((body.get("channel") or {}).get("id") or "")
    await respond(services, body, await _post_latest(services, channel))


async def handle(services: Services, asked: Asked) -> Message:
    """Do what a command says about the channel's monthly post, and return the reply."""
    user, channel = asked.user, asked.channel
    if asked.name is Name.SUBSCRIBE:
        return words.came_of(await attempt(services, user, channel))
    if asked.name is Name.UNSUBSCRIBE:
        return await unsubscribe(services, user, channel)
    if asked.name is Name.DEFAULT:
        return await soon(_make_default(services, user, channel), notes.note(words.SOON))
    return await _list(services, user, channel)


async def attempt(services: Services, user: str, channel: str) -> words.Attempt:
    """Have a channel get each new month; return what came of it within Slack's time."""
    return await soon(_attempt(services, user, channel), words.Attempt(soon=True))


async def _attempt(services: Services, user: str, channel: str) -> words.Attempt:
    found = await subscription_of(services, channel)
    if found and found.state == ACTIVE:
        return words.Attempt(already=True, by=found.by)
    corpus = await services.approval.let_out(services.engine.corpus)
    posted = await services.posts.subscriptions.ask(corpus, services.team, channel, user)
    services.posts.woken.set()
    if posted is None or posted.state == "sent":
        return words.Attempt()
    if posted.state in ("cancelled", "failed"):
        return words.Attempt(code=posted.error or "")
    return words.Attempt(soon=True)


async def unsubscribe(services: Services, user: str, channel: str) -> Message:
    """Stop new months in a channel; what came of it."""
    row = await services.posts.subscriptions.get(services.team, channel)
    if (row is None and channel != services.workspace.channel) or (row is not None and row.state == STOPPED):
        return notes.note(words.NOT_SUBSCRIBED)
    if await _is_default(services, channel) and not await services.workspace.curators.includes(user):
        return notes.note(words.CURATORS_ONLY)
    team = services.team
    stopped = await services.posts.subscriptions.stop(team, channel, services.workspace.channel)
    return notes.note(words.STOPPED if stopped else words.NOT_SUBSCRIBED)


async def _make_default(services: Services, user: str, channel: str) -> Message:
    if not await services.workspace.curators.includes(user):
        return notes.note(words.CURATORS_ONLY)
    found = await subscription_of(services, channel)
    if found is None or found.state != ACTIVE:
        came = await _attempt(services, user, channel)
        found = await subscription_of(services, channel)
        if found is None or found.state != ACTIVE:
            return words.came_of(came)
    await services.posts.subscriptions.make_default(services.team, channel)
    return notes.note(words.DEFAULT)


async def _list(services: Services, user: str, channel: str) -> Message:
    """All channels for a curator; for others the one they are in, since a channel may be nobody else's business."""
    everywhere = await services.workspace.curators.includes(user)
    lines = [line for line in await channels(services) if everywhere or line[0] == channel]
    return words.listed(lines) if lines or everywhere else notes.note(words.NOT_SUBSCRIBED)


async def _post_latest(services: Services, channel: str) -> Message:
    found = await subscription_of(services, channel)
    if found is None or found.state not in (ACTIVE, PAUSED):
        return notes.note(words.NOT_SUBSCRIBED)
    corpus = await services.approval.let_out(services.engine.corpus)
    if not corpus.issues:
        return notes.note(words.NO_MONTH)
    try:
        planned = await services.posts.months.plan(corpus.issues[0], found.team, channel, by_hand=True)
    except UnpostableError as error:
        return notes.failure(log_failure(error))
    services.posts.woken.set()
    return notes.note(words.POSTED_LATEST if planned else words.LATEST_IS_HERE)


async def subscription_of(services: Services, channel: str) -> Subscription | None:
    """Return the subscription of a channel, if new months go there."""
    found = await services.posts.subscriptions.recipients(services.team, services.workspace.channel)
    return next((each for each in found if each.channel == channel), None)


async def _is_default(services: Services, channel: str) -> bool:
    found = await services.posts.subscriptions.recipients(services.team, services.workspace.channel)
    chosen = [each.channel for each in found if each.is_default]
    return channel in chosen or (not chosen and channel == services.workspace.channel)
