"""The page's server: its files, and the JSON behind them. `user_actions` changes the workspace, `page_state` reads it."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.commands.help import lines
from bot.commands.table import Place
from bot.playground import page_files, security
from bot.playground.demo_users import DemoUsers, suggestions
from bot.playground.feed import Feed
from bot.playground.manifest import Manifest
from bot.playground.months import Months
from bot.playground.page_state import PageState
from bot.playground.refusal import RefusedError
from bot.playground.slack import LocalSlack, Message, User, View
from bot.playground.traffic import Traffic
from bot.playground.user_actions import UserActions

MAX_BODY = 64 * 1024
"""Bytes of one request."""

_FILE = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}\.(css|js|svg|png)")
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "png": "image/png"}
_ID = re.compile(r"[A-Z0-9]{2,40}")

Json = dict[str, Any]


class Page:
    """Answers the page's requests."""

    def __init__(
        self,
        slack: LocalSlack,
        users: DemoUsers,
        page_state: PageState,
        actions: UserActions,
        months: Months,
        traffic: Traffic,
        feed: Feed,
        manifest: Manifest,
    ) -> None:
        self._slack = slack
        self._users = users
        self._page_state = page_state
        self._actions = actions
        self._months = months
        self._traffic = traffic
        self._feed = feed
        self._manifest = manifest

    def application(self, port: int) -> web.Application:
        """The aiohttp application, for the page at this port."""
        app = web.Application(client_max_size=MAX_BODY, middlewares=[security.guard(port)])
        app.on_response_prepare.append(security.add_headers)
        app.router.add_get("/", self._index)
        app.router.add_get("/static/{name:.+}", self._static)
        for path, get in {
            "/api/state": self._state,
            "/api/channel/{channel}": self._channel,
            "/api/thread/{channel}/{ts}": self._thread,
            "/api/files/{file}": self._file,
            "/api/views": self._views,
            "/api/home": self._home,
            "/api/traffic": self._traffic_after,
            "/api/events": self._events,
        }.items():
            app.router.add_get(path, get)
        for path, post in {
            "/api/say": self._say,
            "/api/press": self._press,
            "/api/shortcut": self._shortcut,
            "/api/submit": self._submit,
            "/api/close": self._close,
            "/api/home_opened": self._home_opened,
            "/api/time": self._time,
            "/api/day": self._day,
        }.items():
            app.router.add_post(path, post)
        return app

    # Files

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return _file("index.html", "text/html")

    async def _static(self, request: web.Request) -> web.StreamResponse:
        match = _FILE.fullmatch(request.match_info["name"])
        if match is None:
            raise web.HTTPNotFound
        return _file(match[0], _TYPES[match[1]])

    # Reading

    async def _state(self, request: web.Request) -> web.Response:
        person = self._asking(request)
        command = self._manifest.command
        return web.json_response(
            {
                "people": [self._page_state.someone(each) for each in self._users.people],
                "as": person.id,
                "team": self._slack.team_name,
                "channels": self._page_state.channels(person),
                "bot": self._page_state.someone(self._slack.users[self._slack.bot_user_id]),
                "command": {
                    "name": command,
                    "hint": self._manifest.command_hint,
                    "description": self._manifest.command_description,
                    "subcommands": [
                        {"text": f"{command} {line.typed}", "description": line.does}
                        for listed in lines(Place.CHANNEL).values()
                        for line in listed
                    ],
                },
                "shortcuts": [dataclasses.asdict(each) for each in self._manifest.shortcuts],
                "suggestions": suggestions(command, self._users, self._slack.open_dm(person)),
                "clock": self._months.state(),
                "home_enabled": self._manifest.home_enabled,
            }
        )

    async def _channel(self, request: web.Request) -> web.Response:
        person = self._asking(request)
        channel = self._page_state.channel(request.match_info["channel"], person)
        messages = self._page_state.top_level(channel, person)
        if self._page_state.mark_read(channel, person):
            self._feed.changed("state", person.id)
        return web.json_response({"messages": messages})

    async def _thread(self, request: web.Request) -> web.Response:
        person = self._asking(request)
        channel = self._page_state.channel(request.match_info["channel"], person)
        return web.json_response({"messages": self._page_state.thread(channel, request.match_info["ts"], person)})

    async def _file(self, request: web.Request) -> web.Response:
        file = self._page_state.file(request.match_info["file"], self._asking(request))
        # Only what cannot run anything in the page; SVG can.
        kind = file.mimetype if file.mimetype in ("image/png", "image/jpeg", "image/gif") else "application/octet-stream"
        return web.Response(body=file.content, content_type=kind)

    async def _views(self, request: web.Request) -> web.Response:
        stack = self._slack.modals.get(self._asking(request).id, [])
        return web.json_response({"modals": [self._page_state.view_json(view) for view in stack]})

    async def _home(self, request: web.Request) -> web.Response:
        view = self._slack.home(self._asking(request))
        return web.json_response(
            {"view": self._page_state.view_json(view) if view else None, "enabled": self._manifest.home_enabled}
        )

    async def _traffic_after(self, request: web.Request) -> web.Response:
        after = request.query.get("after", "0")
        if not re.fullmatch(r"[0-9]{1,12}", after):
            raise RefusedError("Give the number of the entry to start after.", 400)
        return web.json_response({"entries": self._traffic.after(int(after))})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        person = self._asking(request)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        with self._feed.listening(person.id) as listener:
            await response.prepare(request)
            await response.write(b": listening\n\n")
            try:
                async for topics in listener.batches():
                    line = f"data: {json.dumps({'changed': topics})}\n\n" if topics else ": still here\n\n"
                    await response.write(line.encode())
            except ConnectionResetError:
                pass  # the page was closed
        return response

    # Acting

    async def _say(self, request: web.Request) -> web.Response:
        body = await _body(request)
        person = self._person(body)
        channel = self._page_state.channel(_id(body, "channel"), person)
        thread = body.get("thread_ts")
        if not isinstance(thread, str | None):
            raise RefusedError("The thread's name is malformed.", 400)
        await self._actions.say(person, channel, _text(body, "text"), thread)
        return web.json_response({})

    async def _press(self, request: web.Request) -> web.Response:
        body = await _body(request)
        person = self._person(body)
        target = self._pressed(body, person)
        if isinstance(target, View):
            self._actions.fill(target, _values(body))
        await self._actions.press(person, target, _text(body, "block_id"), _text(body, "action_id"), body.get("value"))
        return web.json_response({})

    async def _shortcut(self, request: web.Request) -> web.Response:
        body = await _body(request)
        person = self._person(body)
        place = body.get("message")
        message = self._message(place, person) if isinstance(place, dict) else None
        await self._actions.shortcut(person, _text(body, "callback_id"), message)
        return web.json_response({})

    async def _submit(self, request: web.Request) -> web.Response:
        body = await _body(request)
        person = self._person(body)
        values = _values(body)
        errors = await self._actions.submit(person, self._page_state.view(_id(body, "view"), person), values)
        return web.json_response({"errors": errors})

    async def _close(self, request: web.Request) -> web.Response:
        body = await _body(request)
        person = self._person(body)
        await self._actions.close(person, self._page_state.view(_id(body, "view"), person))
        return web.json_response({})

    async def _home_opened(self, request: web.Request) -> web.Response:
        await self._actions.open_home(self._person(await _body(request)))
        return web.json_response({})

    async def _time(self, request: web.Request) -> web.Response:
        await _body(request)
        if not self._months.skip_to_next_month():
            raise RefusedError(str(self._months.state()["why"]))
        self._feed.changed("state")
        return web.json_response({})

    async def _day(self, request: web.Request) -> web.Response:
        await _body(request)
        self._months.skip_to_next_day()
        self._feed.changed("state")
        return web.json_response({})

    # Reading requests

    def _asking(self, request: web.Request) -> User:
        return self._page_state.person(request.query.get("as"))

    def _person(self, body: Mapping[str, Any]) -> User:
        return self._page_state.person(_id(body, "as"))

    def _message(self, place: Mapping[str, Any], person: User) -> Message:
        return self._page_state.message(self._page_state.channel(_id(place, "channel"), person), _text(place, "ts"), person)

    def _pressed(self, body: Mapping[str, Any], person: User) -> Message | View:
        place = body.get("message")
        if isinstance(place, dict):
            return self._message(place, person)
        return self._page_state.view(_id(body, "view"), person)


def _file(name: str, content_type: str) -> web.Response:
    content = page_files.content(name)
    if content is None:
        raise web.HTTPNotFound
    return web.Response(body=content, content_type=content_type, charset=None if content_type == "image/png" else "utf-8")


async def _body(request: web.Request) -> Json:
    try:
        body = json.loads(await request.read())
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise RefusedError("The playground expects a JSON object.", 400)
    return body


def _values(body: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    values = body.get("values") or {}
    if not isinstance(values, dict) or not all(isinstance(fields, dict) for fields in values.values()):
        raise RefusedError("The form's values are malformed.", 400)
    return values


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise RefusedError(f"The request does not say which {name}.", 400)
    return value.encode("utf-8", "replace").decode()  # JSON can hold half a character


def _id(body: Mapping[str, Any], name: str) -> str:
    value = _text(body, name)
    if not _ID.fullmatch(value):
        raise RefusedError(f"There is no such {name} here.", 404)
    return value
