"""Does what people do: types, presses and fills in, sends it to the app as Slack would, and shows what the app answers.

This `Sender` sends signed HTTP requests. `SocketSender` (socket_sender.py) does the same over Socket Mode.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp

from . import payloads
from .answer import Answer, Kind
from .controls import Control, controls_in, field_value, find_control, find_element, merged_state, missing_fields
from .model import Channel, Json, Message, User, View
from .requests import JSON_TYPE, encoded, signature
from .screen import apply_form_answer, show_command_answer
from .server import LocalSlack

Someone = User | str
Somewhere = Channel | str


class Sender:
    """Slack's side of the conversation, over HTTP.

    `app_url` is the request URL of the app, for commands, events and interactivity. Signatures carry the time of
    `wall_clock`, which the app compares with its own. Waits up to `patience` seconds for an answer.
    """

    def __init__(
        self,
        slack: LocalSlack,
        app_url: str = "",
        signing_secret: str = "",
        *,
        command_name: str = "/pprnet",
        wall_clock: Callable[[], float] = time.time,
        patience: float = 30.0,
    ) -> None:
        self.slack = slack
        self.app_url = app_url
        self.signing_secret = signing_secret
        self.command_name = command_name
        self.wall_clock = wall_clock
        self.patience = patience
        self.answers: list[Answer] = []

    # What people do

    async def command(
        self, text: str | None = "", *, user: Someone, channel: Somewhere | None = None, **overrides: Any
    ) -> Answer:
        """Type the slash command, in the direct message with the bot unless there is a `channel`.

        `text=None` leaves the field out; `overrides` replace fields, and None removes one. `answer.message` is what the
        person then sees.
        """
        person = self._user(user)
        place = self._channel(channel) if channel is not None else self.slack.open_dm(person)
        if person.team_id:
            raise AssertionError("slash commands are not shared: only members of the app's own workspace can type them")
        form = payloads.command_form(self.slack, person, place, self.command_name, text)
        answer = await self._send("slash_commands", _overridden(form, overrides))
        return show_command_answer(self.slack, answer, place, person)

    async def mention(
        self,
        text: str,
        *,
        channel: Somewhere,
        user: Someone,
        thread_ts: str | None = None,
        ts: str | None = None,
        event_id: str | None = None,
        retry: int | None = None,
        **overrides: Any,
    ) -> Answer:
        """Write a message in a channel that mentions the bot; the mention is added if `text` has none."""
        place, person = self._channel(channel), self._user(user)
        if self.slack.bot_user_id not in place.members:
            raise AssertionError(f"the bot is not in #{place.name}: Slack sends it no app_mention from there")
        mention = f"<@{self.slack.bot_user_id}>"
        full = text if mention in text else f"{mention} {text}"
        message = self._written(place, person, full, thread_ts, ts)
        event = _overridden(payloads.message_event(self.slack, message, "app_mention"), overrides)
        return await self.event(event, event_id=event_id, retry=retry)

    async def direct_message(
        self,
        text: str,
        *,
        user: Someone,
        thread_ts: str | None = None,
        ts: str | None = None,
        event_id: str | None = None,
        retry: int | None = None,
        **overrides: Any,
    ) -> Answer:
        """Write a direct message to the bot."""
        person = self._user(user)
        message = self._written(self.slack.open_dm(person), person, text, thread_ts, ts)
        event = _overridden(payloads.message_event(self.slack, message, "message"), overrides)
        return await self.event(event, event_id=event_id, retry=retry)

    async def home_opened(self, user: Someone, tab: str = "home") -> Answer:
        """Open the app's Home (or Messages) tab."""
        return await self.event(payloads.home_opened(self.slack, self._user(user), tab))

    async def metadata_posted(self, message: Message) -> Answer:
        """Send the app the event that its own message with metadata was posted."""
        return await self.event(payloads.metadata_posted(self.slack, message))

    async def shortcut(self, callback_id: str, *, user: Someone) -> Answer:
        """Use a global shortcut."""
        return await self._interact(payloads.shortcut(self.slack, callback_id, self._user(user)))

    async def message_shortcut(self, callback_id: str, message: Message, *, user: Someone) -> Answer:
        """Use a shortcut on a message."""
        return await self._interact(payloads.message_shortcut(self.slack, callback_id, message, self._user(user)))

    async def event(
        self,
        event: Json,
        *,
        event_id: str | None = None,
        retry: int | None = None,
        reason: str = "http_timeout",
        **overrides: Any,
    ) -> Answer:
        """Send any Events API event; `overrides` replace fields of the envelope."""
        envelope = _overridden(payloads.event_envelope(self.slack, event, event_id), overrides)
        return await self._send("events_api", envelope, retry=retry, reason=reason)

    async def redeliver(self, answer: Answer | None = None, *, retry: int = 1, reason: str = "http_timeout") -> Answer:
        """Send an event again (the last one, if none is given), with the same event_id and the retry headers."""
        last = answer or next((each for each in reversed(self.answers) if each.kind == "events_api"), None)
        if last is None:
            raise AssertionError("no event was delivered yet")
        return await self._send("events_api", last.payload, retry=retry, reason=reason)

    # Pressing and filling in

    def controls(self, target: Message | View) -> list[Control]:
        """Return everything that can be pressed in a message or view."""
        return controls_in(target.blocks)

    async def press(
        self,
        target: Message | View,
        what: str,
        *,
        user: Someone | None = None,
        value: str | None = None,
        nth: int | None = None,
    ) -> Answer:
        """Press the button with this visible text or action_id; a confirm dialog is answered with yes.

        If several fit, `value` or `nth` chooses one.
        """
        return await self.press_control(target, find_control(target.blocks, what, value=value, nth=nth), user=user)

    async def press_control(self, target: Message | View, control: Control, *, user: Someone | None = None) -> Answer:
        """Press one of `controls(target)`."""
        return await self._act(target, control.action, user)

    async def choose(
        self,
        target: Message | View,
        action_id: str,
        choice: Any,
        *,
        user: Someone | None = None,
        block_id: str | None = None,
    ) -> Answer:
        """Choose in a select menu, radio buttons or a date picker outside an input block."""
        block, element = find_element(target.blocks, action_id, block_id)
        state = field_value(element, choice)
        target.state.setdefault(block["block_id"], {})[action_id] = state
        return await self._act(target, {"action_id": action_id, "block_id": block["block_id"], **state}, user)

    async def submit(
        self, view: View, values: Mapping[str, Mapping[str, Any]] | None = None, *, user: Someone | None = None
    ) -> Answer:
        """Fill in a modal by block_id and action_id, submit it, and do what the app answers.

        Options are given by label or value, other fields as text. Raises AssertionError for a form that Slack's client would
        not submit: a required field is empty, a text too long.
        """
        person = self._person(view, user)
        self.fill(view, values or {})
        problems = missing_fields(view.blocks, merged_state(view.blocks, view.state))
        if problems:
            raise AssertionError(f"the form is not sent: {'; '.join(problems)}")
        answer = await self._interact(payloads.view_submission(self.slack, view, person))
        return apply_form_answer(self.slack, answer, view, person)

    def fill(self, view: View, values: Mapping[str, Mapping[str, Any]]) -> None:
        """Enter something in fields of a modal, without submitting it."""
        for block_id, fields in values.items():
            for action_id, given in fields.items():
                _, element = find_element(view.blocks, action_id, block_id)
                view.state.setdefault(block_id, {})[action_id] = field_value(element, given)

    async def close(self, view: View, *, user: Someone | None = None, cleared: bool = False) -> Answer | None:
        """Close a modal; the app is notified only if the view asked for it."""
        person = self._person(view, user)
        notify = bool(view.spec.get("notify_on_close"))
        payload = payloads.view_closed(self.slack, view, person, cleared=cleared)
        if cleared:
            self.slack.clear_views(person.id)
        else:
            self.slack.close_view(view)
        return await self._interact(payload) if notify else None

    # Sending

    def sign(self, body: bytes, timestamp: float | str | None = None) -> dict[str, str]:
        """Return the signature headers for a body, signed now or at another time."""
        stamp = str(int(self.wall_clock())) if timestamp is None else str(timestamp)
        return {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(self.signing_secret, stamp, body),
        }

    async def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send raw bytes with these headers and nothing else."""
        return await self._exchange(Answer(None, {}), body, headers)

    async def _send(self, kind: Kind, payload: Json, *, retry: int | None = None, reason: str = "") -> Answer:
        content_type, body = encoded(kind, payload)
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (local)", **self.sign(body)}
        if retry is not None:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        return await self._exchange(Answer(kind, payload), body, headers)

    async def _exchange(self, answer: Answer, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.answers.append(answer)
        started = time.monotonic()
        try:
            timeout = aiohttp.ClientTimeout(total=self.patience)
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(self.app_url, data=body, headers=dict(headers), allow_redirects=False) as response,
            ):
                answer.text = (await response.read()).decode("utf-8", "replace")
                answer.headers = {key.lower(): value for key, value in response.headers.items()}
                answer.status = response.status
                if response.content_type == JSON_TYPE and answer.text:
                    answer.json = json.loads(answer.text)
        except TimeoutError:
            answer.error = "http_timeout"
        except aiohttp.ClientError:
            answer.error = "connection_failed"
        answer.elapsed = time.monotonic() - started
        return answer

    # Inside

    async def _interact(self, payload: Json) -> Answer:
        return await self._send("interactive", payload)

    async def _act(self, target: Message | View, action: Json, user: Someone | None) -> Answer:
        person = self._person(target, user)
        if isinstance(target, View):
            return await self._interact(payloads.view_actions(self.slack, target, action, person))
        return await self._interact(payloads.message_actions(self.slack, target, action, person))

    def _person(self, target: Message | View, user: Someone | None) -> User:
        gone = target.closed if isinstance(target, View) else target.deleted
        if gone:
            raise AssertionError("it is not on the screen any more")
        owner = target.user if isinstance(target, View) else target.ephemeral_to
        if user is None and owner is None:
            raise AssertionError("everyone sees this message: say who acts on it")
        person = self._user(user if user is not None else str(owner))
        if owner is not None and person.id != owner:
            raise AssertionError(f"{person.name} does not see this: it is shown to {owner} only")
        return person

    def _written(self, channel: Channel, user: User, text: str, thread_ts: str | None, ts: str | None) -> Message:
        existing = channel.find(ts) if ts else None
        return existing or self.slack.store(channel, text=text, user=user.id, thread_ts=thread_ts, ts=ts)

    def _user(self, user: Someone) -> User:
        return user if isinstance(user, User) else self.slack.users[user]

    def _channel(self, channel: Somewhere) -> Channel:
        return channel if isinstance(channel, Channel) else self.slack.channels[channel]


def _overridden(fields: Json, overrides: Json) -> Json:
    found = fields | overrides
    return {key: value for key, value in found.items() if not (key in overrides and value is None)}
