"""Which workspace a request is for: each has an app of its own, so that no listener can reach another's services."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Container, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol

from slack_bolt.async_app import AsyncApp

from bot.slack.identity import Identity, is_foreign


class Tenant(Protocol):
    """One workspace, as the doors see it."""

    @property
    def app(self) -> AsyncApp:
        """Return what answers its requests."""
        ...

    @property
    def is_busy(self) -> bool:
        """Return whether it has as many requests in progress as it may."""
        ...

    def answering(self) -> AbstractContextManager[None]:
        """Return what is entered while a request is answered."""
        ...


class Router(Protocol):
    """Says for whom a request is."""

    async def find(self, body: Mapping[str, Any]) -> Tenant | None:
        """Return the workspace; None where the request is for another app, or a workspace that is not served here. Raises
        NotYetError for one that joined and is not served yet.
        """
        ...


class NotYetError(Exception):
    """A workspace is not served yet, or it cannot be said now whether it joined: Slack should deliver again."""


@dataclass(frozen=True, slots=True)
class OneWorkspace:
    """The workspace of an installation for one: a router and what it finds."""

    app: AsyncApp
    identity: Identity
    shared: Container[str] = ()
    is_busy: bool = False

    def takes(self, body: Mapping[str, Any]) -> bool:
        """Return whether a request may be for it."""
        return not is_foreign(body, self.identity, self.shared)

    async def find(self, body: Mapping[str, Any]) -> Tenant | None:
        """Return itself, unless the request is not for it."""
        return self if self.takes(body) else None

    def answering(self) -> AbstractContextManager[None]:
        """Return nothing: the door's own limit is enough for one."""
        return nullcontext()


_WORKSPACE = re.compile(r"[TE][A-Z0-9]{2,22}")

MOST_AT_ONCE = 50
"""Requests that one of many workspaces may have in progress: a quarter of what the door takes."""


@dataclass(slots=True)
class Joined:
    """One of many workspaces. `id` is a team's (T...) or, where the app is installed for a whole organisation, an
    enterprise's (E...).
    """

    id: str
    app: AsyncApp
    identity: Identity
    shared: Container[str] = ()
    in_progress: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while nothing is in progress."""

    def __post_init__(self) -> None:
        self.idle.set()

    @property
    def is_busy(self) -> bool:
        """Return whether it has as many requests in progress as it may."""
        return self.in_progress >= MOST_AT_ONCE

    def takes(self, body: Mapping[str, Any]) -> bool:
        """Return whether a request may be for it."""
        return not is_foreign(body, self.identity, self.shared)

    def answering(self) -> AbstractContextManager[None]:
        """Count a request while it is answered."""
        return _Counted(self)


@dataclass(slots=True)
class _Counted(AbstractContextManager[None]):
    tenant: Joined

    def __enter__(self) -> None:
        self.tenant.in_progress += 1
        self.tenant.idle.clear()

    def __exit__(self, *_exception: object) -> None:
        self.tenant.in_progress -= 1
        if not self.tenant.in_progress:
            self.tenant.idle.set()


@dataclass(slots=True)
class ManyWorkspaces:
    """The workspaces that are served now. `home` is the operator's own, which also answers what names no workspace (Slack's
    check of an address). `is_expected` says whether one of the workspaces with these ids joined; another replica may have
    let it in just now.
    """

    home: OneWorkspace
    joined: Mapping[str, Joined]
    is_expected: Callable[[Sequence[str]], Awaitable[bool]]

    async def find(self, body: Mapping[str, Any]) -> Tenant | None:
        """Return the workspace that a request names. What says where the app is installed goes before what says where the
        person is: in a channel shared by two workspaces both may be served here.
        """
        if found := self._writer(_part(body, "message").get("bot_id")):
            return found if found.takes(body) else None
        unknown = []
        for name in installed_in(body):
            if found := self._known(name):
                break
            if _WORKSPACE.fullmatch(name):
                unknown.append(name)
        # One that joined and is not served yet is not the home, though both may be in one organisation.
        if unknown and await self.is_expected(unknown):
            raise NotYetError
        found = found or self._sharer(body)
        return found if found.takes(body) else None

    def _known(self, name: str) -> OneWorkspace | Joined | None:
        """Return the workspace that is served under an id."""
        is_home = name in (self.home.identity.team_id, self.home.identity.enterprise_id)
        return self.home if is_home else self.joined.get(name)

    def _sharer(self, body: Mapping[str, Any]) -> OneWorkspace | Joined:
        """Return the workspace that has the channel in which someone of an unknown one pressed something; else the home."""
        is_event = bool(body.get("authorizations"))  # says for certain where the app is installed
        takers = [] if is_event or self.home.takes(body) else [each for each in self.joined.values() if each.takes(body)]
        return takers[0] if len(takers) == 1 else self.home

    def _writer(self, bot: object) -> OneWorkspace | Joined | None:
        """Return the workspace whose bot wrote a message, where that is one."""
        everywhere: list[OneWorkspace | Joined] = [self.home, *self.joined.values()] if bot else []
        owners = [each for each in everywhere if each.identity.bot_id == bot]
        return owners[0] if len(owners) == 1 else None


def installed_in(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield the ids under which an installation may be known that a payload is for, the surest first."""
    granted = [each for each in body.get("authorizations") or () if isinstance(each, Mapping)]
    view, team, enterprise = (_part(body, name) for name in ("view", "team", "enterprise"))
    for each in granted:
        if not each.get("is_enterprise_install"):
            yield str(each.get("team_id"))
        yield str(each.get("enterprise_id"))
    if granted:
        return
    if view.get("app_installed_team_id"):
        yield str(view["app_installed_team_id"])
    whole = str(body.get("is_enterprise_install")).lower() == "true"
    if whole:
        yield str(body.get("enterprise_id") or enterprise.get("id"))
    yield str(body.get("team_id"))
    yield str(team.get("id"))
    yield str(body.get("enterprise_id"))
    yield str(enterprise.get("id"))


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}
