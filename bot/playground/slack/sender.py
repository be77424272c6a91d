"""People at work: what they type, press and fill in, sent to the app as Slack sends it, and what it answers, shown.

`Sender` sends signed HTTP requests, `SocketSender` Socket Mode envelopes; everything else is the same.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp

from . import payloads
from .controls import Control, controls_in, field_value, find_control, find_element, merged_state, missing_fields
from .delivery import Answer, Kind, signature
from .model import Channel, Json, Message, SlackError, User, View
from .response_urls import check_answer, write_answer
from .server import LocalSlack

Someone = User | str
Somewhere = Channel | str

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"


class Sender:
    """Slack's side of the conversation, over HTTP.

    `app_url` is the request URL of the app (commands, events and interactivity alike). Signatures carry the time of
    `wall_clock`, which the app compares with its own. Answers are read for up to `patience` seconds.
    """

    def __init__(
        self,
        slack: LocalSlack,
        app_url: str = "",
        signing_secret: str = "",
        *,
        command_name: str = "/pprnet",
        wall_clock: Callable[[], float] = time.time,
        patience: float = 10.0,
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
        """Type the slash command. Without `channel` it is typed in the direct message with the bot.

        `text=None` leaves the field out; `overrides` replace fields, and None removes one. What the app answers is
        shown to the person: `answer.message`.
        """
        person = self._user(user)
        place = self._channel(channel) if channel is not None else self.slack.open_dm(person)
        if person.team_id:
            raise AssertionError("slash commands are not shared: only members of the app's own workspace can type them")
        form = payloads.command_form(self.slack, person, place, self.command_name, text)
        answer = await self._send("slash_commands", _overridden(form, overrides))
        return self._show(answer, place, person)

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
        """Write a message in a channel that mentions the bot (put in front where `text` does not)."""
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
        """Write to the bot alone."""
        person = self._user(user)
        message = self._written(self.slack.open_dm(person), person, text, thread_ts, ts)
        event = _overridden(payloads.message_event(self.slack, message, "message"), overrides)
        return await self.event(event, event_id=event_id, retry=retry)

    async def home_opened(self, user: Someone, tab: str = "home") -> Answer:
        """Open the app's Home (or Messages) tab."""
        return await self.event(payloads.home_opened(self.slack, self._user(user), tab))

    async def metadata_posted(self, message: Message) -> Answer:
        """Tell the app that a message of its own with metadata was posted."""
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
        """Any Events API event; `overrides` replace fields of the envelope."""
        envelope = _overridden(payloads.event_envelope(self.slack, event, event_id), overrides)
        return await self._send("events_api", envelope, retry=retry, reason=reason)

    async def redeliver(self, answer: Answer | None = None, *, retry: int = 1, reason: str = "http_timeout") -> Answer:
        """Deliver an event again (the last one, if none is given), with the same event_id and the retry headers."""
        last = answer or next((each for each in reversed(self.answers) if each.kind == "events_api"), None)
        if last is None:
            raise AssertionError("no event was delivered yet")
        return await self._send("events_api", last.payload, retry=retry, reason=reason)

    # Pressing and filling in

    def controls(self, target: Message | View) -> list[Control]:
        """Everything that can be pressed in a message or view."""
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
        """Press the button (or overflow choice, or feedback button) with this visible text or action_id.

        A confirm dialog is answered with yes. Where several fit, `value` or `nth` chooses.
        """
        return await self.press_control(target, find_control(target.blocks, what, value=value, nth=nth), user=user)

    async def press_control(self, target: Message | View, control: Control, *, user: Someone | None = None) -> Answer:
        """Press this one of `controls(target)`."""
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
        """Choose in a select menu, boxes or a date picker outside an input block."""
        block, element = find_element(target.blocks, action_id, block_id)
        state = field_value(element, choice)
        target.state.setdefault(block["block_id"], {})[action_id] = state
        return await self._act(target, {"action_id": action_id, "block_id": block["block_id"], **state}, user)

    async def submit(
        self, view: View, values: Mapping[str, Mapping[str, Any]] | None = None, *, user: Someone | None = None
    ) -> Answer:
        """Fill in a modal by block_id and action_id, and send it off. What the app answers is done to the modal.

        Choices are given by label or value, other fields as text. A form that Slack's client would not send (a required
        field is empty, a text too long) raises AssertionError.
        """
        person = self._person(view, user)
        self.fill(view, values or {})
        problems = missing_fields(view.blocks, merged_state(view.blocks, view.state))
        if problems:
            raise AssertionError(f"the form is not sent: {'; '.join(problems)}")
        answer = await self._interact(payloads.view_submission(self.slack, view, person))
        return self._after_submit(answer, view, person)

    def fill(self, view: View, values: Mapping[str, Mapping[str, Any]]) -> None:
        """Enter something in fields of a modal, without sending it off."""
        for block_id, fields in values.items():
            for action_id, given in fields.items():
                _, element = find_element(view.blocks, action_id, block_id)
                view.state.setdefault(block_id, {})[action_id] = field_value(element, given)

    async def close(self, view: View, *, user: Someone | None = None, cleared: bool = False) -> Answer | None:
        """Close a modal; the app hears of it only when the view asked for that."""
        person = self._person(view, user)
        told = bool(view.spec.get("notify_on_close"))
        payload = payloads.view_closed(self.slack, view, person, cleared=cleared)
        if cleared:
            self.slack.clear_views(person.id)
        else:
            self.slack.close_view(view)
        return await self._interact(payload) if told else None

    # Sending

    def sign(self, body: bytes, timestamp: float | str | None = None) -> dict[str, str]:
        """The signature headers for a body, now or at another time."""
        stamp = str(int(self.wall_clock())) if timestamp is None else str(timestamp)
        return {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(self.signing_secret, stamp, body),
        }

    async def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send raw bytes with these headers and nothing else."""
        return await self._exchange(Answer(None, {}), body, headers)

    async def _send(self, kind: Kind, payload: Json, *, retry: int | None = None, reason: str = "") -> Answer:
        if kind == "slash_commands":
            content_type, body = FORM_TYPE, urlencode(payload).encode()
        elif kind == "interactive":
            content_type, body = FORM_TYPE, urlencode({"payload": json.dumps(payload)}).encode()
        else:
            content_type, body = JSON_TYPE, json.dumps(payload).encode()
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
            raise AssertionError("everybody sees this message: say who acts on it")
        person = self._user(user if user is not None else str(owner))
        if owner is not None and person.id != owner:
            raise AssertionError(f"{person.name} does not see this: it is shown to {owner} only")
        return person

    def _written(self, channel: Channel, user: User, text: str, thread_ts: str | None, ts: str | None) -> Message:
        existing = channel.find(ts) if ts else None
        return existing or self.slack.store(channel, text=text, user=user.id, thread_ts=thread_ts, ts=ts)

    def _show(self, answer: Answer, channel: Channel, user: User) -> Answer:
        if not answer.ok or not answer.text:
            return answer
        body = answer.json if answer.json is not None else {"text": answer.text}
        if not isinstance(body, dict):
            raise AssertionError(f"Slack cannot show this answer: {type(body).__name__}")
        if not any(body.get(key) for key in ("text", "blocks", "attachments")):
            return answer
        try:
            check_answer(body)
        except SlackError as refused:
            raise AssertionError(f"Slack refuses this answer: {refused.body}") from None
        answer.message = write_answer(self.slack, channel.id, user.id, body, source="command")
        return answer

    def _after_submit(self, answer: Answer, view: View, user: User) -> Answer:
        if answer.ok:
            body = answer.json if isinstance(answer.json, dict) else {}
            if answer.text and not isinstance(answer.json, dict):
                raise AssertionError("Slack takes an empty body or JSON as the answer to a form")
            answer.response_action = body.get("response_action")
            try:
                self._apply(answer, body, view, user)
            except SlackError as refused:
                raise AssertionError(f"Slack refuses this response_action: {refused.body}") from None
        answer.view = self.slack.modal(user)
        return answer

    def _apply(self, answer: Answer, body: Json, view: View, user: User) -> None:
        action = answer.response_action
        if action is None:
            self.slack.close_view(view)
        elif action == "clear":
            self.slack.clear_views(user.id)
        elif action == "update":
            self.slack.update_view(view, body.get("view"))
        elif action == "push":
            self.slack.push_view(user.id, body.get("view"))
        elif action == "errors":
            inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
            answer.errors = dict(body.get("errors") or {})
            strangers = set(answer.errors) - inputs
            if strangers or not answer.errors:
                raise AssertionError(f"errors must name input blocks, not {sorted(strangers)}")
        else:
            raise AssertionError(f"unknown response_action {action!r}")

    def _user(self, user: Someone) -> User:
        return user if isinstance(user, User) else self.slack.users[user]

    def _channel(self, channel: Somewhere) -> Channel:
        return channel if isinstance(channel, Channel) else self.slack.channels[channel]


class SocketSender(Sender):
    """The same over Socket Mode: the app must have a link open to the local Slack."""

    def __init__(self, slack: LocalSlack, *, command_name: str = "/pprnet", patience: float = 3.0) -> None:
        super().__init__(slack, command_name=command_name, patience=patience)

    async def _send(self, kind: Kind, payload: Json, *, retry: int | None = None, reason: str = "") -> Answer:
        answer = Answer(kind, payload)
        self.answers.append(answer)
        started = time.monotonic()
        try:
            answer.json = await self.slack.send_envelope(
                kind,
                payload,
                retry_attempt=retry or 0,
                retry_reason=reason if retry else "",
                accepts_response_payload=kind == "slash_commands" or payload.get("type") == "view_submission",
                seconds=self.patience,
            )
            answer.status = 200
            answer.text = json.dumps(answer.json) if answer.json else ""
        except TimeoutError:
            answer.error = "http_timeout"
        except ConnectionError:
            answer.error = "connection_failed"
        answer.elapsed = time.monotonic() - started
        return answer


def _overridden(fields: Json, overrides: Json) -> Json:
    found = fields | overrides
    return {key: value for key, value in found.items() if not (key in overrides and value is None)}
