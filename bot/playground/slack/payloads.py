"""Builds the payloads that Slack sends, from the workspace's state. Nothing is sent here."""

from __future__ import annotations

import secrets
from copy import deepcopy
from typing import Any

from .controls import merged_state
from .model import Channel, Json, Message, User, View
from .workspace import Workspace

VERIFICATION_TOKEN = "local-verification-token"


def event_envelope(slack: Workspace, event: Json, event_id: str | None = None) -> Json:
    """Return the envelope around an Events API event."""
    place = event.get("channel") or event.get("channel_id") if isinstance(event, dict) else None  # tests send worse
    channel = slack.channels.get(place) if isinstance(place, str) else None
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": slack.team_id,
        "context_team_id": slack.team_id,
        "context_enterprise_id": None,
        "api_app_id": slack.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id or f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(slack.clock()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": slack.team_id,
                "user_id": slack.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": channel is not None and channel.ext_shared,
        "event_context": f"4-{secrets.token_hex(12)}",
    }


def message_event(slack: Workspace, message: Message, kind: str) -> Json:
    """Return the event for someone's message: `kind` is app_mention or message."""
    event: Json = {
        "user": message.user,
        "type": kind,
        "ts": message.ts,
        "client_msg_id": secrets.token_hex(16),
        "text": message.text,
        "team": slack.team_id,
        "blocks": [rich_text(message.text)],
        "channel": message.channel,
        "event_ts": message.ts,
    }
    home = slack.users[message.user].team_id if message.user in slack.users else None
    if home:  # of someone from another organisation in a shared channel (Bolt, request/internals.py, reads these)
        event |= {"team": home, "user_team": home, "source_team": home}
    if message.thread_ts:
        event["thread_ts"] = message.thread_ts
    if kind == "message":
        event["channel_type"] = "im"
    return event


def rich_text(text: str) -> Json:
    """Return someone's message as Slack's composer stores it."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "block_id": secrets.token_urlsafe(4), "elements": [section]}


def command_form(slack: Workspace, user: User, channel: Channel, command: str, text: str | None) -> Json:
    """Return the fields of a slash command."""
    form = {
        "token": VERIFICATION_TOKEN,
        "team_id": slack.team_id,
        "team_domain": slack.team_domain,
        "channel_id": channel.id,
        "channel_name": shown_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": slack.app_id,
        "is_enterprise_install": "false",
        "response_url": slack.new_response_url(channel.id, user.id, kind="commands"),
        "trigger_id": slack.new_trigger(user.id),
    }
    if text is None:
        form.pop("text")
    return form


def shown_name(channel: Channel) -> str:
    """Return the name that Slack gives to an app: private channels have none."""
    return "directmessage" if channel.is_im else "privategroup" if channel.private else channel.name


def _interaction(slack: Workspace, kind: str, user: User) -> Json:
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id or slack.team_id},
        "api_app_id": slack.app_id,
        "token": VERIFICATION_TOKEN,
        # For someone from another organisation their own workspace, by Bolt's reading of such payloads.
        "team": {"id": user.team_id or slack.team_id, "domain": "elsewhere" if user.team_id else slack.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def message_actions(slack: Workspace, message: Message, action: Json, user: User) -> Json:
    """Return block_actions from a message. Slack does not send an ephemeral message itself, only its place."""
    channel = slack.channels[message.channel]
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = _interaction(slack, "block_actions", user) | {
        "container": container,
        "trigger_id": slack.new_trigger(user.id),
        "channel": {"id": channel.id, "name": shown_name(channel)},
        "state": {"values": merged_state(message.blocks, message.state)},
        "response_url": slack.new_response_url(channel.id, user.id, original=message, kind="actions"),
        "actions": [action | {"action_ts": slack.new_ts()}],
    }
    if message.ephemeral_to is None:
        payload["message"] = message.to_json(team_id=slack.team_id, with_payload=True)
    return payload


def view_actions(slack: Workspace, view: View, action: Json, user: User) -> Json:
    """Return block_actions from a modal or Home tab; there is no response_url."""
    return _interaction(slack, "block_actions", user) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": slack.new_trigger(user.id, view_id=view.id if view.type == "modal" else None),
        "view": _with_state(slack, view),
        "actions": [action | {"action_ts": slack.new_ts()}],
    }


def view_submission(slack: Workspace, view: View, user: User) -> Json:
    """Return the submission of a form."""
    return _interaction(slack, "view_submission", user) | {
        "trigger_id": slack.new_trigger(user.id, view_id=view.id),
        "view": _with_state(slack, view),
        "response_urls": [],
    }


def view_closed(slack: Workspace, view: View, user: User, *, cleared: bool) -> Json:
    """Return the closing of a modal by a person."""
    return _interaction(slack, "view_closed", user) | {"view": _with_state(slack, view), "is_cleared": cleared}


def shortcut(slack: Workspace, callback_id: str, user: User) -> Json:
    """Return the use of a global shortcut."""
    return _interaction(slack, "shortcut", user) | {
        "callback_id": callback_id,
        "trigger_id": slack.new_trigger(user.id),
        "action_ts": slack.new_ts(),
    }


def message_shortcut(slack: Workspace, callback_id: str, message: Message, user: User) -> Json:
    """Return the use of a shortcut on any message, whether or not the bot is in its channel."""
    channel = slack.channels[message.channel]
    return _interaction(slack, "message_action", user) | {
        "callback_id": callback_id,
        "trigger_id": slack.new_trigger(user.id),
        "action_ts": slack.new_ts(),
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": shown_name(channel)},
        "message": message.to_json(team_id=slack.team_id, with_payload=True),
        "response_url": slack.new_response_url(channel.id, user.id, kind="actions"),
    }


def home_opened(slack: Workspace, user: User, tab: str) -> Json:
    """Return app_home_opened, with the view if one was published before."""
    event: Json = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": slack.open_dm(user).id,
        "tab": tab,
        "event_ts": slack.new_ts(),
    }
    view = slack.homes.get(user.id)
    if tab == "home" and view is not None:
        event["view"] = view_json(slack, view)
    return event


def metadata_posted(slack: Workspace, message: Message) -> Json:
    """Return message_metadata_posted for one of the app's messages."""
    return {
        "type": "message_metadata_posted",
        "app_id": message.app_id,
        "bot_id": message.bot_id,
        "user_id": message.user,
        "team_id": slack.team_id,
        "channel_id": message.channel,
        "metadata": message.metadata,
        "message_ts": message.ts,
        "event_ts": slack.new_ts(),
    }


def view_json(slack: Workspace, view: View) -> Json:
    """Return a view as Slack sends it."""
    found: Json = {
        "id": view.id,
        "team_id": slack.team_id,
        "private_metadata": "",
        "callback_id": "",
        "title": None,
        "close": None,
        "submit": None,
        "clear_on_close": False,
        "notify_on_close": False,
        "external_id": "",
    }
    found |= deepcopy(view.spec)
    found |= {
        "state": {"values": deepcopy(view.state)},
        "hash": view.hash,
        "root_view_id": view.root_view_id,
        "previous_view_id": view.previous_view_id,
        "app_id": slack.app_id,
        "app_installed_team_id": slack.team_id,
        "bot_id": slack.bot_id,
    }
    if view.type == "home":
        for key in ("title", "close", "submit"):
            found.pop(key)
    return found


def _with_state(slack: Workspace, view: View) -> Json:
    found: dict[str, Any] = view_json(slack, view)
    return found | {"state": {"values": merged_state(view.blocks, view.state)}}
