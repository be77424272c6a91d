"""The views.* methods."""

from __future__ import annotations

from typing import Any

from .arguments import parsed, text_argument
from .model import Json, SlackError, Trigger, View, refusal_with_messages
from .payloads import view_json
from .workspace import Workspace

TRIGGER_SECONDS = 3.0


def open_(slack: Workspace, args: Json) -> Json:
    """views.open"""
    trigger = _usable_trigger(slack, args)
    view = slack.open_view(trigger.user, _spec(args))
    trigger.exchanged = True
    return {"ok": True, "view": view_json(slack, view)}


def push(slack: Workspace, args: Json) -> Json:
    """views.push: the trigger must come from within an open modal."""
    trigger = _usable_trigger(slack, args)
    if trigger.view_id is None:
        raise SlackError("invalid_trigger_id")
    view = slack.push_view(trigger.user, _spec(args))
    trigger.exchanged = True
    return {"ok": True, "view": view_json(slack, view)}


def update(slack: Workspace, args: Json) -> Json:
    """views.update, by view_id; refused if a `hash` is given that is not the view's."""
    view = _find(slack, args)
    _check_hash(view, args)
    return {"ok": True, "view": view_json(slack, slack.update_view(view, _spec(args)))}


def publish(slack: Workspace, args: Json) -> Json:
    """views.publish"""
    user = text_argument(args, "user_id")
    if not slack.home_tab_enabled:
        raise SlackError("not_enabled")
    if user not in slack.users:
        raise refusal_with_messages("invalid_arguments", ["invalid `user_id`"])
    current = slack.homes.get(user)
    if current is not None:
        _check_hash(current, args)
    return {"ok": True, "view": view_json(slack, slack.publish_home(user, _spec(args)))}


def _usable_trigger(slack: Workspace, args: Json) -> Trigger:
    """Return the trigger, if it can still be exchanged."""
    trigger = slack.triggers.get(text_argument(args, "trigger_id"))
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if trigger.exchanged:
        raise SlackError("exchanged_trigger_id")
    if slack.clock() - trigger.created > TRIGGER_SECONDS:
        raise SlackError("expired_trigger_id")
    return trigger


def _spec(args: Json) -> Any:
    spec = parsed(args, "view", "invalid_arguments")
    if spec is None:
        raise refusal_with_messages("invalid_arguments", ["missing required field: view"])
    return spec


def _find(slack: Workspace, args: Json) -> View:
    view = slack.views.get(str(args.get("view_id")))
    if view is None or view.closed:
        raise SlackError("not_found")
    return view


def _check_hash(view: View, args: Json) -> None:
    if args.get("hash") and args["hash"] != view.hash:
        raise SlackError("hash_conflict")
