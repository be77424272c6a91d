"""Shows what the app answers to a command or a form. Raises AssertionError for an answer that Slack would not show."""

from __future__ import annotations

from .answer import Answer
from .model import Channel, Json, SlackError, User, View
from .response_urls import check_answer, write_answer
from .workspace import Workspace


def show_command_answer(slack: Workspace, answer: Answer, channel: Channel, user: User) -> Answer:
    """Show the answer to a command; return it with the message shown."""
    if not answer.ok or not answer.text:
        return answer
    body = answer.json if answer.json is not None else {"text": answer.text}
    if not isinstance(body, dict):
        raise AssertionError(f"Slack cannot show this answer: {type(body).__name__}")
    if not body.get("text") and not body.get("blocks"):
        return answer
    try:
        check_answer(body)
    except SlackError as refused:
        raise AssertionError(f"Slack refuses this answer: {refused.body}") from None
    answer.message = write_answer(slack, channel.id, user.id, body, source="command")
    return answer


def apply_form_answer(slack: Workspace, answer: Answer, view: View, user: User) -> Answer:
    """Do to the modals what the answer to a form says; return it with the modal then on top."""
    if answer.ok:
        body = answer.json if isinstance(answer.json, dict) else {}
        if answer.text and not isinstance(answer.json, dict):
            raise AssertionError("Slack takes an empty body or JSON as the answer to a form")
        answer.response_action = body.get("response_action")
        try:
            _apply(slack, answer, body, view, user)
        except SlackError as refused:
            raise AssertionError(f"Slack refuses this response_action: {refused.body}") from None
    answer.view = slack.modal(user)
    return answer


def _apply(slack: Workspace, answer: Answer, body: Json, view: View, user: User) -> None:
    action = answer.response_action
    if action is None:
        slack.close_view(view)
    elif action == "clear":
        slack.clear_views(user.id)
    elif action == "update":
        slack.update_view(view, body.get("view"))
    elif action == "errors":
        inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        answer.errors = dict(body.get("errors") or {})
        unknown = set(answer.errors) - inputs
        if unknown or not answer.errors:
            raise AssertionError(f"errors must name input blocks, not {sorted(unknown)}")
    else:
        raise AssertionError(f"unknown response_action {action!r}")
