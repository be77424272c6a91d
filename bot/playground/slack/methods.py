"""The Web API methods that the bot calls, with the token and scopes that each needs. Any other is unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from . import methods_chat, methods_conversations, methods_files, methods_views
from .model import Json, SlackError
from .workspace import Workspace

Handler = Callable[[Workspace, Json], Json]


@dataclass(frozen=True)
class Method:
    """One method. The scope "*:history" means the one for the kind of conversation: channels:history and so on."""

    handler: Handler
    scope: str | None = None
    token: Literal["bot", "app"] = "bot"


def auth_test(slack: Workspace, args: Json) -> Json:
    """auth.test"""
    return {
        "ok": True,
        "url": f"https://{slack.team_domain}.slack.com/",
        "team": slack.team_name,
        "user": slack.users[slack.bot_user_id].name,
        "team_id": slack.team_id,
        "user_id": slack.bot_user_id,
        "bot_id": slack.bot_id,
        "is_enterprise_install": False,
    }


METHODS: dict[str, Method] = {
    "auth.test": Method(auth_test),
    "chat.postMessage": Method(methods_chat.post_message, "chat:write"),
    "chat.postEphemeral": Method(methods_chat.post_ephemeral, "chat:write"),
    "chat.update": Method(methods_chat.update, "chat:write"),
    "chat.delete": Method(methods_chat.delete, "chat:write"),
    "chat.getPermalink": Method(methods_chat.get_permalink),
    "views.open": Method(methods_views.open_),
    "views.push": Method(methods_views.push),
    "views.update": Method(methods_views.update),
    "views.publish": Method(methods_views.publish),
    "conversations.history": Method(methods_conversations.history, "*:history"),
    "conversations.replies": Method(methods_conversations.replies, "*:history"),
    "files.getUploadURLExternal": Method(methods_files.get_upload_url, "files:write"),
    "files.completeUploadExternal": Method(methods_files.complete, "files:write"),
    "users.info": Method(methods_conversations.user_info, "users:read"),
}


def authorize(slack: Workspace, method: Method, token: str | None, args: Json) -> None:
    """Raise SlackError for a call whose token is missing, unknown, revoked, of the wrong kind or without the scope."""
    if not token:
        raise SlackError("not_authed")
    if token not in {slack.token, slack.app_token}:
        raise SlackError("invalid_auth")
    if slack.token_state == "revoked":
        raise SlackError("token_revoked")
    if slack.token_state == "inactive":
        raise SlackError("account_inactive")
    if (token == slack.app_token) != (method.token == "app"):
        raise SlackError("not_allowed_token_type")
    needed = method.scope
    granted = slack.app_scopes if method.token == "app" else slack.scopes
    if needed and needed.startswith("*:"):
        channel = slack.channels.get(str(args.get("channel")))
        needed = f"{channel.scope_family if channel else 'channels'}{needed[1:]}"
        if channel is None and any(scope.endswith(needed.partition(":")[2]) for scope in granted):
            return
    if needed and needed not in granted:
        raise SlackError("missing_scope", needed=needed, provided=",".join(sorted(granted)))
