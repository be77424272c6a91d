"""Invitations to join: a code in a link, good once and for a week. Only its hash is stored."""

from __future__ import annotations

import hashlib
import secrets

from bot.store.workspaces import Workspaces

INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"
CODE = "invitation"
"""The parameter of the link."""


def hash_of(code: str) -> str:
    """Return what is stored of a code."""
    return hashlib.sha256(b"pprnet invitation " + code.encode("utf-8", "surrogatepass")).hexdigest()


async def invite(directory: Workspaces, name: str, public_url: str) -> str:
    """Store a new invitation and return its link."""
    code = secrets.token_urlsafe(24)
    await directory.invite(hash_of(code), name)
    return f"{public_url}{INSTALL_PATH}?{CODE}={code}"
