"""Which workspace a request is for: each has an app of its own, so that no listener can reach another's services."""

from __future__ import annotations

import asyncio
from collections.abc import Container, Iterator, Mapping
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

    def find(self, body: Mapping[str, Any]) -> Tenant | None:
        """Return the workspace; None where the request is for another app, or a workspace that is not served here."""
        ...


@dataclass(frozen=True, slots=True)
class OneWorkspace:
    """The workspace of an installation for one: a router and what it finds."""

    app: AsyncApp
    identity: Identity
    shared: Container[str] = ()
    is_busy: bool = False

    def find(self, body: Mapping[str, Any]) -> Tenant | None:
        """Return itself, unless the request is not for it."""
        return None if is_foreign(body, self.identity, self.shared) else self

    def answering(self) -> AbstractContextManager[None]:
        """Return nothing: the door's own limit is enough for one."""
        return nullcontext()


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

    def find(self, body: Mapping[str, Any]) -> Joined | None:
        """Return itself, unless the request is not for it."""
        return None if is_foreign(body, self.identity, self.shared) else self

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
    check of an address).
    """

    home: OneWorkspace
    joined: dict[str, Joined] = field(default_factory=dict)

    def find(self, body: Mapping[str, Any]) -> Tenant | None:
        """Return the workspace that a request names. What says where the app is installed goes before what says where the
        person is: in a channel shared by two workspaces both may be served here.
        """
        home = self.home.find(body)
        if bot := _part(body, "message").get("bot_id"):
            everywhere: list[OneWorkspace | Joined] = [self.home, *self.joined.values()]
            owners = [each for each in everywhere if each.identity.bot_id == bot]
            if len(owners) == 1:
                return owners[0].find(body)
        for name in installed_in(body):
            if name in (self.home.identity.team_id, self.home.identity.enterprise_id) and home:
                return home
            if found := self.joined.get(name):
                return found.find(body)
        return home


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
    yield str(body.get("team_id"))
    yield str(team.get("id"))
    yield str(body.get("enterprise_id"))
    yield str(enterprise.get("id"))


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}
