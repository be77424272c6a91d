"""Who we are in Slack, and whether a request is meant for us."""

from __future__ import annotations

from collections.abc import Mapping
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


def is_foreign(body: Mapping[str, Any], identity: Identity) -> bool:
    """Whether a payload is for another app or workspace. A signed request proves the app's secret, not the workspace."""
    app = body.get("api_app_id")
    if identity.app_id and app and app != identity.app_id:
        return True
    if body.get("type") == "url_verification":
        return False
    teams = {body.get("team_id"), _nested(body, "team", "id"), _nested(body, "event", "team_id")}
    teams |= {entry.get("team_id") for entry in body.get("authorizations") or () if isinstance(entry, Mapping)}
    if identity.team_id in teams:
        return False
    # Someone of another organisation pressed a button of ours in a shared channel: the message is ours, `team` is theirs.
    if identity.bot_id and _nested(body, "message", "bot_id") == identity.bot_id:
        return False
    # An installation for a whole organisation names the organisation instead of a workspace.
    enterprises = {body.get("enterprise_id"), _nested(body, "enterprise", "id")}
    return not (identity.enterprise_id and identity.enterprise_id in enterprises)


def _nested(body: Mapping[str, Any], outer: str, inner: str) -> Any:
    value = body.get(outer)
    return value.get(inner) if isinstance(value, Mapping) else None
