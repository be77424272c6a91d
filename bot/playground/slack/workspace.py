"""The state of one workspace and the app installed in it: people, channels, messages, views, triggers, response_urls.

No HTTP here. Everything is a plain attribute, so a test can read and set it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any, Literal

from .block_kit import MESSAGE_TEXT_CUT, check_view, pings_in, view_too_large
from .clock import Clock
from .completion import completed_blocks, completed_view
from .model import (
    Channel,
    File,
    Json,
    Message,
    ResponseUrl,
    SlackError,
    Trigger,
    User,
    View,
    refusal_with_messages,
)

TokenState = Literal["active", "revoked", "inactive"]

DEFAULT_SCOPES = (
    "app_mentions:read",
    "chat:write",
    "commands",
    "files:write",
    "im:history",
    "metadata.message:read",
)
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5
MODAL_STACK = 3

Watcher = Callable[[str, str | None], None]
"""Is called with what changed ("channel:C1", "thread:C1:TS", "views", "home") and for whom (None: for everyone in it)."""


class Workspace:
    """One Slack workspace with one app in it."""

    def __init__(
        self,
        *,
        scopes: Iterable[str] = DEFAULT_SCOPES,
        clock: Clock = time.time,
        team_id: str = "T0LOCAL0001",
        team_domain: str = "local-clinic",
    ) -> None:
        self.clock = clock
        self.scopes = set(scopes)
        self.app_scopes = {"connections:write"}
        self.team_id = team_id
        self.team_domain = team_domain
        self.team_name = "Local Clinic"
        self.app_id = "A0LOCAL0001"
        self.bot_id = "B0LOCAL0001"
        self.bot_user_id = "U0LOCALBOT1"
        self.token = f"xoxb-local-{secrets.token_hex(12)}"
        self.app_token = f"xapp-1-{self.app_id}-local-{secrets.token_hex(24)}"
        self.token_state: TokenState = "active"
        self.home_tab_enabled = True
        self.history_page_limit = 999
        self.base_url = "http://127.0.0.1:0"
        self.watchers: list[Watcher] = []

        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.modals: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}

        self._numbers = count(1)
        self._last_micros = 0
        self.users[self.bot_user_id] = User(self.bot_user_id, "pprnet", "PPRNet", is_bot=True)

    # People and channels

    def add_user(self, name: str, *, real_name: str = "", user_id: str | None = None, team_id: str | None = None) -> User:
        """Add someone; with `team_id`, someone from another organisation, met in a shared channel."""
        user = User(user_id or f"U{next(self._numbers):010d}", name, real_name or name.title(), team_id=team_id)
        self.users[user.id] = user
        return user

    def add_channel(
        self,
        name: str,
        members: Iterable[User | str] = (),
        *,
        private: bool = False,
        archived: bool = False,
        with_bot: bool = True,
        ext_shared: bool = False,
        channel_id: str | None = None,
    ) -> Channel:
        """Add a channel; the bot is a member unless `with_bot` is False."""
        ids = {member.id if isinstance(member, User) else member for member in members}
        if with_bot:
            ids.add(self.bot_user_id)
        channel = Channel(
            channel_id or f"C{next(self._numbers):010d}",
            name,
            ids,
            private=private,
            archived=archived,
            ext_shared=ext_shared,
        )
        self.channels[channel.id] = channel
        return channel

    def open_dm(self, user: User | str) -> Channel:
        """Return the direct message channel of the bot and this person; create it if there is none."""
        user_id = user.id if isinstance(user, User) else user
        if user_id not in self.users:
            raise SlackError("user_not_found")
        for channel in self.channels.values():
            if channel.im_user == user_id:
                return channel
        members = {user_id, self.bot_user_id}
        channel = Channel(f"D{next(self._numbers):010d}", "directmessage", members, private=True, im_user=user_id)
        self.channels[channel.id] = channel
        return channel

    def channel_named(self, name: str) -> Channel:
        """Return the channel with this name."""
        return next(channel for channel in self.channels.values() if channel.name == name)

    # Time

    def new_ts(self) -> str:
        """Return a message timestamp later than all before."""
        self._last_micros = max(self._last_micros + 100, int(self.clock() * 1_000_000))
        return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"

    # What changes

    def _changed_message(self, message: Message) -> None:
        self._tell(f"channel:{message.channel}", message.ephemeral_to)
        self._tell(f"thread:{message.channel}:{message.thread_ts or message.ts}", message.ephemeral_to)

    def _tell(self, topic: str, user: str | None) -> None:
        for watcher in self.watchers:
            watcher(topic, user)

    # Messages

    def store(
        self,
        channel: Channel,
        *,
        text: str = "",
        blocks: list[Json] | None = None,
        user: str | None = None,
        ephemeral_to: str | None = None,
        source: str = "user",
        ts: str | None = None,
        **others: Any,
    ) -> Message:
        """Store a message; without `user` it is the app's own."""
        message = Message(channel=channel.id, ts=ts or self.new_ts(), ephemeral_to=ephemeral_to, source=source, **others)
        message.user = user or self.bot_user_id
        if user is None:
            message.bot_id, message.app_id = self.bot_id, self.app_id
        self.write(message, text, blocks)
        (channel.ephemeral if ephemeral_to else channel.messages).append(message)
        if message.thread_ts and not ephemeral_to:
            parent = channel.find(message.thread_ts)
            if parent is not None:
                parent.thread_ts = parent.ts
        return message

    def write(self, message: Message, text: str, blocks: list[Json] | None) -> None:
        """Put text and blocks into a message, cut and completed as Slack does it."""
        message.text = text[:MESSAGE_TEXT_CUT]
        message.blocks = completed_blocks(blocks or [])
        message.pings = pings_in(message.text, message.blocks)
        self._changed_message(message)

    def remove(self, message: Message) -> None:
        """Delete a message; tests find it in `deleted`."""
        channel = self.channels[message.channel]
        (channel.ephemeral if message.ephemeral_to else channel.messages).remove(message)
        message.deleted = True
        channel.deleted.append(message)
        self._changed_message(message)

    # Triggers and response_urls

    def new_trigger(self, user: str, *, view_id: str | None = None) -> str:
        """Return a trigger_id for something that this person just did."""
        trigger = Trigger(f"{next(self._numbers)}.{secrets.token_hex(8)}", user, self.clock(), view_id)
        self.triggers[trigger.id] = trigger
        return trigger.id

    def new_response_url(self, channel: str, user: str, *, original: Message | None = None, kind: str) -> str:
        """Return a response_url; `kind` is "commands" or "actions"."""
        url = f"{self.base_url}/{kind}/{self.team_id}/{next(self._numbers)}/{secrets.token_urlsafe(16)}"
        self.response_urls[url] = ResponseUrl(url, channel, user, self.clock(), original)
        return url

    # Views

    def modal(self, user: User | str) -> View | None:
        """Return the modal that this person sees now."""
        stack = self.modals.get(user.id if isinstance(user, User) else user)
        return stack[-1] if stack else None

    def home(self, user: User | str) -> View | None:
        """Return the Home tab published for this person."""
        return self.homes.get(user.id if isinstance(user, User) else user)

    def open_view(self, user: str, spec: Any) -> View:
        """Show a modal in a new stack."""
        self._check_view(spec, "modal")
        self.clear_views(user)
        view = self._new_view(user, spec)
        self.modals[user] = [view]
        self._tell("views", user)
        return view

    def push_view(self, user: str, spec: Any) -> View:
        """Show a modal on top of the open ones."""
        self._check_view(spec, "modal")
        stack = self.modals.get(user)
        if not stack:
            raise SlackError("invalid_trigger_id")
        if len(stack) >= MODAL_STACK:
            raise SlackError("push_limit_reached")
        view = self._new_view(user, spec, below=stack[-1])
        stack.append(view)
        self._tell("views", user)
        return view

    def update_view(self, view: View, spec: Any) -> View:
        """Replace what a view shows; the state of inputs that are gone is dropped."""
        self._check_view(spec, view.type)
        view.spec = completed_view(spec)
        view.hash = self._new_hash()
        shown = {block["block_id"] for block in view.blocks}
        view.state = {key: value for key, value in view.state.items() if key in shown}
        self._tell("home" if view.type == "home" else "views", view.user)
        return view

    def publish_home(self, user: str, spec: Any) -> View:
        """Publish a Home tab."""
        if (shown := self.homes.get(user)) is not None:
            return self.update_view(shown, spec)
        self._check_view(spec, "home")
        view = self._new_view(user, spec)
        self.homes[user] = view
        self._tell("home", user)
        return view

    def close_view(self, view: View) -> None:
        """Close a view and the ones above it."""
        stack = self.modals.get(view.user, [])
        while stack and not view.closed:
            stack.pop().closed = True
        self._tell("views", view.user)

    def clear_views(self, user: str) -> None:
        """Close everything that this person has open."""
        for view in self.modals.pop(user, []):
            view.closed = True
        self._tell("views", user)

    def _check_view(self, spec: Any, kind: str) -> None:
        if isinstance(spec, dict) and view_too_large(spec):
            raise SlackError("view_too_large")
        problems = check_view(spec)
        if not problems and spec["type"] != kind:
            problems = [f"must be a {kind} view [json-pointer:/view/type]"]
        if problems:
            raise refusal_with_messages("invalid_arguments", problems)

    def _new_view(self, user: str, spec: Json, below: View | None = None) -> View:
        view_id = f"V{next(self._numbers):010d}"
        view = View(
            id=view_id,
            hash=self._new_hash(),
            user=user,
            spec=completed_view(spec),
            root_view_id=below.root_view_id if below else view_id,
            previous_view_id=below.id if below else None,
        )
        self.views[view_id] = view
        return view

    def _new_hash(self) -> str:
        return f"{int(self.clock())}.{secrets.token_hex(4)}"
