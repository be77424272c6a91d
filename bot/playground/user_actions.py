"""What a person does at the page, done in the local Slack, which tells the bot of it as Slack would."""

from __future__ import annotations

import re
from typing import Any

from bot.playground.demo_users import SLACKBOT
from bot.playground.manifest import Manifest
from bot.playground.page_state import Shown
from bot.playground.refusal import RefusedError
from bot.playground.slack import Answer, Channel, LocalSlack, Message, Sender, User, View
from bot.playground.slack.controls import controls_in, elements_in, field_complaints, merged_state

MAX_TEXT = 4_000
"""Characters of one message: what Slack advises for a message's text."""
_BUTTON_KINDS = frozenset(("button", "icon_button", "workflow_button", "overflow", "feedback_buttons"))


class Deeds:
    """Typing, pressing, filling in. Raises RefusedError where Slack, or the page's own state, does not allow it."""

    def __init__(self, slack: LocalSlack, sender: Sender, shown: Shown, manifest: Manifest) -> None:
        self._slack = slack
        self._sender = sender
        self._shown = shown
        self._manifest = manifest

    # Typing

    async def say(self, person: User, channel: Channel, text: str, thread_ts: str | None) -> None:
        """Send what was typed into a channel, a thread or the direct message: a command, or a message."""
        text = text.strip()
        if not text:
            raise RefusedError("There is nothing to send yet.")
        if len(text) > MAX_TEXT:
            raise RefusedError(f"That is longer than {MAX_TEXT:,} characters. Please shorten it.")
        if thread_ts and not (channel.find(thread_ts) or channel.thread(thread_ts)):
            raise RefusedError("That thread is not there any more.")
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
            raise RefusedError("Write whom to invite: /invite @PPRNet")
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
        else:  # seen in Slack's client, not documented: Slackbot offers to add whoever was mentioned from outside
            self._slack.store(channel, text=text, user=person.id, thread_ts=thread_ts)
            hint = f"<@{bot}> is not in this channel, so it did not hear you. Type `/invite @PPRNet` to add it."
            self._slack.store(channel, text=hint, user=SLACKBOT, ephemeral_to=person.id, thread_ts=thread_ts)

    def _as_slack_text(self, text: str) -> str:
        """What was typed, as Slack's composer writes it: three characters escaped, names of people and channels as ids."""
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
        """Press a button, or choose in a select outside a form."""
        pressable = [each for each in elements_in(target.blocks) if each[1]["action_id"] == action_id]
        exact = [each for each in pressable if each[0]["block_id"] == block_id]
        # A view that was published anew since the page drew it has other block ids; the button may be there all the same.
        block, element = next(iter(exact or (pressable if isinstance(target, View) else ())), (None, None))
        if block is None or element is None:
            raise RefusedError("That button is not there any more.")
        block_id = block["block_id"]
        try:
            if element["type"] in _BUTTON_KINDS:
                fits = [
                    each
                    for each in controls_in([block])
                    if each.action_id == action_id and (element["type"] == "button" or value in (None, each.value))
                ]
                if not fits:
                    raise RefusedError("That choice is not there any more.")
                answer = await self._sender.press_control(target, fits[0], user=person)
            else:
                answer = await self._sender.choose(target, action_id, value, user=person, block_id=block_id)
        except (AssertionError, TypeError) as error:
            raise RefusedError(f"Slack would refuse this: {error}") from None
        self._done(answer, "That")

    async def shortcut(self, person: User, callback_id: str, message: Message | None) -> None:
        """Use a shortcut of the app, from anywhere or on a message."""
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
        """Send a form off; the complaints, by block, with which it stays open."""
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
        """Close a modal, with what stands above it."""
        if view.type != "modal":
            raise RefusedError("Only a window can be closed.")
        await self._sender.close(view, user=person)

    async def open_home(self, person: User) -> None:
        """Open the app's Home; the bot hears of it where its manifest asks for that."""
        if self._manifest.home_enabled and "app_home_opened" in self._manifest.events:
            await self._sender.home_opened(person)

    def _unseen_channels(self, person: User, state: dict[str, dict[str, Any]]) -> dict[str, str]:
        """A channel picker offers only what the person sees."""
        wrong = {}
        for block_id, fields in state.items():
            for field in fields.values():
                chosen = field.get("selected_conversation") or field.get("selected_channel")
                channel = self._slack.channels.get(chosen) if chosen else None
                if chosen and (channel is None or person.id not in channel.members):
                    wrong[block_id] = "choose a channel that you are in"
        return wrong

    def _done(self, answer: Answer, what: str) -> None:
        """Slack tells a person when the app did not answer (DOC interactivity/handling-user-interaction)."""
        if not answer.ok:
            reason = answer.error or f"status {answer.status}"
            raise RefusedError(f"{what} did not work: PPRNet gave no good answer in time ({reason}).")


def _escaped(text: str) -> str:
    """The three characters that Slack escapes in all that people write (DOC formatting-message-text)."""
    text = text.replace("\0", "").replace("\1", "")  # no text holds them, so they can stand for "<" and ">" for a while
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
