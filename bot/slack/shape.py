"""What a payload of each kind has to look like, checked once at the door: behind it nobody asks whether a user is a dict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Shape = type | list[Any] | dict[str, Any]
"""A type; a list of one shape; or the parts of a mapping by name. A part whose name ends in "?" may be missing or null, and
"*" means every part.
"""


class Key(str):
    """A text by which something is looked up or sent: without NUL, which PostgreSQL does not take, or half a
    surrogate pair, for which UTF-8 has no room.
    """


_ID = {"id?": Key}
_SENDER = {
    "api_app_id?": Key,
    "team_id?": Key,
    "enterprise_id?": Key,
    "is_ext_shared_channel?": bool,
    "authorizations?": [{"team_id?": Key, "enterprise_id?": Key}],
}
_FIELD = {
    "value?": str,
    "selected_option?": {"value?": str},
    "selected_options?": [{"value?": str}],
    "selected_conversation?": Key,
    "selected_users?": [Key],
    "selected_date?": str,
}
_BLOCKS = [{"type?": str, "block_id?": str, "elements?": [dict], "accessory?": dict}]
_MESSAGE = {
    "text?": str,
    "ts?": Key,
    "thread_ts?": Key,
    "user?": Key,
    "bot_id?": Key,
    "blocks?": _BLOCKS,
    "attachments?": [{"text?": str, "fallback?": str, "title?": str, "pretext?": str}],
}
_VIEW = {
    "id": Key,
    "type?": str,
    "hash?": Key,
    "callback_id?": str,
    "private_metadata?": Key,
    "root_view_id?": Key,
    "previous_view_id?": Key,
    "app_installed_team_id?": Key,
    "blocks?": _BLOCKS,
    "state?": {"values?": {"*": {"*": _FIELD}}},
}
_INTERACTION = {
    **_SENDER,
    "type": str,
    "user": {"id": Key, "team_id?": Key},
    "team?": _ID,
    "enterprise?": _ID,
    "channel?": _ID,
    "trigger_id?": str,
    "response_url?": str,
    "callback_id?": str,
    "container?": {"channel_id?": Key, "thread_ts?": Key, "is_ephemeral?": bool},
    "message?": _MESSAGE,
    "view?": _VIEW,
}
COMMAND: Shape = {
    **_SENDER,
    "command": str,
    "user_id": Key,
    "channel_id": Key,
    "text?": str,
    "trigger_id?": str,
    "response_url?": str,
}
EVENT: Shape = {**_SENDER, "type": str, "event_id?": Key, "event": {"type": str}}
SAID: Shape = {
    "channel?": Key,
    "ts?": Key,
    "user?": Key,
    "text?": str,
    "thread_ts?": Key,
    "bot_id?": Key,
    "subtype?": str,
    "channel_type?": str,
    "team?": str,
    "user_team?": str,
}
EVENTS: dict[str, Shape] = {
    "app_mention": SAID,
    "message": SAID,
    "app_home_opened": {"user": Key, "tab?": str, "view?": {"hash?": Key}},
    "message_metadata_posted": {
        "message_ts": Key,
        "channel_id": Key,
        "user_id?": Key,
        "bot_id?": Key,
        "metadata?": {"event_type?": str, "event_payload?": {"d?": Key}},
    },
    "tokens_revoked": {"tokens?": {"bot?": [str]}},
}
INTERACTIONS: dict[str, Shape] = {
    "block_actions": {
        **_INTERACTION,
        "trigger_id": str,
        "actions": [{**_FIELD, "action_id": str, "type": str, "block_id?": str, "value?": Key}],
    },
    "message_action": {**_INTERACTION, "trigger_id": str, "message": _MESSAGE},
    "shortcut": {**_INTERACTION, "trigger_id": str},
    "view_submission": {**_INTERACTION, "view": {**_VIEW, "type": str, "callback_id": str}},
    "view_closed": {**_INTERACTION, "view": {**_VIEW, "type": str, "callback_id": str}},
}
REST: Shape = {**_SENDER, "type": str, "challenge?": str}
"""Anything else: what proves a new address, and kinds that this version has no use for."""


def is_whole(body: object) -> bool:
    """Return whether a payload has the shape of its kind."""
    if not isinstance(body, dict):
        return False
    if "command" in body:
        return fits(body, COMMAND)
    kind = body.get("type")
    if kind == "event_callback":
        return fits(body, EVENT) and fits(body["event"], EVENTS.get(body["event"]["type"], {}))
    if kind == "block_actions" and not body.get("actions"):
        return False
    return fits(body, INTERACTIONS.get(kind, REST) if isinstance(kind, str) else REST)


def fits(value: object, shape: Shape) -> bool:
    """Return whether a value has a shape."""
    if shape is Key:
        return _is_key(value)
    if isinstance(shape, type):
        return isinstance(value, shape)
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(each, shape[0]) for each in value)
    return isinstance(value, Mapping) and all(_has(value, name, part) for name, part in shape.items())


def _has(value: Mapping[str, Any], name: str, shape: Shape) -> bool:
    if name == "*":
        return all(fits(each, shape) for each in value.values())
    if name.endswith("?") and value.get(name[:-1]) is None:
        return True
    key = name.removesuffix("?")
    return key in value and fits(value[key], shape)


def _is_key(value: object) -> bool:
    if not isinstance(value, str) or "\0" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
