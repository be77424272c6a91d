"""Reads the arguments of Web API calls, which come as query, form or JSON, and so in more than one type."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from .model import Json, SlackError, refusal_with_messages


async def read_arguments(request: web.Request) -> Json:
    """Return all arguments of a request, from the query and the body."""
    args: Json = dict(request.query)
    if request.method != "POST":
        return args
    if request.content_type == "application/json":
        raw = await request.text()
        try:
            body = json.loads(raw) if raw.strip() else {}
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(body, dict):
            raise SlackError("json_not_object")
        return args | body
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return args | {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    return args


def text_argument(args: Json, name: str) -> str:
    """Return a required string."""
    value = args.get(name)
    if not isinstance(value, str) or not value:
        raise refusal_with_messages("invalid_arguments", [f"missing required field: {name}"])
    return value


def flag(args: Json, name: str) -> bool:
    """Return a boolean, in any of its spellings."""
    return str(args.get(name, "")).lower() in {"1", "true", "t", "yes", "on"}


def whole_number(args: Json, name: str, default: int, *, most: int, error: str) -> int:
    """Return a number from 1 to `most`; a higher one is lowered."""
    try:
        number = int(args.get(name) or default)
    except (TypeError, ValueError):
        raise SlackError(error) from None
    if number < 1:
        raise SlackError(error)
    return min(number, most)


def parsed(args: Json, name: str, error: str) -> Any:
    """Return an argument that is JSON, or a string of JSON."""
    value = args.get(name)
    if not isinstance(value, str):
        return value
    if not value:
        return None
    try:
        return json.loads(value)
    except ValueError:
        raise SlackError(error) from None
