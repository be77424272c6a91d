"""The views.* methods."""

from __future__ import annotations

from typing import Any

from .arguments import parsed, text_argument
from .model import Json, SlackError, View, refusal_with_messages
from .workspace import Workspace


def open_(slack: Workspace, args: Json) -> Json:
    """views.open"""
    trigger = slack.usable_trigger(text_argument(args, "trigger_id"))
    view = slack.open_view(trigger.user, _spec(args))
    trigger.exchanged = True
    return {"ok": True, "view": slack.view_json(view)}


def push(slack: Workspace, args: Json) -> Json:
    """views.push: the trigger must come from within an open modal."""
    trigger = slack.usable_trigger(text_argument(args, "trigger_id"))
    if trigger.view_id is None:
        raise SlackError("invalid_trigger_id")
    view = slack.push_view(trigger.user, _spec(args))
    trigger.exchanged = True
    return {"ok": True, "view": slack.view_json(view)}


def update(slack: Workspace, args: Json) -> Json:
    """views.update, by view_id or external_id, guarded by hash where one is given."""
    view = _find(slack, args)
    _check_hash(view, args)
    return {"ok": True, "view": slack.view_json(slack.update_view(view, _spec(args)))}


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
    return {"ok": True, "view": slack.view_json(slack.publish_home(user, _spec(args)))}


def _spec(args: Json) -> Any:
    spec = parsed(args, "view", "invalid_arguments")
    if spec is None:
        raise refusal_with_messages("invalid_arguments", ["missing required field: view"])
    return spec


def _find(slack: Workspace, args: Json) -> View:
    view_id, external = args.get("view_id"), args.get("external_id")
    for view in slack.views.values():
        if not view.closed and (view.id == view_id or (external and view.spec.get("external_id") == external)):
            return view
    raise SlackError("not_found")


def _check_hash(view: View, args: Json) -> None:
    if args.get("hash") and args["hash"] != view.hash:
        raise SlackError("hash_conflict")
