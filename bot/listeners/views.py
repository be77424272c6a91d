"""Modals and the Home tab: opened, stacked, put in place. A click on one of them has no channel to be answered in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
from slack_bolt.async_app import AsyncAck
from slack_sdk.errors import SlackApiError

from bot.blocks import kit, notes
from bot.blocks.home import trouble_view
from bot.blocks.message import Message
from bot.blocks.modal import STACK, message_view, placed
from bot.listeners.home_data import home
from bot.listeners.services import Services
from bot.listeners.time_limits import in_time
from bot.slack.errors import error_code

log = logging.getLogger(__name__)

_LATE = frozenset(
    ("expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "trigger_exchanged", "invalid_trigger_id")
)
_GONE = frozenset(("not_found", "view_not_found", "hash_conflict"))
"""Errors by which Slack says that the person has closed or changed the view meanwhile: nothing is left to show there."""


def is_in_view(body: Mapping[str, Any]) -> bool:
    """Return whether a click was in a modal or on Home, not in a message."""
    return bool(body.get("view"))


def depth(view: Mapping[str, Any]) -> int:
    """Return how many modals are open up to this one. Slack names the lowest and the one below."""
    below, lowest = view.get("previous_view_id"), view.get("root_view_id")
    if not below:
        return 1
    return 2 if below == lowest else 3


def below(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return the modal below one that is open, as far as `replace` has to know it."""
    lowest, under = view.get("root_view_id"), view.get("previous_view_id")
    return {"id": under, "root_view_id": lowest, "previous_view_id": lowest if under != lowest else None}


async def show(services: Services, body: Mapping[str, Any], view: Mapping[str, Any]) -> bool:
    """Show a modal for a click. False when Slack's three seconds were over and the click was in a message: nothing is shown.

    In a modal the new one is stacked on top, or takes its place where the stack is full or the time was over: that needs no
    trigger. On Home a sentence asks for another press.
    """
    view = services.slack.seal.put(view, str(body["user"]["id"]))
    under = body.get("view") or {}
    trigger = str(body.get("trigger_id"))
    in_modal = under.get("type") == "modal"
    if in_modal and depth(under) >= STACK:
        await replace(services, under, view)
        return True
    try:
        if in_modal:
            await services.slack.once.views_push(trigger_id=trigger, view=placed(view, depth(under) + 1))
        else:
            await services.slack.once.views_open(trigger_id=trigger, view=placed(view, 1))
    except SlackApiError as error:
        if in_modal and error_code(error) in _LATE | {"push_limit_reached"}:
            await replace(services, under, view)
        elif error_code(error) not in _LATE:
            raise
        elif under:
            await renew(services, str(body["user"]["id"]), notice=notes.PRESS_AGAIN)
        else:
            return False
    return True


async def replace(
    services: Services, old: Mapping[str, Any], view: Mapping[str, Any], *, version: str | None = None
) -> bool:
    """Put a modal in the place of one that is open. With the `version` (hash) of the one that it replaces, nothing is done
    and False returned if there is a newer one by now.
    """
    arguments = {"hash": version} if version else {}
    try:
        await services.slack.once.views_update(view_id=str(old.get("id")), view=placed(view, depth(old)), **arguments)
    except SlackApiError as error:
        if version and error_code(error) == "hash_conflict":
            return False
        if error_code(error) not in _GONE:
            raise
        log.info("a modal was closed before it could be changed (%s)", error_code(error))
    return True


async def answer_form(ack: AsyncAck, form: Mapping[str, Any], view: Mapping[str, Any]) -> None:
    """Put a modal in the place of a form that was sent."""
    await ack(response_action="update", view=placed(view, depth(form)))


async def refuse(ack: AsyncAck, block_id: str, sentence: str) -> None:
    """Keep a form open, with a sentence at one of its fields."""
    await ack(response_action="errors", errors={block_id: sentence})


_FRAME = (
    "type callback_id title submit close private_metadata external_id clear_on_close notify_on_close submit_disabled".split()
)
"""The parts of a modal, beside its blocks, that Slack takes back as it sent them."""


async def replace_blocks(services: Services, old: Mapping[str, Any], blocks: kit.Blocks) -> None:
    """Put other blocks in a modal that Slack sent us; all else in it stays."""
    await replace(services, old, {**{part: old[part] for part in _FRAME if old.get(part)}, "blocks": blocks})


_turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


def turn_of(user: str) -> asyncio.Lock:
    """Return the lock under which a person's Home is built and published: one at a time, so that the newest one stays."""
    return _turns.setdefault(user, asyncio.Lock())


async def renew(services: Services, user: str, *, notice: str | None = None) -> None:
    """Put a person's Home in place as things are now."""
    async with turn_of(user):
        await publish(services, user, await home(services, user, notice=notice))


async def after_change(services: Services, body: Mapping[str, Any]) -> None:
    """Update Home when something of this person's was changed in a modal or on Home. It is built again at every opening, so
    a failure does not matter.
    """
    if is_in_view(body):
        await in_time(renew(services, str(body["user"]["id"])))


async def publish(services: Services, user: str, view: Mapping[str, Any], version: str | None = None) -> None:
    """Put a person's Home in place. `version`: the hash of the one that it replaces; where there is a newer one, this one is
    dropped.
    """
    arguments = {"hash": version} if version else {}
    try:
        await services.slack.once.views_publish(user_id=user, view=dict(view), **arguments)
    except SlackApiError as error:
        match error_code(error):
            case "hash_conflict":
                log.info("a newer Home is shown already: this one is dropped")
            case "not_enabled":
                log.warning("Slack says that the Home tab is off: turn it on at api.slack.com/apps, App Home")
            case _:
                raise


async def say(services: Services, body: Mapping[str, Any], message: Message) -> None:
    """Say that a click in a modal or on Home failed, in its place. A failure to do even that is logged."""
    try:
        if body["view"].get("type") == "modal":
            await replace(services, body["view"], message_view(message, "Sorry"))
        else:
            await publish(services, str(body["user"]["id"]), trouble_view(message))
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("a failure could not be shown (%s)", error_code(error))
