"""The MCP server over standard input and output, for a program on the same host that starts `pprnet mcp`."""

from __future__ import annotations

from mcp.server.stdio import stdio_server

from bot.agents.tools import build_server
from bot.corpus.model import Notices
from bot.knowledge import Knowledge
from bot.search.engine import Engine


async def serve(knowledge: Knowledge, crisis_line: str | None, notices: Notices) -> None:
    """Answer until standard input ends. The library is read again when its files have changed."""
    await knowledge.mark(notices)

    async def engine() -> Engine:
        await knowledge.refresh()
        return knowledge.engine

    server = build_server(engine, crisis_line)
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())
