"""Who is a curator: the people named by the operator and, where the scope `users:read` is granted, workspace admins."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

REMEMBERED = 60.0
"""Seconds for which Slack's answer about one person is used again."""
NO_SCOPE = 600.0
"""Seconds after which Slack is asked again where the scope was missing."""
PATIENCE = 1.0
"""Seconds that an answer waits for Slack; later than that, the person counts as no admin this time."""
MOST = 1_000


class Curators:
    """Says who is a curator. `people` are those named by the operator, who also get messages about new months.

    `is_admin` returns whether someone administers the workspace, or None where the scope is missing; it may raise.
    """

    def __init__(
        self,
        people: tuple[str, ...],
        is_admin: Callable[[str], Awaitable[bool | None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.people = people
        self._is_admin = is_admin
        self._clock = clock
        self._known: dict[str, tuple[float, bool]] = {}
        self._ask_from = 0.0

    async def includes(self, user: str) -> bool:
        """Return whether someone is a curator now. Where Slack does not answer in time, only the named people are."""
        if user in self.people:
            return True
        now = self._clock()
        until, known = self._known.get(user, (0.0, False))
        if now < until:
            return known
        if not user or now < self._ask_from:
            return False
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self._is_admin(user)
        except TimeoutError:
            return False
        if found is None:
            self._ask_from = now + NO_SCOPE
            return False
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[user] = (now + REMEMBERED, found)
        return found
