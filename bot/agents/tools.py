"""The tools of the MCP server. All of them only read; no question is stored, logged or repeated in an error."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import Any

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server

from bot.agents import results
from bot.agents.results import Found
from bot.failures import log_failure
from bot.search.engine import Engine
from bot.search.nearness import Nearness
from bot.search.question import MAX_CHARACTERS

NAME = "pprnet"
LONGEST_ID = 200
"""Characters of a summary's id that are looked up."""
INSTRUCTIONS = (
    "A library of summaries of psychotherapy research for clinicians, and nothing else. Nothing is generated. "
    "Say which outcome a result has: only `answer` answers the question. Quote texts as they are, with their citation, and "
    "show notices and cautions. Finding nothing does not mean that there is no research. If crisis_line is not null, show "
    "it first. Leave names and other details of clients out of questions."
)
ReadEngine = Callable[[], Awaitable[Engine]]
"""Returns the search over the library in use."""
Near = Callable[[str], Awaitable[Nearness | None]]
"""Returns how near summaries are to a question in meaning, where it is known."""

_QUESTION = {
    "type": "object",
    "properties": {
        "question": {
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_CHARACTERS,
            "description": "in a few plain words, without any detail of a client",
        }
    },
    "required": ["question"],
    "additionalProperties": False,
}
_ID = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "minLength": 1, "maxLength": LONGEST_ID, "description": "the id of a summary in a result"}
    },
    "required": ["id"],
    "additionalProperties": False,
}
_NO_ARGUMENTS = {"type": "object", "properties": {}, "additionalProperties": False}


def _tool(name: str, title: str, description: str, arguments: dict[str, Any]) -> types.Tool:
    reads = types.ToolAnnotations(
        title=title, read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )
    return types.Tool(
        name=name,
        title=title,
        description=description,
        input_schema=arguments,
        output_schema=results.SCHEMA,
        annotations=reads,
    )


TOOLS = (
    _tool(
        "search",
        "Search psychotherapy research",
        "Searches summaries of psychotherapy research and their practice implications. The outcome says whether they answer "
        "the question, are only related to it, or whether nothing was found.",
        _QUESTION,
    ),
    _tool("summary", "Read a summary", "Returns one summary with its whole text, by the id that a result names.", _ID),
    _tool("latest", "The newest summaries", "Returns the summaries of the newest month in the library.", _NO_ARGUMENTS),
    _tool(
        "compare",
        "Compare studies",
        "Returns the summaries that answer a question side by side, with effect sizes as printed. Nothing is pooled, and "
        "the order is not a ranking.",
        _QUESTION,
    ),
)


class _ArgumentsError(ValueError):
    """What is wrong with the arguments of a call, without repeating any of them."""


def build_server(engine: ReadEngine, crisis_line: str | None, nearness: Near | None = None) -> Server[Any]:
    """Return the server over the library that `engine` returns."""

    async def list_tools(
        _context: ServerRequestContext[Any], _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=list(TOOLS))

    async def call_tool(_context: ServerRequestContext[Any], params: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            found = await _call(params.name, params.arguments or {}, await engine(), crisis_line, nearness)
        except _ArgumentsError as error:
            return _error(str(error))
        except Exception as error:
            return _error(f"Something went wrong here. Reference: {log_failure(error)}")
        text = types.TextContent(text=json.dumps(found, ensure_ascii=False))
        return types.CallToolResult(content=[text], structured_content=found)

    server: Server[Any] = Server(
        NAME,
        version=version("pprnet-bot"),
        title="PPRNet",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )
    logging.getLogger("mcp").setLevel(logging.CRITICAL)  # its lines have what strangers send
    server.middleware.clear()  # no tracing: where a host has turned it on, it would send on what fails
    return server


async def _call(
    name: str, arguments: dict[str, Any], engine: Engine, crisis_line: str | None, nearness: Near | None
) -> Found:
    match name:
        case "search":
            question = _text(arguments, "question", MAX_CHARACTERS)
            near = await nearness(results.searchable(question, engine)) if nearness else None
            return _searched(lambda: results.search(question, engine, crisis_line, near))
        case "compare":
            question = _text(arguments, "question", MAX_CHARACTERS)
            return _searched(lambda: results.compared(question, engine, crisis_line))
        case "summary":
            return results.summary(_text(arguments, "id", LONGEST_ID), engine)
        case "latest":
            if arguments:
                raise _ArgumentsError("latest takes no arguments.")
            return results.latest(engine)
        case _:
            raise _ArgumentsError(f"There is no such tool. There are: {', '.join(tool.name for tool in TOOLS)}.")


def _searched(search: Callable[[], Found]) -> Found:
    try:
        return search()
    except results.NoWordsError as error:
        raise _ArgumentsError(str(error)) from None


def _text(arguments: dict[str, Any], name: str, most: int) -> str:
    """Return the only argument of a tool. Raises _ArgumentsError."""
    value = arguments.get(name)
    if set(arguments) != {name} or not isinstance(value, str) or not value.strip():
        raise _ArgumentsError(f"This tool takes one argument, {name}: a text that is not empty.")
    if len(value) > most:
        raise _ArgumentsError(f"{name} has {len(value):,} characters, at most {most:,} are allowed: shorten it.")
    return value


def _error(sentence: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(text=sentence)], is_error=True)
