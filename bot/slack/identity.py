"""Who we are in Slack, and whether a request is meant for us."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Identity:
    """This bot in its workspace, from `auth.test`. `app_id` is known only if it is set or in an app-level token."""

    team_id: str
    user_id: str
    bot_id: str | None = None
    enterprise_id: str | None = None
    app_id: str | None = None


def app_id_of(app_token: str | None) -> str | None:
    """The app id inside an app-level token (xapp-1-A012345-...), or None."""
    parts = (app_token or "").split("-")
    return parts[2] if len(parts) > 3 and parts[2].startswith("A") else None


def is_foreign(body: Mapping[str, Any], identity: Identity, shared: Container[str] = ()) -> bool:
    """Return whether a payload is for another app or workspace. A signed request proves the app's secret, not the workspace.
    `shared` are the channels that another organisation is known to read.
    """
    app = body.get("api_app_id")
    if identity.app_id and app and app != identity.app_id:
        return True
    if body.get("type") == "url_verification":
        return False
    granted = [entry for entry in body.get("authorizations") or () if isinstance(entry, Mapping)]
    teams = {body.get("team_id"), _nested(body, "team", "id"), _nested(body, "event", "team_id")}
    # Of a form that was opened in a shared channel, `team` is its person's; this is where the app is installed.
    teams |= {_nested(body, "view", "app_installed_team_id"), *(entry.get("team_id") for entry in granted)}
    if identity.team_id in teams:
        return False
    if _is_pressed_in_shared_channel(body, identity, shared):
        return False
    # An installation for a whole organisation names the organisation instead of a workspace.
    enterprises = {body.get("enterprise_id"), _nested(body, "enterprise", "id")}
    enterprises |= {entry.get("enterprise_id") for entry in granted}
    return not (identity.enterprise_id and identity.enterprise_id in enterprises)


def _is_pressed_in_shared_channel(body: Mapping[str, Any], identity: Identity, shared: Container[str]) -> bool:
    """Return whether someone of another organisation pressed a button of ours: the message is ours, `team` is theirs. Of a
    message that they alone see Slack sends no more than its place.
    """
    if identity.bot_id and _nested(body, "message", "bot_id") == identity.bot_id:
        return True
    container = body.get("container")
    is_ephemeral = isinstance(container, Mapping) and container.get("is_ephemeral") is True
    return is_ephemeral and not body.get("message") and str(_nested(body, "channel", "id")) in shared


def _nested(body: Mapping[str, Any], outer: str, inner: str) -> str | None:
    value = body.get(outer)
    found = value.get(inner) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else None
