"""Carries out what a person does on the page in the local Slack, which then notifies the bot as Slack would."""

from __future__ import annotations

import re
from typing import Any

from bot.playground.demo_users import SLACKBOT
from bot.playground.manifest import Manifest
from bot.playground.page_state import PageState
from bot.playground.refusal import RefusedError
from bot.playground.slack import Answer, Channel, LocalSlack, Message, Sender, User, View
from bot.playground.slack.controls import controls_in, elements_in, field_complaints, merged_state

MAX_TEXT = 4_000
"""Characters of one message: what Slack recommends for a message's text."""


class UserActions:
    """Types, presses and fills in for a person. Raises RefusedError where Slack or the page's state does not allow it."""

    def __init__(self, slack: LocalSlack, sender: Sender, page_state: PageState, manifest: Manifest) -> None:
        self._slack = slack
        self._sender = sender
        self._page_state = page_state
        self._manifest = manifest

    # Typing

    async def say(self, person: User, channel: Channel, text: str, thread_ts: str | None) -> None:
        """Send what was typed in a channel, a thread or the direct message: a command or a message."""
        text = text.strip()
        if not text:
            raise RefusedError("There is nothing to send yet.")
        if len(text) > MAX_TEXT:
            raise RefusedError(f"That is longer than {MAX_TEXT:,} characters. Please shorten it.")
        if thread_ts and not (channel.find(thread_ts) or channel.thread(thread_ts)):
            raise RefusedError("That thread is no longer there.")
        if text.startswith("/"):
            await self._command(person, channel, text, thread_ts)
        else:
            await self._message(person, channel, self._as_slack_text(text), thread_ts)

    async def _command(self, person: User, channel: Channel, text: str, thread_ts: str | None) -> None:
        name, _, rest = text.partition(" ")
        name, rest = name.lower(), rest.strip()
        if name == "/invite":
            self._invite(person, channel, rest)
        elif name != self._manifest.command:
            raise RefusedError(f"“{name[:40]}” is not a command here. Try {self._manifest.command}, or /invite @PPRNet.")
        elif thread_ts:  # second-hand: slack-facts.md 2.3
            raise RefusedError(f"{name} does not work in threads. Type it in the channel, or mention @PPRNet here.")
        else:
            self._done(await self._sender.command(_escaped(rest), user=person, channel=channel), name)

    def _invite(self, person: User, channel: Channel, who: str) -> None:
        bot = self._slack.users[self._slack.bot_user_id]
        if who.removeprefix("@").casefold() not in (bot.name, bot.real_name.casefold()):
            raise RefusedError("Say whom to invite: /invite @PPRNet")
        if channel.is_im:
            raise RefusedError("Nobody can be added to a direct message. Open a channel and type /invite @PPRNet there.")
        if bot.id in channel.members:
            raise RefusedError(f"PPRNet is already in #{channel.name}.")
        channel.members.add(bot.id)
        self._slack.store(channel, text=f"was added to #{channel.name} by <@{person.id}>.", user=bot.id)

    async def _message(self, person: User, channel: Channel, text: str, thread_ts: str | None) -> None:
        bot = self._slack.bot_user_id
        if channel.is_im and "message.im" in self._manifest.events:
            await self._sender.direct_message(text, user=person, thread_ts=thread_ts)
        elif channel.is_im or f"<@{bot}>" not in text:
            self._slack.store(channel, text=text, user=person.id, thread_ts=thread_ts)
        elif bot in channel.members:
            await self._sender.mention(text, channel=channel, user=person, thread_ts=thread_ts)
        else:  # seen in Slack's client, not documented: Slackbot offers to add anyone mentioned who is not a member
            self._slack.store(channel, text=text, user=person.id, thread_ts=thread_ts)
            hint = f"<@{bot}> is not in this channel, so it did not see this. Type `/invite @PPRNet` to add it."
            self._slack.store(channel, text=hint, user=SLACKBOT, ephemeral_to=person.id, thread_ts=thread_ts)

    def _as_slack_text(self, text: str) -> str:
        """Return what was typed as Slack's composer writes it: special characters escaped, names as ids."""
        ids = {user.name: user.id for user in self._slack.users.values()}
        ids |= {user.real_name.casefold(): user.id for user in self._slack.users.values()}
        names = "|".join(re.escape(name) for name in sorted(ids, key=len, reverse=True))
        text = re.sub(
            rf"(?<!\w)@({names})(?!\w)",
            lambda match: f"\0@{ids[match[1].casefold()]}\1",
            _escaped(text),
            flags=re.IGNORECASE,
        )
        for channel in self._slack.channels.values():
            if not channel.is_im:
                text = re.sub(rf"(?<!\w)#{re.escape(channel.name)}(?![\w-])", f"\0#{channel.id}\1", text)
        return text.replace("\0", "<").replace("\1", ">")

    # Pressing and filling in

    async def press(self, person: User, target: Message | View, block_id: str, action_id: str, value: Any) -> None:
        """Press a button, or choose from a select menu outside a form."""
        pressable = [each for each in elements_in(target.blocks) if each[1]["action_id"] == action_id]
        exact = [each for each in pressable if each[0]["block_id"] == block_id]
        # A view published again since the page drew it has other block ids; the button may still be there.
        block, element = next(iter(exact or (pressable if isinstance(target, View) else ())), (None, None))
        if block is None or element is None:
            raise RefusedError("That button is no longer there.")
        block_id = block["block_id"]
        try:
            if element["type"] == "button":
                control = next(each for each in controls_in([block]) if each.action_id == action_id)
                answer = await self._sender.press_control(target, control, user=person)
            else:
                answer = await self._sender.choose(target, action_id, value, user=person, block_id=block_id)
        except (AssertionError, TypeError) as error:
            raise RefusedError(f"Slack would refuse this: {error}") from None
        self._done(answer, "That")

    def fill(self, view: View, values: dict[str, dict[str, Any]]) -> None:
        """Enter something in fields of a form, without sending it: Slack sends it with every press in the form."""
        try:
            self._sender.fill(view, values)
        except (AssertionError, TypeError) as error:
            raise RefusedError(f"Slack would refuse this: {error}") from None

    async def shortcut(self, person: User, callback_id: str, message: Message | None) -> None:
        """Use one of the app's shortcuts, global or on a message."""
        kind = "message" if message else "global"
        found = next(
            (each for each in self._manifest.shortcuts if (each.type, each.callback_id) == (kind, callback_id)), None
        )
        if found is None:
            raise RefusedError("There is no such shortcut here.", 404)
        if message is None:
            answer = await self._sender.shortcut(callback_id, user=person)
        elif message.ephemeral_to:  # slack-facts.md 2.10
            raise RefusedError("Slack has no shortcuts on a message that only you see.")
        else:
            answer = await self._sender.message_shortcut(callback_id, message, user=person)
        self._done(answer, found.name)

    async def submit(self, person: User, view: View, values: dict[str, dict[str, Any]]) -> dict[str, str]:
        """Submit a form; return the errors, by block, that keep it open."""
        try:
            self._sender.fill(view, values)
            state = merged_state(view.blocks, view.state)
            if wrong := field_complaints(view.blocks, state) | self._unseen_channels(person, state):
                return {block_id: complaint[:1].upper() + complaint[1:] + "." for block_id, complaint in wrong.items()}
            answer = await self._sender.submit(view, user=person)
        except (AssertionError, TypeError) as error:
            raise RefusedError(f"Slack would refuse this: {error}") from None
        self._done(answer, "The form")
        return answer.errors

    async def close(self, person: User, view: View) -> None:
        """Close a modal and everything above it."""
        if view.type != "modal":
            raise RefusedError("Only a window can be closed.")
        await self._sender.close(view, user=person)

    async def open_home(self, person: User) -> None:
        """Open the app's Home; the bot gets the event where its manifest subscribes to it."""
        if self._manifest.home_enabled and "app_home_opened" in self._manifest.events:
            await self._sender.home_opened(person)

    def _unseen_channels(self, person: User, state: dict[str, dict[str, Any]]) -> dict[str, str]:
        """Return an error for each channel picked that this person is not in: Slack's picker would not offer it."""
        wrong = {}
        for block_id, fields in state.items():
            for field in fields.values():
                chosen = field.get("selected_conversation")
                channel = self._slack.channels.get(chosen) if chosen else None
                if chosen and (channel is None or person.id not in channel.members):
                    wrong[block_id] = "choose a channel that you are in"
        return wrong

    def _done(self, answer: Answer, what: str) -> None:
        """Raise RefusedError on a bad answer, as Slack shows it (DOC interactivity/handling-user-interaction)."""
        if not answer.ok:
            reason = answer.error or f"status {answer.status}"
            raise RefusedError(f"{what} did not work: PPRNet gave no good answer in time ({reason}).")


def _escaped(text: str) -> str:
    """Return a text with the characters escaped that Slack escapes in what people type (DOC formatting-message-text)."""
    text = text.replace("\0", "").replace("\1", "")  # placeholders for "<" and ">", see _as_slack_text
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
