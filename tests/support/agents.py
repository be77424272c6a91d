"""An agent's side of the Model Context Protocol: a real client, over HTTP with its own headers."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from mcp import Client

TOKEN = "-".join(["agents", "made", "up", "for", "these", "tests", "only"])
"""Made up, and as long as one has to be."""
ON = {"PPRNET_MCP": "on", "PPRNET_MCP_TOKEN": TOKEN}


@contextlib.asynccontextmanager
async def agent(url: str, token: str = TOKEN, **how: Any) -> AsyncIterator[Client]:
    """A client of the bot at this address. Its library takes a second to import, which most tests do without."""
    import httpx2
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, verify=False) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http), **how) as client,
    ):
        yield client


async def call(client: Client, name: str, **arguments: str) -> dict[str, Any]:
    """The structured result of a tool; the text beside it is the same."""
    result = await client.call_tool(name, arguments)
    assert not result.is_error, result.content
    assert json.loads(result.content[0].text) == result.structured_content  # type: ignore[union-attr]
    found: dict[str, Any] = result.structured_content
    return found


def tool_call(question: str, **meta: Any) -> dict[str, Any]:
    """A call of `search` as it is sent by the stateless protocol."""
    envelope = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        **meta,
    }
    params = {"name": "search", "arguments": {"question": question}, "_meta": envelope}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}


def headers(token: str | None = TOKEN, **others: str) -> dict[str, str]:
    """What a client sends beside it; `others` with "_" for "-"."""
    found = {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": "tools/call",
        "Mcp-Name": "search",
        **({"Authorization": f"Bearer {token}"} if token is not None else {}),
    }
    return found | {name.replace("_", "-"): value for name, value in others.items()}


async def sent(
    url: str, body: bytes, sending: Mapping[str, str], method: str = "POST"
) -> tuple[int, Mapping[str, str], bytes]:
    """The status, headers and body of the answer to a raw request."""
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{url}/mcp", data=body, headers=sending) as response,
    ):
        return response.status, response.headers, await response.read()
