"""What happens when someone comes back from Slack with a code: the workspace joins, or the fresh token is revoked."""

from __future__ import annotations

import logging
from collections.abc import Container
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import ExpectedError
from bot.failures import log_failure
from bot.outside.proxy import proxy_for
from bot.settings import Settings
from bot.settings.own_settings import OwnSettings
from bot.slack.client import TIMEOUT
from bot.slack.errors import error_code
from bot.slack.identity import Identity
from bot.store.workspaces import ACTIVE, ERASING, Workspaces, is_workspace
from bot.workspaces.invitations import REDIRECT_PATH
from bot.workspaces.sealing import Keys
from bot.workspaces.states import State
from bot.workspaces.tokens import sealed

log = logging.getLogger(__name__)

SCOPES = ("app_mentions:read", "chat:write", "commands", "files:write", "im:history", "metadata.message:read")
"""What the app asks for, as in app.yaml. A test compares them."""

NO_CODE = "Slack did not confirm the installation. Please open the link again."
NOT_INVITED = "Joining is by invitation, and this one is not good any more. Ask whoever sent it to you for a new one."
HOME = "This is the workspace of whoever runs this installation: it has the bot already."
ERASED_NOW = "The data that this workspace had here are being deleted just now. Please try again in a minute."
OTHER_APP = "Slack installed something else than this bot."


class NotJoinedError(ExpectedError):
    """A workspace could not join; the message is for the person who tried."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What Slack gave for a code: a token, and for which workspace (or organisation)."""

    workspace: str
    token: str
    user_id: str
    bot_id: str | None
    enterprise_id: str | None
    installer: str | None


class Installing:
    """Lets workspaces join."""

    def __init__(self, settings: Settings, keys: Keys, directory: Workspaces, home: Identity) -> None:
        self._settings = settings
        self._keys = keys
        self._directory = directory
        self._home = home

    @property
    def redirect_uri(self) -> str:
        """Return where Slack sends people back to."""
        return f"{self._settings.public_url}{REDIRECT_PATH}"

    async def finish(self, state: State, code: str) -> str:
        """Let the workspace join that Slack gave this code for; return its id. Raises NotJoinedError: then the invitation is
        good again, and the token, if it is a new one, revoked.
        """
        name = ""
        if state.invitation is not None:
            name = await self._directory.invited(state.invitation) or ""
            if not await self._directory.use(state.invitation):
                raise NotJoinedError(NOT_INVITED)
        try:
            return await self._join(code, name, invited=state.invitation is not None)
        except BaseException:
            if state.invitation is not None:
                await self._directory.give_back(state.invitation)
            raise

    async def _join(self, code: str, name: str, *, invited: bool) -> str:
        try:
            answer = await self._client().api_call(
                "oauth.v2.access",
                data={
                    "client_id": self._settings.client_id,
                    "client_secret": self._settings.client_secret,
                    "code": code,
                    "redirect_uri": self.redirect_uri,
                },
            )
        except (SlackApiError, aiohttp.ClientError, OSError) as error:
            log.warning("Slack gave no token for an installation (%s)", error_code(error))
            raise NotJoinedError(NO_CODE) from None
        token = str(answer.get("access_token") or "")
        given = answer.data if isinstance(answer.data, dict) else {}
        workspace = _workspace_in(given)
        try:
            granted = await self._granted(given, workspace, token)
            await self._store(granted, name, invited=invited)
        except NotJoinedError:
            await self._revoke(token, workspace)
            raise
        except Exception as error:
            reference = log_failure(error, "joining", "the app was not installed there")
            await self._revoke(token, workspace)
            raise NotJoinedError(f"Something went wrong (reference {reference}). Please open the link again.") from None
        log.info("workspace %s joined", workspace)
        return workspace

    async def _granted(self, answer: dict[str, object], workspace: str, token: str) -> Granted:
        app = answer.get("app_id")
        if not token.startswith("xoxb-") or (self._home.app_id and app != self._home.app_id):
            raise NotJoinedError(OTHER_APP)
        who = await self._client(token).auth_test()
        if not is_workspace(workspace) or workspace not in (who.get("team_id"), who.get("enterprise_id")):
            raise NotJoinedError(OTHER_APP)
        enterprise, installer = _id_in(answer.get("enterprise")), _id_in(answer.get("authed_user"))
        return Granted(workspace, token, str(who["user_id"]), who.get("bot_id"), enterprise, installer)

    async def _store(self, granted: Granted, name: str, *, invited: bool) -> None:
        if self._is_home(granted.workspace):
            raise NotJoinedError(HOME)
        known = await self._directory.get(granted.workspace)
        if known is None and not invited:
            raise NotJoinedError(NOT_INVITED)
        if known and known.state == ERASING:
            raise NotJoinedError(ERASED_NOW)
        first = OwnSettings(curators=(granted.installer,) if granted.installer else ())
        joined = await self._directory.join(
            granted.workspace,
            name or (known.name if known else granted.workspace),
            sealed(self._keys, granted.workspace, granted.token),
            user_id=granted.user_id,
            bot_id=granted.bot_id,
            enterprise_id=granted.enterprise_id,
            settings=first.stored(),
        )
        if not joined:
            raise NotJoinedError(ERASED_NOW)

    async def _revoke(self, token: str, workspace: str) -> None:
        """Revoke a fresh token. To a workspace that has the app Slack gives the token that is in use: that one stays."""
        known = await self._directory.get(workspace) if workspace else None
        if not token or self._is_home(workspace) or token == self._settings.bot_token or (known and known.state == ACTIVE):
            return
        try:
            await self._client(token).auth_revoke()
            log.info("the token of an installation that failed was revoked")
        except (SlackApiError, aiohttp.ClientError, OSError) as error:
            log.warning("the token of an installation that failed could not be revoked (%s)", error_code(error))

    def _is_home(self, workspace: str) -> bool:
        homes: Container[str | None] = (self._home.team_id, self._home.enterprise_id)
        return bool(workspace) and workspace in homes

    def _client(self, token: str | None = None) -> AsyncWebClient:
        client = AsyncWebClient(token=token, base_url=self._settings.api_url, timeout=TIMEOUT, retry_handlers=[])
        client.proxy = proxy_for(client.base_url)
        return client


def _workspace_in(answer: dict[str, object]) -> str:
    """Return for what Slack installed the app: a workspace or, by an organisation's admin, the whole organisation."""
    whole = answer.get("is_enterprise_install") is True
    return _id_in(answer.get("enterprise" if whole else "team")) or ""


def _id_in(value: object) -> str | None:
    found = value.get("id") if isinstance(value, dict) else None
    return found if isinstance(found, str) and found else None
