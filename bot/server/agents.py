"""Opens the door for agents, where it is turned on: only then is the extra that it needs imported."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from bot.listeners.services import Services
from bot.search.engine import Engine
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.agents.door import AgentDoor


@contextlib.asynccontextmanager
async def agent_door(settings: Settings, services: Services) -> AsyncIterator[AgentDoor]:
    """Yield the door, open until the block ends."""
    from bot.agents.bridge import bridged
    from bot.agents.door import AgentDoor
    from bot.agents.tools import build_server

    async def engine() -> Engine:
        return services.engine

    server = build_server(engine, settings.crisis_line, services.meaning.nearness)
    async with bridged(server) as bridge:
        yield AgentDoor(bridge, services.workspace.identity, settings.mcp_token, settings.signing_secret, settings.mcp_host)
